"""这张表有更新, for who fills a form in for somebody: the same page and the same choice as a citizen has."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from xiangtong.doors.console.workbench_desk import desk
from xiangtong.doors.console.workbench_fetch import blueprint
from xiangtong.doors.console.workbench_filing import Filing, open_filing
from xiangtong.doors.shared import access, newer_words
from xiangtong.doors.shared.versions import is_withdrawn
from xiangtong.drafts import moving
from xiangtong.forms.library import Form

__all__ = ["blueprint"]

_MAY = access.staff("cases.file_for")


@blueprint.get("/<uuid:draft_id>/update")
@_MAY
def update(draft_id: UUID) -> Response | str:
    """What is carried over, what will be asked, what has no place any more; and the two buttons."""
    with desk() as here:
        filing = open_filing(here, draft_id)
        newer = filing.newer
        return _page(filing, newer) if newer else redirect(filing.at("resume"), 303)


@blueprint.post("/<uuid:draft_id>/update")
@_MAY
def choose(draft_id: UUID) -> Response | str:
    """Move the draft, or go on with the version it is on. A second tap finds it done."""
    with desk() as here:
        filing = open_filing(here, draft_id, to_write=True)
        newer = filing.newer
        if newer is not None and request.form.get("version") != str(newer.version):
            return _page(filing, newer)  # A still newer one came while they were reading.
        if newer is not None:
            choice = request.form.get("choice")
            newer_words.choose(here.session, draft=filing.draft, choice=choice, old=filing.form, new=newer)
        return redirect(filing.at("resume"), 303)


def _page(filing: Filing, newer: Form) -> str:
    verdict = moving.look(filing.draft.typed, old=filing.form, new=newer, facts=filing.facts)
    return render_template(
        "console/workbench/update.html", form_title=filing.form.title, version=newer.version, carried=verdict.carried,
        asks=newer_words.asks(verdict, old=filing.form, new=newer),
        stays=newer_words.stays(verdict, old=filing.form, new=newer),
        withdrawn=is_withdrawn(filing.draft.row), action=filing.at("choose"),
    )  # fmt: skip
