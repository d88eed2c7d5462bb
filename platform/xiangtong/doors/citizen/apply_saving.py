"""What the script of a page sends by itself, and the plan it decides by."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from xiangtong.doors.citizen import _expired
from xiangtong.doors.citizen._covered import is_secret
from xiangtong.doors.citizen._filing import Filing, open_to_fill
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared import replies
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.person import SignedOut
from xiangtong.doors.shared.services import services
from xiangtong.drafts import filling
from xiangtong.tenancy.scope import NOBODY


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    at = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/save"
    blueprint.add_url_rule(at, "save", save, methods=["POST"])
    blueprint.add_url_rule("/forms/<form_code>/<digest>.json", "plan", plan)


@public
def save(code: str, form_code: str, draft_id: UUID) -> Response:
    """Take a JSON list of {pointer, value, revision}; answer {revision, revisions, saved_at, problems, conflicts}.

    `X-Form-Digest` names the plan of the version that the page shows; after a move the answer has `moved`, a sentence.
    """
    if _expired.signed_out():
        raise SignedOut
    with visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        reader = filing.reader(request.headers.get("X-Form-Digest", ""))
        fields = reader.sent(request.get_json(silent=True))
        saved = filling.save_fields(here.session, draft=filing.draft, fields=fields)
        told = filing.again()
        if reader.late:
            return jsonify(replies.late(told.revision, saved))
        readable = tuple(one for one in saved.conflicts if not _hidden(told, one.pointer))
        seen = replace(saved, conflicts=readable)
        return jsonify(replies.saved(told.revision, seen, fields, told.decision.problems))


def _hidden(filing: Filing, pointer: str) -> bool:
    question = filing.plan.question_at(pointer) if filing.visit.reopened or filing.covered else None
    return question is not None and is_secret(question)


@public
def plan(form_code: str, digest: str) -> Response:
    """The plan the script decides by; named by its content, so a browser keeps it."""
    with services().db.scope(NOBODY) as session:
        form = services().library.planned(session, code=form_code, digest=digest)
    response = Response(form.client_text, mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
