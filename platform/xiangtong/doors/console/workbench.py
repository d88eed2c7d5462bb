"""The window's workbench: figures, list, record, actions. Every page is whole; the script only swaps its parts."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from xiangtong import attachments, audit
from xiangtong.cases.clock import GOLD_DAYS
from xiangtong.cases.detail import detail_of
from xiangtong.cases.record import OpenCase
from xiangtong.cases.worklist import Row, counts, decided_today, worklist
from xiangtong.doors.console import workbench_words as words
from xiangtong.doors.console.workbench_desk import Desk, Place, desk, facts_of, opened
from xiangtong.doors.console.workbench_moves import ACTIONS, offered
from xiangtong.doors.console.workbench_record import Record, record_of
from xiangtong.doors.shared import access, files
from xiangtong.doors.shared.services import services
from xiangtong.drafts.work import work_items
from xiangtong.identity.staff import actor_of as audit_actor
from xiangtong.kernel.errors import NotFound

# The audit log keeps it, so it is a pointer and nothing that somebody typed.
_POINTER = re.compile(r"(/[A-Za-z0-9_-]{1,60}){1,8}\Z")
blueprint = Blueprint("workbench", __name__, url_prefix="/desk")

#: A case of one's own, and one that another body handed over.
AT = ("/<string(length=22):case_no>", "/handed/<uuid:item_id>")
_LIMIT = 20


@blueprint.route("/", methods=["GET", "POST"])
@access.staff("cases.view")
def index() -> Response | str:
    """The list alone. What is searched for is posted: an id number never stands in an address."""
    with desk() as here:
        sought = request.form.get("q", "").strip()[:50]
        listed = _listed(here, sought)
        rows = listed["rows"]
        if sought and len(rows) == 1 and not request.form.get("after"):
            return redirect(url_for("workbench.show", case_no=rows[0]["case_no"]), 303)
        return render_template("console/workbench/index.html", record=None, **listed)


@blueprint.get(AT[0])
@blueprint.get(AT[1])
@access.staff("cases.view")
def show(case_no: str = "", item_id: UUID | None = None) -> str:
    """One case beside the list."""
    place = Place(case_no, item_id)
    with desk() as here:
        return case_page(here, place, done=request.args.get("done", ""))


@blueprint.post(f"{AT[0]}/reveal")
@blueprint.post(f"{AT[1]}/reveal", endpoint="reveal")
@access.staff("cases.view")
def reveal(case_no: str = "", item_id: UUID | None = None) -> str:
    """One masked answer in full. Who looked at what is in the audit log before anybody sees it."""
    place, pointer = Place(case_no, item_id), request.form.get("pointer", "")
    if not _POINTER.match(pointer):
        raise NotFound
    with desk() as here:
        with opened(here, place) as case:
            audit.record(
                here.session, actor=audit_actor(here.who), action="case.revealed", subject=f"case:{case.row.case_no}",
                detail={"pointer": pointer},
            )  # fmt: skip
        return case_page(here, place, shown=(pointer,))


@blueprint.get(f"{AT[0]}/files/<uuid:file_id>")
@blueprint.get(f"{AT[1]}/files/<uuid:file_id>", endpoint="file")
@access.staff("cases.view")
def file(file_id: UUID, case_no: str = "", item_id: UUID | None = None) -> Response:
    """A file of the case through our own server; looking at one in full is in the audit log."""
    small = "small" in request.args
    with desk() as here, opened(here, Place(case_no, item_id)) as case:
        row = attachments.find(here.session, tenant_id=case.row.tenant_id, attachment_id=file_id)
        stored = attachments.reopen(row, key=case.key) if row.case_id == case.row.id else None
        if stored is None or not stored.ready:
            raise NotFound("没有找到这个文件", "There is no such file")
        if not small:
            audit.record(
                here.session, actor=audit_actor(here.who), action="case.file", subject=f"case:{case.row.case_no}",
                detail={"file": str(file_id)},
            )  # fmt: skip
        key = case.key
    return files.send(stored, key=key, small=small)


def case_page(here: Desk, place: Place, *, shown: tuple[str, ...] = (), done: str = "", **side: Any) -> str:
    """The whole page with one case; `side` is what stands in the third column instead of the buttons."""
    listed = _listed(here, "")
    with opened(here, place) as case:
        record = _record(here, case, place, shown)
    actions = offered(record.detail.allowed, here.who.permissions)
    return render_template(
        "console/workbench/index.html", record=record, actions=actions, done=_done_words(done), **listed,
        **({"action": None} | side),
    )  # fmt: skip


def _record(here: Desk, case: OpenCase, place: Place, shown: tuple[str, ...]) -> Record:
    detail = detail_of(here.session, case=case, staff=True)
    return record_of(here.session, detail=detail, place=place, facts=facts_of(here, case), shown=shown)


def _done_words(move: str) -> str:
    return next((str(one.done) for one in ACTIONS if one.move == move), "")


def _listed(here: Desk, sought: str) -> dict[str, Any]:
    show = request.args.get("show", "")[:20]
    after = (request.form if sought else request.args).get("after", "")[:80] or None
    page = worklist(
        here.session, keys=services().keys, tenant_id=here.tenant.id, after=after, limit=_LIMIT,
        filters=words.filters(show, text=sought, village_codes=here.villages),
    )  # fmt: skip
    found = counts(here.session, tenant_id=here.tenant.id, village_codes=here.villages)
    settled = decided_today(here.session, tenant_id=here.tenant.id, village_codes=here.villages)
    return {
        "figures": words.figures(found, settled), "show": show, "sought": sought, "after": page.after,
        "rows": [_line(here, row) for row in page.rows], "first_page": after is None,
        "handed": work_items(here.session, tenant_id=here.tenant.id, kind="case", limit=_LIMIT)
        if here.villages is None else (),
    }  # fmt: skip


def _days(row: Row) -> tuple[str, str]:
    """What the tag of a line says, and its look: the office's days, the applicant's, or the state."""
    if row.days_left is not None:
        return words.days_words(row.days_left), words.LOOKS[row.light]
    if row.asked_days_left is not None:
        return words.asked_words(row.asked_days_left), "soon" if row.asked_days_left <= GOLD_DAYS else "still"
    return str(words.STATES.get(row.state, "")), "done" if row.state in words.SETTLED else "still"


def _line(here: Desk, row: Row) -> dict[str, Any]:
    days, look = _days(row)
    return {
        "case_no": row.case_no, "name": row.applicant_name or "", "item": row.item_name, "days": days, "look": look,
        "where": words.sentence(
            [here.around.villages.get(row.village_code or "", ""), words.moment_words(row.submitted_at),
             str(words.CHANNELS.get(row.channel, ""))]
        ),
    }  # fmt: skip
