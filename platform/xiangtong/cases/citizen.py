"""What the applicant does with a case that was filed: find it among one's own, withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases.models import CaseEvent, CitizenCase
from xiangtong.cases.record import OpenCase, move, open_case, open_to_move
from xiangtong.fields.normal import scrub
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.walls import as_citizen


def cases_of(session: ScopedSession, *, citizen_id: UUID, limit: int = 50) -> Sequence[CitizenCase]:
    """Pointers to the citizen's cases in every township, the latest first."""
    mine = select(CitizenCase).where(CitizenCase.citizen_id == citizen_id)
    with as_citizen(session, citizen_id):
        return session.scalars(mine.order_by(CitizenCase.submitted_at.desc()).limit(limit)).all()


def own_case(
    session: ScopedSession,
    *,
    keys: KeyRing,
    tenant_id: int,
    case_id: UUID,
    citizen_id: UUID,
    to_move: bool = False,
) -> OpenCase:
    """The citizen's own case (locked with `to_move`); raises NotFound for anybody else's."""
    opening = open_to_move if to_move else open_case
    case = opening(session, keys=keys, tenant_id=tenant_id, case_id=case_id)
    if case.row.citizen_id != citizen_id:
        raise NotFound("没有找到这个办件", "There is no such case")
    return case


def withdraw(session: ScopedSession, *, case: OpenCase, reason: str = "") -> CaseEvent:
    """撤回: the applicant takes the filing back. Nobody has to say why."""
    payload = {"reason": scrub(reason).strip()[:2_000] or "申请人撤回"}
    return move(session, case=case, type="withdraw", payload=payload, actor=None)
