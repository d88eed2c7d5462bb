"""The breaker of a destination: one row that every worker on every machine shares.

It opens after `Pace.failures` failures with no success of anybody between them, or at once when the province says
that we are not who we say we are. Open, it lets one message try every `probe_every`. A probe that succeeds starts a
ramp: 1, 2, 4 … claims a second, so that a province that has just got up is not knocked down again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Update, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from xiangtong.kernel import clock
from xiangtong.push.models import Breaker
from xiangtong.push.pace import Pace

_LOG = logging.getLogger(__name__)
_SLOT = timedelta(seconds=1)
# A ramp that lets this many through in a second no longer holds anybody back.
_FULL = 256


def allows(session: Session, *, destination: str, now: datetime, pace: Pace) -> bool:
    """Whether one message may be sent now; a probe and a place in the ramp are taken by asking."""
    row = session.get(Breaker, destination, populate_existing=True)
    if row is None or (row.state == "closed" and not _paused(row, now)):
        return True
    if _paused(row, now):
        return False
    return _take(session, _probe(now, pace) if row.state == "open" else _place(now), destination)


def succeeded(session: Session, *, destination: str) -> None:
    """A message got through. Writes nothing while all is well: a row written by every message would be a queue."""
    row = session.get(Breaker, destination, populate_existing=True)
    if row is None or (row.state == "closed" and row.failures == 0):
        return
    now = clock.now()
    if row.state == "open":
        begun = {"state": "ramp", "allowance": 1, "used": 1, "slot_at": now, "changed_at": now}
        session.execute(_of(destination).values(failures=0, probe_at=None, **begun))
    elif row.state == "ramp" and row.allowance >= _FULL:
        session.execute(_of(destination).values(failures=0, state="closed", changed_at=now))
    elif row.failures:
        session.execute(_of(destination).values(failures=0))


def failed(session: Session, *, destination: str, now: datetime, pace: Pace) -> None:
    """A message met an unknown outcome; opens the breaker when too many do in a row, and at once during a ramp."""
    counted = insert(Breaker).values(destination=destination, failures=1, changed_at=now)
    row = session.execute(
        counted.on_conflict_do_update(
            index_elements=["destination"], set_={"failures": Breaker.failures + 1}
        ).returning(Breaker.state, Breaker.failures)
    ).one()
    if row.state == "ramp" or (row.state == "closed" and row.failures >= pace.failures):
        open_(session, destination=destination, reason="NO_ANSWER", now=now, pace=pace)


def open_(session: Session, *, destination: str, reason: str, now: datetime, pace: Pace) -> None:
    """Hold everything for this destination and raise the alarm."""
    values = {
        "state": "open",
        "reason": reason,
        "probe_at": now + pace.probe_every,
        "allowance": 0,
        "used": 0,
        "changed_at": now,
    }
    session.execute(
        insert(Breaker)
        .values(destination=destination, **values)
        .on_conflict_do_update(index_elements=["destination"], set_=values)
    )
    _LOG.error("breaker opened", extra={"destination": destination, "reason": reason})


def pause(session: Session, *, destination: str, until: datetime) -> None:
    """The province is busy: the whole destination waits until then (contract §4, 429)."""
    session.execute(
        insert(Breaker)
        .values(destination=destination, paused_until=until, changed_at=clock.now())
        .on_conflict_do_update(
            index_elements=["destination"],
            set_={"paused_until": func.greatest(func.coalesce(Breaker.paused_until, until), until)},
        )
    )


def close(session: Session, *, destination: str) -> None:
    """An operator says that it is well again; the ramp begins."""
    session.execute(
        _of(destination).values(state="ramp", allowance=1, used=0, slot_at=None, failures=0, paused_until=None)
    )


def held(session: Session, *, now: datetime) -> dict[str, int]:
    """How many messages each troubled destination may try now; a destination that is well is not in it."""
    return {row.destination: _room(row, now) for row in session.scalars(select(Breaker)) if _troubled(row, now)}


def _room(row: Breaker, now: datetime) -> int:
    if _paused(row, now):
        return 0
    if row.state == "open":
        return 1 if row.probe_at is None or row.probe_at <= now else 0
    return max(1, row.allowance)


def _troubled(row: Breaker, now: datetime) -> bool:
    return row.state != "closed" or _paused(row, now)


def _paused(row: Breaker, now: datetime) -> bool:
    return row.paused_until is not None and row.paused_until > now


def _probe(now: datetime, pace: Pace) -> Update:
    due = (Breaker.state == "open") & (func.coalesce(Breaker.probe_at, now) <= now)
    return update(Breaker).where(due).values(probe_at=now + pace.probe_every)


def _place(now: datetime) -> Update:
    fresh = func.coalesce(Breaker.slot_at, now - _SLOT) <= now - _SLOT
    free = (Breaker.state != "ramp") | fresh | (Breaker.used < Breaker.allowance)
    # Each second that begins lets through twice as many; PostgreSQL computes every value from the row as it was.
    return (
        update(Breaker)
        .where(free)
        .values(
            used=case((fresh, 1), else_=Breaker.used + 1),
            slot_at=case((fresh, now), else_=Breaker.slot_at),
            allowance=case((fresh, func.least(Breaker.allowance * 2, _FULL)), else_=Breaker.allowance),
        )
    )


def _take(session: Session, attempt: Update, destination: str) -> bool:
    taken = session.execute(attempt.where(Breaker.destination == destination).returning(Breaker.destination))
    return taken.first() is not None


def _of(destination: str) -> Update:
    return update(Breaker).where(Breaker.destination == destination)
