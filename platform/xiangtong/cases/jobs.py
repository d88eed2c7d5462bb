"""Jobs of cases: close those whose supplement did not come in time, forget what machines called their filings."""

from __future__ import annotations

import logging
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases.expiry import expire, overdue, tenants_waiting
from xiangtong.cases.machine_filing import forget_keys
from xiangtong.kernel import clock, jobs
from xiangtong.settings import Settings
from xiangtong.tenancy.models import City, Tenant
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import NOBODY, Scope

_LOG = logging.getLogger(__name__)


class KeepsKeys(Needs, Protocol):
    """Rows and keys, and how long a machine's keys are remembered."""

    @property
    def settings(self) -> Settings: ...


@jobs.task("cases.forget_machine_keys", cron="25 4 * * * 0")
def forget_machine_keys(services: KeepsKeys, **_ids: object) -> None:
    """Every night, township by township: keys of machines that nobody will repeat any more."""
    with services.db.scope(NOBODY) as session:
        tenants = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()
    for tenant_id in tenants:
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            forget_keys(session, tenant_id=tenant_id, days=services.settings.machine_key_kept)


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
