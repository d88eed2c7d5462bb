"""Erasing a case is destroying its key, once the province has proved that it holds everything (design §6)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from xiangtong import attachments, ledger
from xiangtong.cases import moves
from xiangtong.cases.models import CaseRecord, CitizenCase
from xiangtong.cases.people import forget
from xiangtong.drafts.models import Draft
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.walls import as_citizen


class NotErasable(Conflict):
    """The case still runs, or the province has not proved yet that it holds it."""

    code = "NOT_ERASABLE"


def erase(session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID) -> None:
    """Destroy the key of a case and clear what is readable of a person; raises NotErasable, NotFound.

    What remains: number, states, days, digests, chain, counts. Erasing twice changes nothing.
    """
    query = select(CaseRecord).where(CaseRecord.tenant_id == tenant_id, CaseRecord.id == case_id)
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("没有找到这个办件", "There is no such case")
    if row.erased_at is not None:
        return
    _check(session, row)
    attachments.discard_case(session, tenant_id=tenant_id, case_id=case_id)
    keys.destroy(session, tenant_id=tenant_id, key_id=row.data_key_id)
    _unlink_drafts(session, row)
    citizen_id, row.citizen_id = row.citizen_id, None
    forget(row)
    row.erased_at = clock.now()
    session.flush()
    if citizen_id is not None:
        mine = (CitizenCase.citizen_id == citizen_id, CitizenCase.case_id == case_id)
        with as_citizen(session, citizen_id):
            session.execute(delete(CitizenCase).where(*mine))


def _check(session: ScopedSession, row: CaseRecord) -> None:
    if row.state in moves.OPEN:
        raise NotErasable("这个办件还没有办完，不能删除个人信息", "The case is still open")
    if not ledger.is_reconciled(session, tenant_id=row.tenant_id, case_id=row.id):
        raise NotErasable("还没有和省平台对完账，不能删除个人信息", "The case is not reconciled yet")


def _unlink_drafts(session: ScopedSession, row: CaseRecord) -> None:
    """The draft it came from and those that supplemented it no longer say whose they were."""
    mine = select(Draft).where(Draft.tenant_id == row.tenant_id, (Draft.id == row.id) | (Draft.case_id == row.id))
    for draft in session.scalars(mine):
        draft.state, draft.typed, draft.revisions = "expired", b"", {}
        draft.citizen_id = draft.village_code = None
