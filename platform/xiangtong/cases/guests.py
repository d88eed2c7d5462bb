"""A case handled by another body: invited by a work item in its rows, opened as a guest who sees this case only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from xiangtong.cases.record import OpenCase, open_to_move
from xiangtong.drafts import work
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.walls import as_tenant


def invite(session: ScopedSession, *, case: OpenCase, to_tenant_id: int, due_on: date | None = None) -> UUID:
    """Ask another body to handle this case; gives the work item's id. The title is the item's: it names no person."""
    return work.hand(
        session,
        to_tenant_id=to_tenant_id,
        kind="case",
        subject_tenant_id=case.row.tenant_id,
        subject_id=case.row.id,
        title=case.row.item_name,
        due_on=due_on or case.row.promised_due_on,
    )


def uninvite(session: ScopedSession, *, case: OpenCase, from_tenant_id: int) -> None:
    """The other body is no longer asked: its live work item closes."""
    work.close(session, tenant_id=from_tenant_id, kind="case", subject_id=case.row.id, state="recalled")


@contextmanager
def visiting(session: ScopedSession, *, keys: KeyRing, tenant_id: int, work_item_id: UUID) -> Iterator[OpenCase]:
    """Open a case through the live work item of body `tenant_id`, as its guest for the block.

    Proves the work item in our own rows first, then acts in the case's tenant with this one case in sight. Raises
    NotFound without a live work item. Verbs called in the block write into the case's own stream.
    """
    item = work.live_item(session, tenant_id=tenant_id, item_id=work_item_id)
    if item.kind != "case":
        raise NotFound("没有找到这个办件", "There is no such case")
    with as_tenant(session, item.subject_tenant_id, case_id=item.subject_id):
        yield open_to_move(session, keys=keys, tenant_id=item.subject_tenant_id, case_id=item.subject_id)
