"""Putting a form before the public: upload a draft, look at the sheet, publish, withdraw. The city's operators do it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import distinct, func, select
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.console.forms import (
    blueprint,
    desk,
    findings,
    lines_between,
    listed,
    shown,
    version_of,
)
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.drafts.survey import ask_for_sheet
from xiangtong.forms import versions
from xiangtong.forms.models import FormSheet
from xiangtong.identity.staff import actor_of
from xiangtong.kernel import clock, plain_json
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Refusal
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import CITY, within

__all__ = ["blueprint"]

_MOST_BYTES = 512 * 1024
_DEEPEST = 60  # More than any form; what is checked is followed by calls.
_MAY = access.staff("library.publish")
Answer = Response | tuple[str, int]


class Unreadable(Refusal):
    """The file is no form document."""

    code = "FORM_UNREADABLE"
    status = 422


@blueprint.post("/")
@_MAY
def upload() -> Answer:
    """Keep an uploaded form.json as the draft of the form it names."""
    try:
        with _city() as session:
            saved = versions.save_draft(
                session, schema=_document(), vocabulary=services().library.vocabulary, author=asking.staff().name
            )
            code = saved.code
            _note(session, "form.draft_saved", code, {"hash": saved.hash[:12]})
    except Refusal as refusal:
        return listed(asking.sentences(refusal)), refusal.status
    return redirect(url_for("forms.show", form_code=code, done="saved"), 303)


@blueprint.get("/<form_code>/sheet")
@_MAY
def sheet(form_code: str) -> Answer:
    """The sheet: how many filings in progress move, are asked something, stay; and what changes field by field."""
    return _sheet(form_code)


@blueprint.post("/<form_code>/sheet")
@_MAY
def count(form_code: str) -> Answer:
    """Count the filings in progress, or count them anew."""
    with _city() as session:
        draft = version_of(session, form_code, "draft")
        if findings(draft):
            raise NotFound
        city_code = session.get_one(Tenant, asking.staff().tenant_id).city_code
        ask_for_sheet(session, version_id=draft.id, city_code=city_code)
        _note(session, "form.sheet_asked", form_code, {})
    return redirect(url_for("forms.sheet", form_code=form_code), 303)


@blueprint.post("/<form_code>/publish")
@_MAY
def publish(form_code: str) -> Answer:
    """Make the draft whose sheet was looked at the live version."""
    try:
        with _city() as session:
            draft = version_of(session, form_code, "draft")
            if findings(draft) or request.form.get("draft") != str(draft.id):
                raise NotFound("草稿刚刚换过了，请再看一遍发布单", "Another draft took its place")
            made = versions.publish(
                session, code=form_code, version_id=draft.id, by=asking.staff().name,
                note=request.form.get("note", "")[:200],
            )  # fmt: skip
            _note(session, "form.published", form_code, {"number": made.number, "hash": made.hash[:12]})
    except NotFound:
        raise
    except Refusal as refusal:
        return _sheet(form_code, warning=refusal.message, status=refusal.status)
    services().library.forget()
    return redirect(url_for("forms.show", form_code=form_code, done="published"), 303)


@blueprint.post("/<form_code>/withdraw")
@_MAY
def withdraw(form_code: str) -> Answer:
    """Nothing may be filed on this version any more."""
    number = request.form.get("number", "")
    try:
        with _city() as session:
            gone = version_of(session, form_code, number if number != "draft" else "")
            versions.withdraw(session, code=form_code, number=gone.number or 0)
            _note(session, "form.withdrawn", form_code, {"number": gone.number})
    except NotFound:
        raise
    except Refusal as refusal:
        return shown(form_code, warning=refusal.message), refusal.status
    services().library.forget()
    return redirect(url_for("forms.show", form_code=form_code, done="withdrawn"), 303)


@blueprint.post("/<form_code>/drop")
@_MAY
def drop(form_code: str) -> Answer:
    """Throw the draft away."""
    with _city() as session:
        versions.drop_draft(session, code=form_code)
        _note(session, "form.draft_dropped", form_code, {})
        known = bool(versions.history(session, code=form_code))
    at = url_for("forms.show", form_code=form_code, done="dropped") if known else url_for("forms.index")
    return redirect(at, 303)


@contextmanager
def _city() -> Iterator[ScopedSession]:
    with services().db.scope(CITY) as session:
        yield session


def _note(session: ScopedSession, action: str, code: str, detail: dict[str, Any]) -> None:
    who = asking.staff()
    with within(session, city=False, tenant_id=who.tenant_id):
        audit.record(session, actor=actor_of(who), action=action, subject=f"form:{code}", detail=detail)


def _document() -> Any:
    sent = request.files.get("file")
    data = sent.stream.read(_MOST_BYTES + 1) if sent is not None and sent.filename else b""
    if not data:
        raise Unreadable("请先选一个 form.json 文件", "No file was chosen")
    if len(data) > _MOST_BYTES:
        raise Unreadable("文件太大了，一份表最多 512 KB", "A form has at most 512 KB")
    try:
        found = plain_json.loads(data, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable("读不懂这个文件，它应当是一份 JSON 写的表", "The file is no JSON") from None
    if not isinstance(found, dict) or b"\\u0000" in data or _depth(found) > _DEEPEST:
        raise Unreadable("读不懂这个文件，它应当是一份 JSON 写的表", "The file is no form of JSON")
    return found


def _no_number(word: str) -> None:
    raise ValueError(word)


def _depth(document: Any) -> int:
    """How deep a document nests, without following it by calls."""
    depth, level = 0, [document]
    while level:
        depth += 1
        level = [inner for one in level if isinstance(one, dict | list)
                 for inner in (one.values() if isinstance(one, dict) else one)]  # fmt: skip
    return depth


def _sheet(form_code: str, *, warning: str = "", status: int = 200) -> tuple[str, int]:
    with desk() as here:
        draft = version_of(here.session, form_code, "draft")
        live = next((one for one in versions.history(here.session, code=form_code) if one.state == "live"), None)
        counted = here.session.get(FormSheet, draft.id)
        if counted is not None and counted.city_code != here.tenant.city_code:
            counted = None  # Drawn up by another city, about its own townships.
        page = render_template(
            "console/forms/sheet.html", code=form_code, title=draft.title, draft=draft, sheet=counted, live=live,
            lines=lines_between(live, draft), findings=findings(draft), warning=warning, local=clock.local,
            reason=_reasons(), other_cities=_other_cities(here.session, here.tenant.city_code),
        )  # fmt: skip
        return page, status


def _other_cities(session: ScopedSession, mine: str) -> int:
    """How many other cities file on the same library: what is published here is theirs as well."""
    theirs = select(func.count(distinct(Tenant.city_code))).where(Tenant.kind == "township", Tenant.city_code != mine)
    return session.scalar(theirs) or 0


def _reasons() -> dict[str, str]:
    return {
        "removed": _("填过，新表不再问"), "meaning": _("填过，新表问的不是同一件事"), "narrower": _("填的新表不收"),
        "added": _("新问的"), "needed": _("新表必须填"), "reworded": _("问法改了，要再看一眼"),
        "rule": _("新的规定要再看一看"), "unread": _("草稿打不开，留在原来那一版"),
    }  # fmt: skip
