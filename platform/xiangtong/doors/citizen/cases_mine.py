"""My drafts and my cases in every township, and one case of mine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from xiangtong import attachments
from xiangtong.cases import moves, results
from xiangtong.cases.citizen import cases_of, withdraw
from xiangtong.cases.record import OpenCase, open_numbered, open_to_move
from xiangtong.cases.supplements import asked_of
from xiangtong.cases.timeline import outcome, timeline
from xiangtong.doors.citizen._case import case_address, english_of, print_address, state_words, told, what_next
from xiangtong.doors.citizen._visit import Visit, visit
from xiangtong.doors.citizen.sign_in_whose import whose_address
from xiangtong.doors.shared import files
from xiangtong.doors.shared.access import citizen
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.person import citizen as signed_in
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import facts_of_case, form_of_case
from xiangtong.drafts.models import CitizenDraft
from xiangtong.drafts.opening import KEPT_FOR
from xiangtong.drafts.pointers import drafts_of
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.rendering.answers import render_answers
from xiangtong.rendering.context import RenderContext
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

_WAITING = (moves.ASKED, moves.ASKED_MIDWAY)
_AT = "/<string(length=9):code>/cases/<string(length=22):case_no>"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule("/mine", "mine", mine)
    blueprint.add_url_rule(_AT, "show", show)
    blueprint.add_url_rule(f"{_AT}/files/<uuid:file_id>", "file", file)
    blueprint.add_url_rule(f"{_AT}/withdraw", "ask_withdraw", ask_withdraw)
    blueprint.add_url_rule(f"{_AT}/withdraw", "withdraw", take_back, methods=["POST"])


@citizen()
def mine() -> str:
    """What I began and what I filed, wherever that was."""
    who = signed_in().subject_id
    with services().db.scope(Scope(citizen_id=who)) as session:
        drafts = [one for one in drafts_of(session, citizen_id=who) if one.state in ("open", "handed")]
        filed = cases_of(session, citizen_id=who)
        towns = _towns(session, {one.tenant_id for one in drafts} | {one.tenant_id for one in filed})
    return render_template(
        "citizen/mine.html",
        drafts=[(one, towns[one.tenant_id], _draft_address(towns[one.tenant_id], one)) for one in drafts],
        cases=[(one, towns[one.tenant_id], case_address(towns[one.tenant_id].code, one.case_no)) for one in filed],
        local=clock.local, english=english_of, kept_for=KEPT_FOR, whose=whose_address(),
    )  # fmt: skip


@citizen()
def show(code: str, case_no: str) -> str:
    """One case of mine: where it stands, what happens next, what happened, what I answered."""
    with visit(code) as here:
        case = own(here, case_no)
        asked, due_on = asked_of(here.session, case=case) if case.row.state in _WAITING else ([], None)
        happenings = timeline(here.session, case=case, english=language() == "en")
        came_out = outcome(happenings)
        stored = attachments.of_case(here.session, key=case.key, tenant_id=case.row.tenant_id, case_id=case.row.id)
        return render_template(
            "citizen/case.html", row=case.row, english=english_of(case.row.item_name),
            state=state_words(case.row.state, came_out), next=what_next(here.session, case=case, outcome=came_out),
            happenings=told(happenings),
            asked=asked, asked_by=due_on,
            answers=_answers(here, case), files=_files(here, case, stored), results=_results(here, case, stored),
            may_withdraw="withdraw" in moves.allowed(case.row.state),
            supply_url=url_for("cases.begin_supply", code=code, case_no=case_no),
            withdraw_url=url_for("cases.ask_withdraw", code=code, case_no=case_no),
            print_url=print_address(code, case_no),
        )  # fmt: skip


@citizen()
def file(code: str, case_no: str, file_id: UUID) -> Response:
    """A file of my case; `?small=1` a thumbnail of a photo."""
    with visit(code) as here:
        case = own(here, case_no)
        row = attachments.find(here.session, tenant_id=here.tenant.id, attachment_id=file_id)
        stored = attachments.reopen(row, key=case.key) if row.case_id == case.row.id else None
        if stored is None or not stored.ready:
            raise NotFound("没有找到这个文件", "There is no such file")
        key = case.key
    return files.send(stored, key=key, small="small" in request.args)


@citizen()
def ask_withdraw(code: str, case_no: str) -> Response | str:
    """What withdrawing means, before it is done."""
    with visit(code) as here:
        row = own(here, case_no).row
        if "withdraw" not in moves.allowed(row.state):
            return redirect(case_address(code, case_no), 303)
        return render_template(
            "citizen/withdraw.html", row=row, english=english_of(row.item_name), back=case_address(code, case_no)
        )


@citizen()
def take_back(code: str, case_no: str) -> Response:
    """Withdraw the case; a second tap finds it withdrawn."""
    with visit(code) as here:
        case = own(here, case_no, to_move=True)
        if case.row.state != moves.WITHDRAWN:
            withdraw(here.session, case=case, reason=request.form.get("reason", ""))
    return redirect(case_address(code, case_no), 303)


def own(here: Visit, case_no: str, *, to_move: bool = False) -> OpenCase:
    """My case of this number in this township; raises NotFound for anybody else's."""
    keys, tenant_id = services().keys, here.tenant.id
    case = open_numbered(here.session, keys=keys, tenant_id=tenant_id, case_no=case_no, citizen_id=here.citizen_id)
    return open_to_move(here.session, keys=keys, tenant_id=tenant_id, case_id=case.row.id) if to_move else case


def _answers(here: Visit, case: OpenCase) -> Markup:
    plan = form_of_case(here.session, case.row).plan
    options = facts_of_case(plan, case.row, here.facts).options
    ctx = RenderContext(locale="en" if language() == "en" else "zh_CN", options=options)
    return render_answers(plan, case.body["answers"], masked=True, ctx=ctx)


def _files(here: Visit, case: OpenCase, stored: Iterable[attachments.Stored]) -> list[tuple[str, str, str]]:
    """(what it is, the name of the file, its address) of everything that was handed in."""
    plan = form_of_case(here.session, case.row).plan
    found = []
    for one in stored:
        question = plan.question_at(one.question)
        title = (question.title_en if language() == "en" else question.title) if question else ""
        if one.question != results.PLACE:
            found.append((title, one.name, _file_address(here, case, one)))
    return found


def _results(here: Visit, case: OpenCase, stored: Sequence[attachments.Stored]) -> list[tuple[str, str]]:
    """(the name of the file, its address) of everything that the office handed out."""
    return [(one.name, _file_address(here, case, one)) for one in results.handed_out(stored)]


def _file_address(here: Visit, case: OpenCase, file: attachments.Stored) -> str:
    return url_for("cases.file", code=here.tenant.code, case_no=case.row.case_no, file_id=file.id)


def _towns(session: ScopedSession, ids: Iterable[int]) -> dict[int, Tenant]:
    found = session.scalars(select(Tenant).where(Tenant.id.in_(ids)))
    return {tenant.id: tenant for tenant in found}


def _draft_address(tenant: Tenant, draft: CitizenDraft) -> str:
    return url_for("apply.resume", code=tenant.code, form_code=draft.form_code, draft_id=draft.draft_id)
