"""这张表有更新: what a new version of the form means for this very draft, and the choice that is left to its holder."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from xiangtong.doors.citizen._filing import Filing, open_filing, open_to_fill
from xiangtong.doors.citizen._page import helping, title_of
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared import newer_words
from xiangtong.doors.shared.access import citizen
from xiangtong.doors.shared.versions import is_withdrawn, newer_than
from xiangtong.drafts import moving
from xiangtong.forms.library import Form

_AT = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/update"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(_AT, "update", show)
    blueprint.add_url_rule(_AT, "choose", choose, methods=["POST"])


@citizen(assurance=0)
def show(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """What is carried over, what will be asked, what has no place any more; and the two buttons."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        newer = newer_than(filing.draft.row)
        if newer is None or filing.draft.row.state != "open":
            return redirect(filing.at("apply.resume"), 303)
        return _page(filing, newer)


@citizen(assurance=0)
def choose(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """Move the draft, or go on with the version it is on. A second tap finds it done."""
    with visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        newer, choice = newer_than(filing.draft.row), request.form.get("choice")
        if newer is None:
            return redirect(filing.at("apply.resume"), 303)
        if request.form.get("version") != str(newer.version):
            return _page(filing, newer)  # A still newer one came while they were reading.
        newer_words.choose(here.session, draft=filing.draft, choice=choice, old=filing.form, new=newer)
        return redirect(filing.at("apply.resume"), 303)


def _page(filing: Filing, newer: Form) -> str:
    verdict = moving.look(filing.draft.typed, old=filing.form, new=newer, facts=filing.visit.facts)
    return render_template(
        "citizen/update.html", form_title=title_of(filing), version=newer.version, carried=verdict.carried,
        asks=newer_words.asks(verdict, old=filing.form, new=newer),
        stays=newer_words.stays(verdict, old=filing.form, new=newer), withdrawn=is_withdrawn(filing.draft.row),
        action=filing.at("apply.choose"), hands=helping(filing.visit, filing),
    )  # fmt: skip
