"""What the script of a page sends by itself, and the plan it decides by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from xiangtong.doors.citizen import _expired, _masked
from xiangtong.doors.citizen._filing import Filing, open_to_fill
from xiangtong.doors.citizen._known import locked_in
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.person import SignedOut
from xiangtong.doors.shared.services import services
from xiangtong.drafts import filling
from xiangtong.drafts.filling import FieldSave
from xiangtong.kernel import clock
from xiangtong.tenancy.scope import NOBODY


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    at = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/save"
    blueprint.add_url_rule(at, "save", save, methods=["POST"])
    blueprint.add_url_rule("/forms/<form_code>/<digest>.json", "plan", plan)


@public
def save(code: str, form_code: str, draft_id: UUID) -> Response:
    """Take a JSON list of {pointer, value, revision}; answer {revision, revisions, saved_at, problems, conflicts}."""
    if _expired.signed_out():
        raise SignedOut
    with visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        fields = _fields(filing, request.get_json(silent=True))
        saved = filling.save_fields(here.session, draft=filing.draft, fields=fields)
        told = filing.again()
        return jsonify(
            revision=told.revision,
            revisions=saved.revisions,
            saved_at=f"{clock.local(saved.at):%H:%M}",
            problems=_problems(told, fields),
            conflicts=[{"pointer": one.pointer, "other": one.other} for one in saved.conflicts],
        )


@public
def plan(form_code: str, digest: str) -> Response:
    """The plan the script decides by; named by its content, so a browser keeps it."""
    with services().db.scope(NOBODY) as session:
        form = services().library.planned(session, code=form_code, digest=digest)
    response = Response(form.client_text, mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _fields(filing: Filing, told: Any) -> list[FieldSave]:
    """What may be saved of what was sent: answers of typed questions that are not locked, and are no mask."""
    locked, stored = locked_in(filing.draft.typed), filing.draft.typed.values
    rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return [
        FieldSave(one["pointer"], one["value"], one["revision"] if isinstance(one.get("revision"), int) else None)
        for one in rows
        if isinstance(one.get("pointer"), str)
        and one["pointer"] not in locked
        and _is_typed(filing, one["pointer"])
        and isinstance(one.get("value"), str | list)
        and not _masked.stands_for(filing.plan, one["pointer"], stored.get(one["pointer"]), one["value"])
    ]


def _is_typed(filing: Filing, pointer: str) -> bool:
    question = filing.plan.question_at(pointer)
    return question is not None and not (question.children or question.is_derived or question.office)


def _problems(filing: Filing, fields: list[FieldSave]) -> dict[str, str]:
    """What is wrong with the answers that were just saved; an empty answer is not scolded while one still types."""
    sent = {one.pointer for one in fields if one.value}
    english = language() == "en"
    return {
        one.pointer: (one.message_en or one.message) if english else one.message
        for one in filing.decision.problems
        if one.pointer in sent and one.code != "missing"
    }
