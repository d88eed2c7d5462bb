"""Fixtures and small steps of the tests that push: a province on this machine, its knobs, a worker without a queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from ledger_writer import PushServices
from xiangtong.push.deliver import deliver
from xiangtong.push.pace import Pace
from xiangtong.tenancy.scope import Scope

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


@dataclass(frozen=True)
class Knobs:
    """The faults of a running province and what it holds, over its own HTTP."""

    url: str

    def turn(self, kind: str, **more: Any) -> None:
        """Turn a fault on: kinds and options as in `province_sandbox.faults`."""
        answer = httpx.post(f"{self.url}/_faults", json={"kind": kind, **more}, trust_env=False)
        assert answer.status_code == 201, answer.text

    def off(self) -> None:
        """Turn every fault off."""
        httpx.post(f"{self.url}/_faults", json={"clear": True}, trust_env=False)

    def held(self, case_no: str) -> list[dict[str, Any]]:
        """The messages the province stored of a case, in order; none for a case it does not know."""
        answer = httpx.get(f"{self.url}/_state/cases/{case_no}", trust_env=False)
        return answer.json() if answer.status_code == 200 else []

    def summary(self) -> dict[str, Any]:
        """The province's own figures."""
        summary: dict[str, Any] = httpx.get(f"{self.url}/_state/summary", trust_env=False).json()
        return summary

    def calendar(self, days: int) -> None:
        """Run the province's calendar `days` ahead."""
        httpx.post(f"{self.url}/_clock", json={"days": days}, trust_env=False)


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
