"""One case as the window sees it: answers, parties, files, what happened, what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases import clock, moves
from xiangtong.cases.facts import Body
from xiangtong.cases.models import NO_DAY, CaseMaterial, CaseRecord
from xiangtong.cases.record import OpenCase, open_case
from xiangtong.cases.supplements import Asked, asked_of
from xiangtong.cases.timeline import Happening, timeline
from xiangtong.kernel import clock as time
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.calendar import calendar
from xiangtong.tenancy.keys import KeyRing


@dataclass(frozen=True)
class Detail:
    """Everything one page about a case needs; six queries at most.

    allowed   the moves its state allows (types of the contract)
    asked     what the last supplement notice asked for, while it waits for an answer
    """

    case: OpenCase
    light: clock.Light
    due_on: date | None
    allowed: frozenset[str]
    asked: tuple[Asked, ...]
    materials: Sequence[CaseMaterial]
    happenings: Sequence[Happening]

    @property
    def row(self) -> CaseRecord:
        """The stored case."""
        return self.case.row

    @property
    def body(self) -> Body:
        """Answers and parties in the clear; masks are the page's business (fields.mask)."""
        return self.case.body


def detail(session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID, staff: bool = True) -> Detail:
    """The case with all that belongs to it; raises NotFound, CaseErased."""
    case = open_case(session, keys=keys, tenant_id=tenant_id, case_id=case_id)
    return detail_of(session, case=case, staff=staff)


def detail_of(session: ScopedSession, *, case: OpenCase, staff: bool) -> Detail:
    """As `detail`, for a case that is open already (a citizen's own, a guest's)."""
    row = case.row
    due_on = row.due_on if row.open and row.due_on != NO_DAY else None
    waiting = row.state in (moves.ASKED, moves.ASKED_MIDWAY)
    return Detail(
        case=case,
        light=clock.light(due_on, time.today(), calendar(session)),
        due_on=due_on,
        allowed=moves.allowed(row.state),
        asked=tuple(asked_of(session, case=case)[0]) if waiting else (),
        materials=_materials(session, row),
        happenings=timeline(session, case=case, staff=staff),
    )


def _materials(session: ScopedSession, row: CaseRecord) -> Sequence[CaseMaterial]:
    mine = select(CaseMaterial).where(CaseMaterial.tenant_id == row.tenant_id, CaseMaterial.case_id == row.id)
    return session.scalars(mine.order_by(CaseMaterial.seq, CaseMaterial.id)).all()
