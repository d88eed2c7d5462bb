"""`receipt.result`: the province looked closer at a message it had taken, and says whether it is valid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from xiangtong.ledger.models import LedgerFact
from xiangtong.push.differences import note_difference
from xiangtong.push.ports import Services
from xiangtong.tenancy.scope import Scope

# The relay role sees whose a message is, and no body.
_WHOSE = text("select tenant_id, fact_id from wire_message where message_id = :message_id")


def on_result(services: Services, payload: Mapping[str, Any]) -> None:
    """A message that is invalid after all raises a difference for a person; a valid one needs nothing.

    Raises ValueError for a message that is not ours.
    """
    message_id, result = UUID(payload["message_id"]), payload["result"]
    with services.db.relay() as session:
        row = session.execute(_WHOSE, {"message_id": message_id}).first()
    if row is None:
        raise ValueError("not a message of ours")
    if result == "valid":
        return
    with services.db.scope(Scope(tenant_id=row.tenant_id)) as session:
        fact = session.scalars(
            select(LedgerFact).where(LedgerFact.tenant_id == row.tenant_id, LedgerFact.id == row.fact_id)
        ).one()
        case = (fact.case_id, fact.case_no, fact.seq)
        note_difference(session, tenant_id=row.tenant_id, case=case, kind="invalid", ours=None, theirs=None)
