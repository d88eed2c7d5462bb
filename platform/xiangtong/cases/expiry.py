"""补正超时: what was asked for did not come in its time, so the case is closed without it.

Nobody has to watch the day: the worker closes what is over, and the province is told like of any other decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select

from xiangtong.cases import clock as limits
from xiangtong.cases import moves
from xiangtong.cases.facts import Actor
from xiangtong.cases.models import NO_DAY, CaseEvent, CaseRecord
from xiangtong.cases.record import OpenCase, open_to_move
from xiangtong.cases.supplements import give_up, last_notice
from xiangtong.cases.window import decide
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing

#: Who did it, where no member of staff did. The department is the one that had asked.
_NOBODY, _NAME = UUID(int=0), "系统自动办结"


def tenants_waiting(session: ScopedSession) -> set[int]:
    """Tenants within reach with cases that were asked for something before today (role `oversight`)."""
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = select(CaseRecord.tenant_id).where(*_waiting(), CaseRecord.updated_at < midnight)
    return set(session.scalars(asked.distinct()))


def overdue(session: ScopedSession, *, tenant_id: int, today: date) -> list[UUID]:
    """Cases whose last day for the supplement may be over; `expire` looks closer."""
    rows = session.execute(
        select(CaseRecord.id, CaseRecord.limits).where(CaseRecord.tenant_id == tenant_id, *_waiting())
    )
    return [row.id for row in rows if _may_be_over(limits.from_json(row.limits).asked_until, today)]


def expire(session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID) -> CaseEvent | None:
    """Close the case when its last day for the supplement is over; None when it is not, or somebody was faster."""
    case = open_to_move(session, keys=keys, tenant_id=tenant_id, case_id=case_id)
    notice = last_notice(session, case=case)
    if case.row.state not in _ASKED or notice is None:
        return None
    due_on = date.fromisoformat(notice["payload"]["due_on"])
    if due_on >= clock.today():
        return None
    give_up(session, keys=keys, case=case)
    return _close(session, case, due_on, notice["actor"])


def _close(session: ScopedSession, case: OpenCase, due_on: date, asked_by: dict[str, str]) -> CaseEvent:
    actor = Actor(_NOBODY, _NAME, "", asked_by["dept_name"], asked_by["dept_code"])
    reason = f"补充材料的最后一天是 {due_on}，到期没有收到，按规定结束办理。还需要办的话，可以重新申请"
    return decide(session, case=case, actor=actor, result="supplement_expired", reason=reason)


_ASKED = (moves.ASKED, moves.ASKED_MIDWAY)


def _waiting() -> Iterable[ColumnElement[bool]]:
    # `open` and the day are what the partial index of open cases knows.
    return (
        CaseRecord.open.is_(True), CaseRecord.due_on == NO_DAY, CaseRecord.state.in_(_ASKED),
        CaseRecord.erased_at.is_(None),
    )  # fmt: skip


def _may_be_over(until: date | None, today: date) -> bool:
    """A case that keeps no day (it was asked before days were kept) has it in its notice."""
    return until is None or until < today
