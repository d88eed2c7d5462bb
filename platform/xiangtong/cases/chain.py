"""Our own chain over a case's events: what was stored, in which order, proved without being able to read it.

link_1 = SM3(digest_1), link_n = SM3(link_(n-1) ∥ digest_n), all as lowercase hex in ASCII. A digest covers the
stored (sealed) bytes, so that the chain still verifies after the case's key was destroyed. The provincial chain
runs over wire messages and lives in the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.cases.models import CaseEvent, CaseRecord
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """The outcome of walking a case's chain: how many events, and the first that does not fit (None: all do)."""

    events: int
    broken_at: int | None

    @property
    def holds(self) -> bool:
        """Whether every event is the one that was written, in its place."""
        return self.broken_at is None


def digest_of(*, case_id: UUID, seq: int, kind: str, state: str, occurred_at: datetime, body: bytes) -> str:
    """The digest of one event as it is stored: its readable columns and its sealed body."""
    head = [str(case_id), seq, kind, state, occurred_at.astimezone(UTC).isoformat(timespec="microseconds")]
    return sm3_hex(json.dumps(head, separators=(",", ":")).encode() + b"\n" + body)


def link(before: str, digest: str) -> str:
    """The next link of the chain; `before` is empty for the first event."""
    return sm3_hex((before + digest).encode("ascii"))


def verify_chain(session: Session, *, tenant_id: int, case_id: UUID) -> ChainCheck:
    """Walk the chain of a case from its first event; raises NotFound for a case that is not there."""
    case = session.get(CaseRecord, (tenant_id, case_id))
    if case is None:
        raise NotFound
    rows = select(CaseEvent).where(CaseEvent.tenant_id == tenant_id, CaseEvent.case_id == case_id)
    events = session.scalars(rows.order_by(CaseEvent.seq)).all()
    broken_at = _first_break(events)
    if broken_at is None and (len(events) != case.last_seq or events[-1].chain != case.chain):
        broken_at = len(events) + 1
    return ChainCheck(len(events), broken_at)


def _first_break(events: Iterable[CaseEvent]) -> int | None:
    before = ""
    for seq, event in enumerate(events, start=1):
        digest = digest_of(
            case_id=event.case_id,
            seq=seq,
            kind=event.type,
            state=event.state,
            occurred_at=event.occurred_at,
            body=event.body,
        )
        before = link(before, digest)
        if (event.seq, event.digest, event.chain) != (seq, digest, before):
            return seq
    return None
