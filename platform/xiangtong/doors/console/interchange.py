"""导入申请表: a form of elsewhere is converted, its report read, and kept as a draft. The city's operators do it."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.services import services
from xiangtong.forms import versions
from xiangtong.identity.staff import actor_of
from xiangtong.interchange.importing import Imported, import_form
from xiangtong.interchange.package import Opened, Signer, is_package, open_package
from xiangtong.interchange.report import Report
from xiangtong.interchange.source import Unread, pair_of, parse
from xiangtong.kernel.errors import Refusal
from xiangtong.tenancy.scope import CITY, within

blueprint = Blueprint("interchange", __name__, url_prefix="/interchange")
_MAY = access.staff("library.publish")
_MOST_SHOWN = 500
Answer = str | tuple[str, int]


class FileRefused(Refusal):
    """A file that is no form of any kind we read."""

    code = "FORM_UNREADABLE"
    status = 422


@blueprint.get("/")
@_MAY
def index() -> Answer:
    """Choose the files."""
    return _page()


@blueprint.post("/")
@_MAY
def convert() -> Answer:
    """Convert what was chosen and show the report; nothing is kept yet."""
    try:
        data = _sent("schema")
        if not is_package(data):
            return _page(_converted(data))
        opened = open_package(
            data, signer=Signer.from_settings(services().settings), vocabulary=services().library.vocabulary
        )
        made = Imported(opened.form.code, opened.form.schema, opened.sample, Report())
        return _page(made, opened=opened)
    except Refusal as refusal:
        return _page(problems=asking.sentences(refusal)), refusal.status


@blueprint.post("/keep")
@_MAY
def keep() -> Answer | Response:
    """Keep the converted form as the draft of its code."""
    try:
        schema = _json(request.form.get("form", "").encode())
        with services().db.scope(CITY) as session:
            who = asking.staff()
            saved = versions.save_draft(
                session, schema=schema, vocabulary=services().library.vocabulary, author=who.name
            )
            code, digest = saved.code, saved.hash[:12]
            with within(session, city=False, tenant_id=who.tenant_id):
                audit.record(
                    session,
                    actor=actor_of(who),
                    action="form.imported",
                    subject=f"form:{code}",
                    detail={"hash": digest},
                )
    except Refusal as refusal:
        return _page(problems=asking.sentences(refusal)), refusal.status
    return redirect(url_for("forms.show", form_code=code, done="saved"), 303)


def _converted(data: bytes) -> Imported:
    ui, vocabulary = _sent("ui"), services().library.vocabulary
    if not data:
        raise FileRefused("请先选一个文件", "No file was chosen")
    schema, beside = pair_of(_json(data))
    named = request.form.get("code", "").strip() or request.files["schema"].filename or ""
    made = import_form(
        schema, _json(ui) if ui else beside, code=named.removesuffix(".json").removesuffix(".schema"),
        vocabulary=vocabulary,
    )  # fmt: skip
    if made.form is None:
        raise FileRefused(f"这份文件没有导入：{made.sentence}", made.sentence_en)
    return made


def _sent(name: str) -> bytes:
    sent = request.files.get(name)
    return sent.stream.read() if sent is not None else b""


def _json(data: bytes) -> Any:
    try:
        found = parse(data)
        json.dumps(found, ensure_ascii=False).encode()  # What cannot be written again cannot be kept either.
    except Unread as error:
        raise FileRefused(error.zh, error.en) from None
    except (UnicodeEncodeError, RecursionError):
        raise FileRefused("读不懂这个文件，它应当是 JSON", "The file is no JSON") from None
    if b"\\u0000" in data or not isinstance(found, dict):
        raise FileRefused("读不懂这个文件，它应当是一份 JSON 写的表", "The file is no form of JSON")
    return found


def _page(made: Imported | None = None, problems: Any = (), *, opened: Opened | None = None) -> str:
    words = {"kept": _("保留"), "changed": _("改动"), "refused": _("没有带过来")}
    entries = sorted(made.report.entries, key=lambda one: list(words).index(one.outcome), reverse=True) if made else []
    english = language() == "en"
    rows = [[one.pointer or "/", words[one.outcome], one.sentence_en if english else one.sentence] for one in entries]
    counts = [(words[name], len(made.report.of(name))) for name in ("refused", "changed", "kept")] if made else []
    return render_template(
        "console/interchange.html", made=made, rows=rows[:_MOST_SHOWN], counts=counts, problems=problems, opened=opened,
        text=json.dumps(made.form, ensure_ascii=False) if made else "",
    )  # fmt: skip
