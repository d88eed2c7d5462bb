"""The delivery columns of one fact: the only ones that change."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from xiangtong.ledger.models import LedgerFact
from xiangtong.push.pace import Pace

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one locked fact stands, within the transaction that locked it."""

    session: Session
    tenant_id: int
    row: Row[Any]
    now: datetime
    pace: Pace

    @property
    def lost(self) -> int:
        """Claims in a row that never reported back; a lease that ran out under a sender is one more."""
        return int(self.row.lost) + int(self.row.state == "sending")

    def change(self, **columns: object) -> None:
        """Write delivery columns."""
        self.session.execute(
            update(LedgerFact)
            .where(LedgerFact.tenant_id == self.tenant_id, LedgerFact.id == self.row.id)
            .values(**columns)
        )

    def park(self, *, code: str, reason: str) -> None:
        """A person must look. The row keeps its place in the case: what comes after waits."""
        self.change(**parked(code, reason))
        _LOG.error(
            "parked",
            extra={"tenant_id": self.tenant_id, "fact_id": str(self.row.id), "seq": self.row.seq, "code": code},
        )


def parked(code: str, reason: str) -> dict[str, object]:
    """The columns of a parked row; `reason` is shown to the city, so it holds no personal data."""
    return {"state": "parked", "lease_until": None, "lost": 0, "last_code": code, "last_reason": reason[:1000]}


def waiting(at: datetime, *, woken: datetime | None = None, code: str = "", **more: object) -> dict[str, object]:
    """The columns of a row that waits for `at`; `woken` says until when the sweeper leaves it to a deferred job."""
    return {"state": "due", "due_at": at, "lease_until": woken, "lost": 0, "last_code": code or None, **more}
