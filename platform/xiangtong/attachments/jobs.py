"""Jobs on files: look at one that its page never confirmed; once a day remove what nobody claimed."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from xiangtong.attachments import files, purge, uploads
from xiangtong.attachments.models import Attachment
from xiangtong.attachments.ports import Scanner, Storage
from xiangtong.kernel import jobs
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy import needs
from xiangtong.tenancy.keys import KeyDestroyed, OpenKey
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Scope

_log = logging.getLogger(__name__)


class Needs(needs.Needs, Protocol):
    """What these jobs take of the services."""

    @property
    def storage(self) -> Storage: ...
    @property
    def scanner(self) -> Scanner: ...


@jobs.task(uploads.VERIFY)
def verify(services: Needs, *, tenant_id: int, attachment_id: str) -> None:
    """Settle one file that is still in quarantine; as long as the scanner fails, a later look is deferred."""
    opened = _opened(services, tenant_id, UUID(attachment_id))
    if opened is None:
        return
    file, key = opened
    row = settle(services, file=file, key=key)
    if row is not None and row.state == "quarantined":
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            uploads.defer_look(session, tenant_id=tenant_id, attachment_id=file.id)


@jobs.task("attachments.purge", cron="17 3 * * * 0")
def sweep(services: Needs, **_ids: object) -> None:
    """Every tenant in turn: settle what waits, remove what nobody claimed, compare rows with objects."""
    with services.db.scope(NOBODY) as session:
        tenants = list(session.scalars(select(Tenant.id).order_by(Tenant.id)))

    def swept(tenant_id: int) -> None:
        sweep_tenant(services, tenant_id=tenant_id)

    jobs.each(swept, tenants, job="attachments.purge")


def sweep_tenant(services: Needs, *, tenant_id: int) -> purge.Comparison:
    """The sweep of one tenant."""

    def look(attachment_id: UUID) -> None:
        verify(services, tenant_id=tenant_id, attachment_id=str(attachment_id))

    def opened() -> AbstractContextManager[ScopedSession]:
        return services.db.scope(Scope(tenant_id=tenant_id))

    def purge_some() -> int:
        return purge.purge_orphans(services.storage, tenant_id=tenant_id, opened=opened)

    jobs.each(look, _waiting(services, tenant_id), job="attachments.purge")
    purged = sum(iter(purge_some, 0))
    found = purge.compare(services.storage, tenant_id=tenant_id, opened=opened)
    if purged or found.stray or found.missing:
        counts = {"purged": purged, "stray": len(found.stray), "missing": len(found.missing)}
        _log.log(
            logging.ERROR if found.missing else logging.INFO, "attachments.swept", extra=counts | {"tenant": tenant_id}
        )
    return found


def settle(services: Needs, *, file: uploads.Pending, key: OpenKey) -> Attachment | None:
    """Look at a file, write the verdict in a transaction of its own, tidy up. None: its bytes have not come."""
    verdict = uploads.settle(services.storage, services.scanner, key=key, file=file)
    if verdict is None:
        return None
    with services.db.scope(Scope(tenant_id=file.tenant_id)) as session:
        row = uploads.finish(session, file=file, verdict=verdict)
    uploads.tidy(services.storage, file=file, verdict=verdict)
    return row


def _opened(services: Needs, tenant_id: int, attachment_id: UUID) -> tuple[uploads.Pending, OpenKey] | None:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        row = session.get(Attachment, (tenant_id, attachment_id))
        if row is None or row.state != "quarantined":
            return None
        try:
            return uploads.pending(row), services.keys.open(session, tenant_id=tenant_id, key_id=row.data_key_id)
        except KeyDestroyed:
            # The draft was erased meanwhile: nobody could read the file any more.
            files.discard_owner(session, tenant_id=tenant_id, owner_id=row.owner_id)
            return None


def _waiting(services: Needs, tenant_id: int) -> list[UUID]:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        return list(
            session.scalars(
                select(Attachment.id).where(Attachment.tenant_id == tenant_id, Attachment.state == "quarantined")
            )
        )
