"""The sweeper: finds rows that are due and leases that ran out, whatever happened to their jobs.

Fairness (so many a tenant in a pass), repair (lost jobs, dead workers) and the drain after an outage are this one
mechanism, always exercised. It runs every few seconds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from xiangtong.kernel import clock
from xiangtong.ledger.record import QUEUE, defer_delivery
from xiangtong.push import breaker
from xiangtong.push.pace import PACE, Pace
from xiangtong.push.ports import Services
from xiangtong.tenancy.scope import NOBODY, Scope

# The relay role sees these columns of every tenant and no body of any.
_DUE = text(
    "select t.id as tenant_id, t.city_code, f.id from tenant t cross join lateral ("
    " select d.*, row_number() over (order by d.due_at) as turn from (select id, due_at from ledger_fact"
    " where tenant_id = t.id and state in ('due', 'behind', 'sending') and due_at <= :now"
    " and (lease_until is null or lease_until < :now) order by due_at limit :per_tenant) d) f"
    " order by f.turn, f.due_at limit :room"
)
# A lease that ran out under a sender counts as a claim that never reported back.
_WAKE = text(
    "update ledger_fact set lease_until = :until, lost = lost + (state = 'sending')::int, state = 'due'"
    " where tenant_id = :tenant_id and id = any(:ids) and state in ('due', 'behind', 'sending') and due_at <= :now"
    " and (lease_until is null or lease_until < :now) returning id"
)
_QUEUED = text(
    "select count(*) from (select 1 from procrastinate_jobs where queue_name = :queue and status = 'todo'"
    " and coalesce(scheduled_at, now()) <= now() limit :window) waiting"
)


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: int
    city_code: str
    fact_id: UUID


def sweep(services: Services, *, pace: Pace = PACE) -> int:
    """Wake what nobody is at, within the window and the breakers' room; returns how many."""
    now = clock.now()
    by_tenant: dict[int, list[UUID]] = defaultdict(list)
    for due in _within_breakers(services, _due(services, now, pace), now):
        by_tenant[due.tenant_id].append(due.fact_id)
    return sum(_wake(services, tenant_id, ids, now, pace) for tenant_id, ids in by_tenant.items())


def _due(services: Services, now: datetime, pace: Pace) -> list[_Due]:
    with services.db.scope(NOBODY) as session:
        queued = session.scalar(_QUEUED, {"queue": QUEUE, "window": pace.window}) or 0
    if queued >= pace.window:
        return []
    with services.db.relay() as session:
        found = session.execute(_DUE, {"now": now, "per_tenant": pace.per_tenant, "room": pace.window - queued})
        return [_Due(*row) for row in found]


def _within_breakers(services: Services, rows: list[_Due], now: datetime) -> list[_Due]:
    """Drop what an open or busy destination has no room for, so that an outage costs a few rows a pass, not all."""
    with services.db.scope(NOBODY) as session:
        room = breaker.held(session, now=now)
    if not room:
        return rows
    kept = []
    for due in rows:
        destination = services.transport.line(due.city_code).destination
        if room.get(destination, 1) > 0:
            kept.append(due)
            if destination in room:
                room[destination] -= 1
    return kept


def _wake(services: Services, tenant_id: int, ids: list[UUID], now: datetime, pace: Pace) -> int:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        woken = session.execute(
            _WAKE, {"tenant_id": tenant_id, "ids": ids, "now": now, "until": now + pace.woken_for}
        ).all()
        for row in woken:
            defer_delivery(session, tenant_id=tenant_id, fact_id=row.id, case_id=None)
        return len(woken)
