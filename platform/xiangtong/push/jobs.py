"""Push's jobs. Arguments are ids only."""

from __future__ import annotations

from uuid import UUID

from xiangtong.kernel import jobs
from xiangtong.ledger.record import DELIVER
from xiangtong.push.deliver import deliver_together
from xiangtong.push.ports import Services
from xiangtong.push.sweep import sweep


@jobs.task(DELIVER)
def deliver_fact(services: Services, *, tenant_id: int, fact_id: str) -> None:
    """Tell the province of one event, and of what else of the township waits."""
    deliver_together(services, tenant_id=tenant_id, fact_id=UUID(fact_id))


@jobs.task("push.sweep", cron="* * * * * */5")
def sweep_due(services: Services, **_ids: object) -> None:
    """Every five seconds: wake what nobody is at."""
    sweep(services)
