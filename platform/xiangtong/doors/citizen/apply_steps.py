"""One page of a form. It works without script: whatever is posted is saved first, then the button is heard.

A step is left when nothing on it is wrong. Questions that only now apply are shown before anybody is told that they
are unanswered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from xiangtong.dialect.plan import Step
from xiangtong.doors.citizen import _expired
from xiangtong.doors.citizen._filing import Filing, open_filing, open_to_fill
from xiangtong.doors.citizen._page import step_page
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared import files, others
from xiangtong.doors.shared.access import citizen, public
from xiangtong.doors.shared.person import citizen as signed_in
from xiangtong.doors.shared.versions import newer_than
from xiangtong.drafts import filling
from xiangtong.drafts.opening import Holder
from xiangtong.kernel.errors import NotFound, Refusal
from xiangtong.rendering.view import id_of
from xiangtong.validation.validate import Problem, appeared, not_asked_before

_Act = Callable[[Filing, Sequence[Problem]], Response]
_WHOLE_PAGE = 64 * 1024 * 1024
_AT = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(_AT, "resume", resume)
    blueprint.add_url_rule(f"{_AT}/<step_id>", "step", show)
    blueprint.add_url_rule(f"{_AT}/<step_id>", "post", post, methods=["POST"])
    blueprint.url_value_preprocessor(_make_room)


def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Without script, the photos of a whole page come together with what was typed: none of it may be turned away.

    Here and not in the view, because the form is read before: its token is looked at first.
    """
    if endpoint == "apply.post":
        request.max_content_length = _WHOLE_PAGE


@citizen(assurance=0)
def resume(code: str, form_code: str, draft_id: UUID) -> Response:
    """Go on where one was."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        return redirect(_elsewhere(filing) or filing.resume(), 303)


@citizen(assurance=0)
def show(code: str, form_code: str, draft_id: UUID, step_id: str) -> Response | str:
    """The page of a step; what was posted here after a session had ended is put in first."""
    kept = _expired.kept_page()
    if kept is not None:
        with visit(code) as here:
            filing = open_to_fill(here, form_code, draft_id)
            filing.save(kept.fields)
        return _expired.forget(redirect(f"{request.path}?kept=1", 303))
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        elsewhere = _elsewhere(filing)
        return redirect(elsewhere, 303) if elsewhere else step_page(filing, filing.step(step_id))


@public
def post(code: str, form_code: str, draft_id: UUID, step_id: str) -> Response | str:
    """Save what was posted, then do what the button says: next, back, add, remove, drop, take."""
    pairs = list(request.form.items(multi=True))
    if _expired.signed_out():
        return _expired.keep(pairs)
    with visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        late = filing.reader(request.form.get("_form", "")).late
        filing, act = (_late if late else _heard)(filing, step_id, pairs)
        if not _posted_files():
            return act(filing, ())
        tenant_id = here.tenant.id
    refused = _take_files(tenant_id, draft_id)
    with visit(code) as here:
        return act(open_to_fill(here, form_code, draft_id), refused)


def _heard(filing: Filing, step_id: str, pairs: Sequence[tuple[str, str]]) -> tuple[Filing, _Act]:
    """Save the page; what its button does comes once its files were taken."""
    step, seen = filing.step(step_id), set(filing.decision.effective.visible)
    known = set(filling.written_over(filing.draft.typed))
    filing = filing.save(pairs)
    action = request.form.get("_action", "next")
    if action == "next" and set(filling.written_over(filing.draft.typed)) - known:
        action = "look"  # Somebody wrote on another phone meanwhile: both values are shown before anything else.
    return filing, lambda now, refused: _acted(now, step, seen, action, refused)


def _late(filing: Filing, step_id: str, pairs: Sequence[tuple[str, str]]) -> tuple[Filing, _Act]:
    """The page is of an earlier version: saved, not heard. Its holder looks at the new one and goes on there."""
    return filing.save(pairs), lambda now, _refused: redirect(now.moved(step_id), 303)


def _acted(filing: Filing, step: Step, seen: set[str], action: str, refused: Sequence[Problem] = ()) -> Response:
    verb, _, rest = action.partition(":")
    if verb in ("add", "remove"):
        return redirect(f"{filing.address(step)}#{id_of(_changed_rows(filing, verb, rest))}", 303)
    if verb == "look":
        return make_response(step_page(filing, step), 200)
    if verb == "take":
        return _taken(filing, step, rest)
    if verb == "drop":
        return _dropped(filing, step, rest)
    if verb == "back":
        return redirect(filing.before(step) or filing.address(step), 303)
    return _onward(filing, step, seen, refused)


def _changed_rows(filing: Filing, verb: str, rest: str) -> str:
    """Add a row, or take one away; gives the pointer to show. What names no rows changes nothing."""
    pointer, _, index = (rest, "", "") if verb == "add" else rest.rpartition("/")
    question, session, draft = filing.plan.question_at(pointer), filing.visit.session, filing.draft
    if question is None or not question.is_rows:
        return pointer
    if verb == "add":
        filling.add_row(session, draft=draft, pointer=pointer)
        return f"{pointer}/{draft.typed.row_count(pointer)}"
    if index.isdecimal():
        filling.remove_row(session, draft=draft, pointer=pointer, index=int(index))
    return pointer


def _onward(filing: Filing, step: Step, seen: set[str], refused: Sequence[Problem]) -> Response:
    fresh = set(filing.decision.effective.visible) - seen
    found = filing.problems_at(step)
    unseen = not_asked_before(filing.plan, found, fresh)
    wrong = [*refused, *(one for one in found if one not in unseen)]
    # Without script, a question that may stay empty has not been seen by anybody either.
    more = bool(unseen) or (
        not request.form.get("_seen") and appeared(filing.plan, step.id, filing.decision.stored, fresh)
    )
    if wrong or more:
        return make_response(step_page(filing, step, wrong, more=more), 422 if wrong else 200)
    filling.save_step(filing.visit.session, draft=filing.draft, step=_next_id(filing, step))
    return redirect(filing.after(step), 303)


def _taken(filing: Filing, step: Step, pointer: str) -> Response:
    """Take what was typed on the other phone."""
    others.take(filing.visit.session, draft=filing.draft, pointer=pointer)
    return redirect(f"{filing.address(step)}#{id_of(pointer)}", 303)


def _next_id(filing: Filing, step: Step) -> str:
    later = filing.plan.steps[filing.plan.steps.index(step) + 1 :]
    return next((one.id for one in later if one in filing.steps), step.id)


def _dropped(filing: Filing, step: Step, rest: str) -> Response:
    pointer, _, file_id = rest.rpartition(":")
    # Somebody may have taken it away already: the page then shows that it is gone.
    with contextlib.suppress(NotFound, ValueError):
        files.drop(filing.visit.session, draft=filing.draft, pointer=pointer, file_id=UUID(file_id))
    return redirect(f"{filing.address(step)}#{id_of(pointer)}", 303)


def _posted_files() -> list[tuple[str, FileStorage]]:
    return [(name, upload) for name, upload in request.files.items(multi=True) if upload.filename]


def _take_files(tenant_id: int, draft_id: UUID) -> list[Problem]:
    """Take every file of the page; what cannot be taken becomes a problem at its field."""
    place = files.Place(tenant_id, draft_id, Holder(citizen_id=signed_in().subject_id))
    problems = []
    for pointer, upload in _posted_files():
        try:
            files.take(place, pointer=pointer, upload=upload, page=request.form.get("_form", ""))
        except Refusal as refusal:
            told = f"{upload.filename}：{refusal.message}"
            problems.append(Problem(pointer, refusal.code, told, refusal.message_en, told))
    return problems


def _elsewhere(filing: Filing) -> str | None:
    """Where a draft is seen that is no longer filled by its owner, or whose form has a newer version."""
    if filing.draft.row.state == "submitted":
        return filing.at("apply.receipt")
    if filing.draft.row.state == "handed":
        return filing.at("apply.helped")
    return filing.at("apply.update") if newer_than(filing.draft.row) else None
