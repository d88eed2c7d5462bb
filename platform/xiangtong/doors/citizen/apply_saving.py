"""What the script of a page sends by itself, and the plan it decides by."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from xiangtong.doors.citizen import _expired
from xiangtong.doors.citizen._filing import Filing, open_to_fill
from xiangtong.doors.citizen._known import locked_in
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.person import SignedOut
from xiangtong.doors.shared.services import services
from xiangtong.drafts import filling
from xiangtong.drafts.filling import FieldSave, Saved
from xiangtong.forms.library import Form
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    at = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/save"
    blueprint.add_url_rule(at, "save", save, methods=["POST"])
    blueprint.add_url_rule("/forms/<form_code>/<digest>.json", "plan", plan)


@public
def save(code: str, form_code: str, draft_id: UUID) -> Response:
    """Take a JSON list of {pointer, value, revision}; answer {revision, saved_at, problems, conflicts}."""
    if _expired.signed_out():
        raise SignedOut
    with visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        before = filing.revision
        fields = _fields(filing, request.get_json(silent=True), before)
        saved = filling.save_fields(here.session, draft=filing.draft, fields=fields)
        told = filing.again()
        return jsonify(
            revision=told.revision,
            saved_at=f"{clock.local(saved.at):%H:%M}",
            problems=_problems(told, fields, saved),
            conflicts=[{"pointer": one.pointer, "other": one.other} for one in saved.conflicts],
        )


@public
def plan(form_code: str, digest: str) -> Response:
    """The plan the script decides by; named by its content, so a browser keeps it."""
    form = services().library.form(form_code)
    if form.plan.digest != digest:
        raise NotFound
    response = Response(_plan_text(form.hash, form_code), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@lru_cache(maxsize=64)
def _plan_text(form_hash: str, form_code: str) -> str:
    form: Form = services().library.form(form_code)
    return json.dumps(form.client_plan, ensure_ascii=False, separators=(",", ":"))


def _fields(filing: Filing, told: Any, revision: int) -> list[FieldSave]:
    """What may be saved of what was sent: answers of typed questions that are not locked.

    A page that knows the latest revision never conflicts; for one that is behind, a field saved meanwhile does.
    """
    locked = locked_in(filing.draft.typed)
    rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return [
        FieldSave(one["pointer"], one["value"], None if one.get("revision") == revision else 0)
        for one in rows
        if isinstance(one.get("pointer"), str)
        and one["pointer"] not in locked
        and _is_typed(filing, one["pointer"])
        and isinstance(one.get("value"), str | list)
    ]


def _is_typed(filing: Filing, pointer: str) -> bool:
    question = filing.plan.question_at(pointer)
    return question is not None and not (question.children or question.is_derived or question.office)


def _problems(filing: Filing, fields: list[FieldSave], saved: Saved) -> dict[str, str]:
    """What is wrong with the answers that were just saved; an empty answer is not scolded while one still types."""
    sent = {one.pointer for one in fields if one.value}
    english = language() == "en"
    found = {
        one.pointer: (one.message_en or one.message) if english else one.message
        for one in filing.decision.problems
        if one.pointer in sent and one.code != "missing"
    }
    words = gettext("这一项在别的地方也改过，现在留下的是您刚填的")
    return {**found, **{one.pointer: words for one in saved.conflicts}}
