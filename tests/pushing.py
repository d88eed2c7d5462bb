"""Fixtures and small steps of the tests that push: a province on this machine, its knobs, a worker without a queue."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text

from ledger_writer import PushServices
from xiangtong.province.sandbox import Knobs
from xiangtong.push.deliver import deliver
from xiangtong.push.pace import Pace
from xiangtong.tenancy.scope import Scope

__all__ = ["Knobs"]

# The product's pace, a thousand times faster.
QUICK = Pace(
    lease=timedelta(seconds=30),
    base=timedelta(milliseconds=5),
    cap=timedelta(milliseconds=200),
    probe_every=timedelta(seconds=30),
    woken_for=timedelta(milliseconds=1),
    behind_for=timedelta(seconds=60),
)

#: Serial numbers of cases: a province that several tests share knows none of them twice.
serials = count(1)


def rows(services: PushServices, sql: str, *, tenant_id: int = 1, **values: Any) -> list[Any]:
    """Rows as the app sees them in a tenant's scope."""
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        return list(session.execute(text(sql), values))


def states(services: PushServices, *, tenant_id: int = 1) -> list[str]:
    """The delivery states of every fact of a tenant, in the order they were written."""
    return [row.state for row in rows(services, "select state from ledger_fact order by id", tenant_id=tenant_id)]


def send_all(services: PushServices, ids: list[UUID], *, pace: Pace = QUICK, tenant_id: int = 1) -> list[str]:
    """Deliver these facts one after the other, once each."""
    return [deliver(services, tenant_id=tenant_id, fact_id=fact_id, pace=pace) for fact_id in ids]


def queued(services: PushServices) -> int:
    """Delivery jobs that wait in the queue."""
    return int(rows(services, "select count(*) as n from procrastinate_jobs where task_name = 'push.deliver'")[0].n)


def empty_queue(services: PushServices) -> None:
    """Lose every job, as a queue might."""
    rows(services, "with gone as (delete from procrastinate_jobs returning 1) select count(*) from gone")
