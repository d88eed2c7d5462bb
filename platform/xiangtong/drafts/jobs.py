"""Jobs of drafts: erase, every night, what nobody touched for thirty days."""

from __future__ import annotations

from sqlalchemy import select

from xiangtong.drafts import returning
from xiangtong.drafts.expiry import expire_drafts
from xiangtong.kernel import jobs
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import NOBODY, Scope

_BATCH = 200


@jobs.task("drafts.expire", cron="40 3 * * * 0")
def expire(services: Needs, **_: object) -> None:
    """Erase expired drafts township by township, a bounded batch in each transaction."""
    returning.sweep(services.db)
    with services.db.scope(NOBODY) as session:
        tenant_ids = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()

    def expire_those_of(tenant_id: int) -> None:
        while _expire_some(services, tenant_id) == _BATCH:
            pass

    jobs.each(expire_those_of, tenant_ids, job="drafts.expire")


def _expire_some(services: Needs, tenant_id: int) -> int:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        return expire_drafts(session, keys=services.keys, tenant_id=tenant_id, limit=_BATCH)
