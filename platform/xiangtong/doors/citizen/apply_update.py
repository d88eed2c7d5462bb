"""这张表有更新: what a new version of the form means for this very draft, and the choice that is left to its holder."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.doors.citizen._filing import Filing, open_filing, open_to_fill
from xiangtong.doors.citizen._page import helping, title_of
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared.access import citizen
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.versions import is_withdrawn, newer_than
from xiangtong.drafts import moving
from xiangtong.forms.library import Form
from xiangtong.forms.migration import Reason
from xiangtong.kernel.errors import Refusal

_AT = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/update"


class Unchosen(Refusal):
    """Neither of the two buttons was pressed."""

    code = "UNCHOSEN"
    status = 422


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
        if choice == "move":
            moving.move(here.session, draft=filing.draft, old=filing.form, new=newer)
        elif choice == "stay" and not is_withdrawn(filing.draft.row):
            moving.stay(here.session, draft=filing.draft, number=newer.version)
        else:
            raise Unchosen("请选“现在换到新表”或“按旧表交”", "Choose the new form, or go on with the old one")
        return redirect(filing.at("apply.resume"), 303)


def _page(filing: Filing, newer: Form) -> str:
    verdict = moving.look(filing.draft.typed, old=filing.form, new=newer, facts=filing.visit.facts)
    return render_template(
        "citizen/update.html", form_title=title_of(filing), version=newer.version, carried=verdict.carried,
        asks=[_asked(filing, newer, one) for one in verdict.asks],
        stays=[_left(filing, newer, one) for one in verdict.stays], withdrawn=is_withdrawn(filing.draft.row),
        action=filing.at("apply.choose"), hands=helping(filing.visit, filing),
    )  # fmt: skip


def _asked(filing: Filing, newer: Form, reason: Reason) -> tuple[str, str]:
    words = {
        "added": gettext("新表新问的"),
        "needed": gettext("新表里要填"),
        "reworded": gettext("问法改了，请再看一眼"),
        "rule": gettext("按新表的规定要再看一看"),
    }
    return _label(filing, newer, reason), str(words.get(reason.why, ""))


def _left(filing: Filing, newer: Form, reason: Reason) -> tuple[str, str]:
    words = {
        "removed": gettext("新表不再问了。您填的会留在这份草稿里，不会交上去"),
        "meaning": gettext("新表问的不是同一件事，要重新填。您原来填的留在草稿里"),
        "narrower": gettext("您填的新表不收了，要改一改"),
    }
    return _label(filing, newer, reason), str(words.get(reason.why, ""))


def _label(filing: Filing, newer: Form, reason: Reason) -> str:
    question = newer.plan.question_at(reason.pattern) or filing.plan.question_at(reason.pattern)
    return question.title_en if question is not None and language() == "en" else reason.label
