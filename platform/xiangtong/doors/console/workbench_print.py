"""The filed form on paper, for the window and for whoever filed it. Every print is in the audit log first."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.cases.record import OpenCase, open_case
from xiangtong.doors.console.workbench import AT, blueprint
from xiangtong.doors.console.workbench_agent import blueprint as agent
from xiangtong.doors.console.workbench_desk import Desk, Place, desk, facts_of, opened
from xiangtong.doors.shared import access, paper
from xiangtong.doors.shared.services import services
from xiangtong.drafts.models import Draft
from xiangtong.identity.staff import actor_of
from xiangtong.kernel.errors import NotFound
from xiangtong.printing import CaseSheet


@blueprint.get(f"{AT[0]}/print")
@blueprint.get(f"{AT[1]}/print", endpoint="print_case")
@access.staff("cases.view")
def print_case(case_no: str = "", item_id: UUID | None = None) -> Response:
    """The official sheet of a case, in full."""
    with desk() as here, opened(here, Place(case_no, item_id)) as case:
        sheet = _sheet(here, case)
    return paper.send_case(sheet)


@agent.get("/<uuid:draft_id>/print")
@access.staff("cases.file_for")
def print_filed(draft_id: UUID) -> Response:
    """The official sheet of what this person filed for somebody; NotFound for anything another filed."""
    with desk() as here:
        mine = select(Draft.id).where(
            Draft.tenant_id == here.tenant.id, Draft.id == draft_id, Draft.staff_id == here.who.subject_id
        )
        if here.session.scalar(mine) is None:
            raise NotFound("没有找到这个办件", "There is no such case")
        case = open_case(here.session, keys=services().keys, tenant_id=here.tenant.id, case_id=draft_id)
        sheet = _sheet(here, case)
    return paper.send_case(sheet)


def _sheet(here: Desk, case: OpenCase) -> CaseSheet:
    audit.record(
        here.session, actor=actor_of(here.who), action="case.printed", subject=f"case:{case.row.case_no}", detail={}
    )
    return paper.of_case(here.session, case=case, facts=facts_of(here, case))
