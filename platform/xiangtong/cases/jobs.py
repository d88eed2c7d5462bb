"""Jobs of cases: tell of supplements, close those that did not come in time, forget what machines called theirs."""

from __future__ import annotations

import logging
from functools import partial
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases.expiry import expire, overdue, tenants_waiting
from xiangtong.cases.machine_filing import forget_keys
from xiangtong.cases.reminding import What, message, remind, soon_due, tell_later
from xiangtong.kernel import clock, jobs
from xiangtong.notify.ports import Sms, SmsUnavailable
from xiangtong.settings import Settings
from xiangtong.tenancy.models import City, Tenant
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import NOBODY, Scope

_LOG = logging.getLogger(__name__)


class KeepsKeys(Needs, Protocol):
    """Rows and keys, and how long a machine's keys are remembered."""

    @property
    def settings(self) -> Settings: ...


class Tells(Needs, Protocol):
    """Rows and keys, and a sender of short messages."""

    @property
    def sms(self) -> Sms: ...


@jobs.task("cases.forget_machine_keys", cron="25 4 * * * 0")
def forget_machine_keys(services: KeepsKeys, **_ids: object) -> None:
    """Every night, township by township: keys of machines that nobody will repeat any more."""
    with services.db.scope(NOBODY) as session:
        tenants = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()

    def forget(tenant_id: int) -> int:
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            return forget_keys(session, tenant_id=tenant_id, days=services.settings.machine_key_kept)

    jobs.each(forget, tenants, job="cases.forget_machine_keys")


@jobs.task("cases.expire_supplements", cron="7 * * * * 0")
def hourly(services: Needs, **_ids: object) -> None:
    """What was due until yesterday is over a few minutes after midnight."""
    expire_supplements(services)


@jobs.task("cases.remind_supplements", cron="37 * * * * 0")
def remind_hourly(services: Needs, **_ids: object) -> None:
    """The job looks each hour, and each is told once."""
    remind_of_supplements(services)


def remind_of_supplements(services: Needs) -> int:
    """Township by township: whose supplement must come soon is told so, once. How many."""
    return jobs.each(partial(_remind_those_of, services), _tenants(services), job="cases.remind_supplements")


@jobs.task("cases.tell")
def tell(services: Tells, *, tenant_id: int, case_id: str, what: What, **_ids: object) -> None:
    """Send one message; no transaction is open while the provider is called."""
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        phones, values = message(session, keys=services.keys, tenant_id=tenant_id, case_id=UUID(case_id), what=what)
    for phone in phones:
        try:
            services.sms.send(phone=phone, template=what, values=values)
        except SmsUnavailable:
            _LOG.warning("message not sent", extra={"template": what, "tenant": tenant_id, "case": case_id})


def _remind_those_of(services: Needs, tenant_id: int) -> int:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        found = soon_due(session, tenant_id=tenant_id)

    def tell_of(case_id: UUID) -> bool:
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            return remind(session, keys=services.keys, tenant_id=tenant_id, case_id=case_id)

    return jobs.each(tell_of, found, job="cases.remind_supplements")


def expire_supplements(services: Needs) -> int:
    """Township by township, each case in a transaction of its own; how many were closed."""
    return jobs.each(partial(_close_those_of, services), _tenants(services), job="cases.expire_supplements")


def _tenants(services: Needs) -> list[int]:
    """Where something was asked for before today."""
    with services.db.scope(NOBODY) as session:
        cities = session.scalars(select(City.code)).all()
    with services.db.oversight(*cities) as session:
        return sorted(tenants_waiting(session))


def _close_those_of(services: Needs, tenant_id: int) -> int:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        found = overdue(session, tenant_id=tenant_id, today=clock.today())

    def close(case_id: UUID) -> bool:
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            if expire(session, keys=services.keys, tenant_id=tenant_id, case_id=case_id) is None:
                return False
            tell_later(session, tenant_id=tenant_id, case_id=case_id, what="supplement_expired")
            return True

    return jobs.each(close, found, job="cases.expire_supplements")
