"""Jobs of cases: every hour, close those whose applicants did not supply in time what was asked for."""

from __future__ import annotations

import logging
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases.expiry import expire, overdue, tenants_waiting
from xiangtong.kernel import clock, jobs
from xiangtong.tenancy.models import City
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import NOBODY, Scope

_LOG = logging.getLogger(__name__)


@jobs.task("cases.expire_supplements", cron="7 * * * * 0")
def hourly(services: Needs, **_ids: object) -> None:
    """What was due until yesterday is over a few minutes after midnight."""
    expire_supplements(services)


def expire_supplements(services: Needs) -> int:
    """Township by township, each case in a transaction of its own; how many were closed."""
    with services.db.scope(NOBODY) as session:
        cities = session.scalars(select(City.code)).all()
    with services.db.oversight(*cities) as session:
        tenants = tenants_waiting(session)
    return sum(_close_those_of(services, tenant_id) for tenant_id in sorted(tenants))


def _close_those_of(services: Needs, tenant_id: int) -> int:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        found = overdue(session, tenant_id=tenant_id, today=clock.today())
    return sum(_close(services, tenant_id, case_id) for case_id in found)


def _close(services: Needs, tenant_id: int, case_id: UUID) -> bool:
    """One case that cannot be closed never keeps the others waiting."""
    try:
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            return expire(session, keys=services.keys, tenant_id=tenant_id, case_id=case_id) is not None
    except Exception:
        _LOG.exception("supplement not expired", extra={"tenant": tenant_id, "case": str(case_id)})
        return False
