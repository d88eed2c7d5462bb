"""Read the ledger: a fact in the clear, the provincial chain of a case, whether it is reconciled."""

from __future__ import annotations

import json
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from xiangtong.ledger.models import LedgerFact, Receipt, Reconciled
from xiangtong.ledger.record import context
from xiangtong.tenancy.keys import OpenKey


class SealedFact(Protocol):
    """What has to be known of a row of the ledger to read it."""

    id: UUID
    case_no: str
    facts: bytes


def read_facts(row: SealedFact | Row[Any], *, key: OpenKey) -> dict[str, Any]:
    """The facts document of an event; raises crypto.SealBroken when key or place do not fit.

    The case number, which the statement that wrote the case made, stands beside the sealed facts and is put in here.
    """
    facts: dict[str, Any] = json.loads(key.unseal(row.facts, context=context(row.id)))
    facts["case"]["case_no"] = row.case_no
    return facts


def chain_of(session: Session, *, tenant_id: int, case_id: UUID) -> tuple[int, str | None]:
    """The last `seq` the province gave a receipt for, and its chain; (0, None) before the first."""
    row = session.execute(
        select(Receipt.seq, Receipt.chain)
        .where(Receipt.tenant_id == tenant_id, Receipt.case_id == case_id)
        .order_by(Receipt.seq.desc())
        .limit(1)
    ).first()
    return (row.seq, row.chain) if row else (0, None)


def is_reconciled(session: Session, *, tenant_id: int, case_id: UUID) -> bool:
    """Whether every event of the case was proved equal on both sides; nothing is erased before (contract §5)."""
    last = session.scalar(
        select(func.max(LedgerFact.seq)).where(LedgerFact.tenant_id == tenant_id, LedgerFact.case_id == case_id)
    )
    proved = session.scalar(
        select(Reconciled.seq).where(Reconciled.tenant_id == tenant_id, Reconciled.case_id == case_id)
    )
    return last is not None and proved == last
