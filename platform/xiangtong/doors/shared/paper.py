"""A printed form on its way to a browser: the same for every door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Response, current_app

from xiangtong.cases.record import OpenCase
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import facts_of_case, form_of_case
from xiangtong.kernel.db import ScopedSession
from xiangtong.printing import CaseSheet, Printed, case_sheet, print_sheet
from xiangtong.printing.sheet import Sheet

#: What a browser does with it: show it; nothing in it runs or is fetched from anywhere else.
_HARMLESS = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
_NOBODY_KEEPS = "private, no-store"


def of_case(session: ScopedSession, *, case: OpenCase, facts: Facts) -> CaseSheet:
    """What is printed of a case; `send_case` follows when the transaction has ended."""
    base, plan = services().settings.base_url.rstrip("/"), form_of_case(session, case.row).plan
    return case_sheet(
        session, keys=services().keys, case=case, plan=plan, options=facts_of_case(plan, case.row, facts).options,
        address_of=lambda code: f"{base}/verify/{code}",
    )  # fmt: skip


def send_case(sheet: CaseSheet) -> Response:
    """The filed form; no cache keeps it. Call it when no transaction is open."""
    printed = printed_sheet(sheet.finished(services().storage))
    return send(printed, name=f"{sheet.plan.title} {sheet.case.row.case_no}")


def printed_sheet(sheet: Sheet) -> Printed:
    """A sheet as this application prints it."""
    static_url: Callable[[str], Any] = current_app.jinja_env.globals["static_url"]  # type: ignore[assignment]
    return print_sheet(sheet, style_url=str(static_url("print.css")))


def send(printed: Printed, *, name: str, cache: str = _NOBODY_KEEPS) -> Response:
    """The answer with a PDF (or the page that stands in for it). What could not be drawn is named in a header."""
    kind = printed.media_type if printed.is_pdf else f"{printed.media_type}; charset=utf-8"
    response = Response(printed.body, content_type=kind)
    response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = _HARMLESS
    if printed.is_pdf:
        response.headers["Content-Disposition"] = f"inline; filename=\"form.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
    if printed.missing:
        response.headers["X-Missing-Glyphs"] = " ".join(f"U+{ord(char):04X}" for char in printed.missing)
    return response
