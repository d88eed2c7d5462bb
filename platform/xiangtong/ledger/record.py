"""Write the fact of an event, and wake whoever tells the province: one transaction with the event itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from xiangtong.kernel import clock, jobs
from xiangtong.kernel.compact import written
from xiangtong.kernel.db import columns_of, unwritten
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.keys import OpenKey

DELIVER = "push.deliver"
QUEUE = "push"
# How long the sweeper trusts a deferred job before it defers another one for the same row.
WOKEN_FOR = timedelta(seconds=60)


def record(
    session: Session,
    *,
    key: OpenKey,
    tenant_id: int,
    case_id: UUID,
    case_no: str,
    seq: int,
    type: str,  # noqa: A002 - the contract's own word.
    occurred_at: datetime,
    facts: dict[str, Any],
    wake: bool = True,
) -> UUID:
    """Write the sealed facts of event `seq` and defer its delivery on the same connection; returns the fact's id.

    `facts` has the shape of form_schemas/_common/facts.json. With `wake` false no job is deferred and the sweeper
    fetches the row in its turn: the lane for bulk imports, which must not stand before other townships' cases.
    """
    row = fact_row(
        key=key, tenant_id=tenant_id, case_id=case_id, case_no=case_no, seq=seq, type=type, occurred_at=occurred_at,
        facts=facts, wake=wake,
    )  # fmt: skip
    session.add(LedgerFact(**columns_of(row)))
    session.flush()
    if wake:
        defer_delivery(session, tenant_id=tenant_id, fact_id=row.id, case_id=case_id)
    return row.id


def fact_row(
    *,
    key: OpenKey,
    tenant_id: int,
    case_id: UUID,
    case_no: str,
    seq: int,
    type: str,  # noqa: A002 - the contract's own word.
    occurred_at: datetime,
    facts: dict[str, Any],
    wake: bool = True,
) -> LedgerFact:
    """The row of a fact, not yet written: for the statement that writes the event with it (see `record`)."""
    fact_id, now = new_id(), clock.now()
    return unwritten(
        LedgerFact,
        tenant_id=tenant_id, id=fact_id, case_id=case_id, case_no=case_no, seq=seq, type=type, occurred_at=occurred_at,
        key_id=key.id, facts=key.seal(written(facts), context=context(fact_id)),
        recorded_at=now, state="due", due_at=now, lease_until=now + WOKEN_FOR if wake else None, token=0, attempts=0,
        lost=0, failing_since=None, last_code=None, last_reason=None, message_id=None,
    )  # fmt: skip


def defer_delivery(
    session: Session, *, tenant_id: int, fact_id: UUID, case_id: UUID | None, at: datetime | None = None
) -> None:
    """Defer the job that delivers one fact, now or `at` a moment. A job that is lost is made up for by the sweeper.

    With `case_id` the queue keeps the jobs of that case apart, which saves claims that would find nothing to do.
    Order is kept by `seq`, so repairs go without: the job of a dead worker would hold the lock until it is rescued.
    """
    lock = str(case_id) if case_id else None
    jobs.defer(session, DELIVER, lock=lock, queue=QUEUE, at=at, tenant_id=tenant_id, fact_id=str(fact_id))


def delivery_of(row: LedgerFact) -> dict[str, Any]:
    """What `jobs.DEFERRAL` binds, for the job that delivers `row` (see `defer_delivery`)."""
    return jobs.deferral(DELIVER, lock=str(row.case_id), queue=QUEUE, tenant_id=row.tenant_id, fact_id=str(row.id))


def context(fact_id: UUID) -> str:
    """Where a fact's sealed bytes live."""
    return f"ledger_fact:{fact_id}"
