"""What waits, why, and since when: read by the city's screen and the command line. No body, no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Rows held by a breaker or behind another are due too; the cause says which. Delivered rows are never counted here.
_CAUSES = text(
    "select state, coalesce(last_code, '') as code, count(*) as waiting, min(recorded_at) as oldest from ledger_fact"
    " where state in ('due', 'behind', 'sending', 'parked') group by 1, 2 order by 3 desc"
)
_TOWNSHIPS = text(
    "select t.code, t.name, count(*) filter (where f.state <> 'parked') as waiting,"
    " count(*) filter (where f.state = 'parked') as parked, min(f.recorded_at) as oldest"
    " from ledger_fact f join tenant t on t.id = f.tenant_id"
    " where f.state in ('due', 'behind', 'sending', 'parked') group by 1, 2 order by oldest limit :limit"
)
_PARKED = text(
    "select f.tenant_id, t.name, f.id, f.case_no, f.seq, f.type, f.recorded_at, f.attempts,"
    " coalesce(f.last_code, '') as code, coalesce(f.last_reason, '') as reason"
    " from ledger_fact f join tenant t on t.id = f.tenant_id"
    " where f.state = 'parked' and (:code = '' or f.last_code = :code) order by f.recorded_at limit :limit"
)
_BREAKERS = text(
    "select destination, state, coalesce(reason, '') as reason, changed_at, probe_at, paused_until from breaker"
    " where state <> 'closed' or paused_until > now() order by destination"
)
_CALLBACKS = text("select state, event, count(*) as n from callback group by 1, 2 order by 3 desc limit 50")


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages that wait for one reason: their state and the last code (“” before the first attempt)."""

    state: str
    code: str
    waiting: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Township:
    """What waits for one township; `oldest` is when the oldest undelivered event happened: the best health number."""

    code: str
    name: str
    waiting: int
    parked: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """One message that a person must look at. `reason` holds places and codes, never values."""

    tenant_id: int
    township: str
    fact_id: UUID
    case_no: str
    seq: int
    type: str
    recorded_at: datetime
    attempts: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A destination that is not well: its breaker's state and reason, when it is tried next."""

    destination: str
    state: str
    reason: str
    since: datetime
    probe_at: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """The city screen's model, and `xiangtong push status`."""

    causes: tuple[Cause, ...]
    townships: tuple[Township, ...]
    held: tuple[Held, ...]

    @property
    def waiting(self) -> int:
        """Messages the province has not promised to remember yet, parked ones among them."""
        return sum(cause.waiting for cause in self.causes)

    @property
    def oldest(self) -> datetime | None:
        """Since when the oldest of them waits."""
        return min((cause.oldest for cause in self.causes), default=None)


def status(session: Session, *, townships: int = 20) -> Status:
    """How delivery stands for whatever the session may see (`Database.oversight(*reach)`)."""
    return Status(
        tuple(Cause(*row) for row in session.execute(_CAUSES)),
        tuple(Township(*row) for row in session.execute(_TOWNSHIPS, {"limit": townships})),
        tuple(Held(*row) for row in session.execute(_BREAKERS)),
    )


def parked(session: Session, *, code: str = "", limit: int = 100) -> tuple[Parked, ...]:
    """Parked messages, oldest first, of one code or of all."""
    return tuple(Parked(*row) for row in session.execute(_PARKED, {"code": code, "limit": limit}))


def callbacks(session: Session) -> Sequence[Any]:
    """Callbacks counted by state and event (the session must be the app's: rows of state, event, n)."""
    return session.execute(_CALLBACKS).all()
