"""One page of a form: where it is, and where one is sent whose draft is no longer filled in here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from xiangtong.doors.citizen import _expired
from xiangtong.doors.citizen._filing import Filing, open_filing, open_to_fill
from xiangtong.doors.citizen._page import step_page
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared import files, stepping
from xiangtong.doors.shared.access import citizen, public
from xiangtong.doors.shared.versions import newer_than

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
        filing, act = stepping.heard(open_to_fill(here, form_code, draft_id), step_id, pairs, page=step_page)
        if not stepping.posted_files():
            return act(filing, ())
        place = files.Place(here.tenant.id, draft_id, here.holder)
    refused = stepping.take_files(place)
    with visit(code) as here:
        return act(open_to_fill(here, form_code, draft_id), refused)


def _elsewhere(filing: Filing) -> str | None:
    """Where a draft is seen that is no longer filled by its owner, or whose form has a newer version."""
    if filing.draft.row.state == "submitted":
        return filing.at("apply.receipt")
    if filing.draft.row.state == "handed":
        return filing.at("apply.helped")
    return filing.at("apply.update") if newer_than(filing.draft.row) else None
