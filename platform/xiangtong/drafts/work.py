"""Work items: hand something to a body by writing into *its* rows, and close it again. One reviewed verb re-scopes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from xiangtong.drafts.models import WorkItem
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.walls import as_tenant

Kind = Literal["draft", "case"]
Outcome = Literal["done", "recalled"]


def hand(
    session: ScopedSession,
    *,
    to_tenant_id: int,
    kind: Kind,
    subject_tenant_id: int,
    subject_id: UUID,
    title: str,
    village_code: str | None = None,
    due_on: date | None = None,
) -> UUID:
    """Write a live work item into the receiver's rows, once for each subject; gives its id. `title` must name no person."""
    item_id = new_id()
    with as_tenant(session, to_tenant_id):
        live = session.scalar(select(WorkItem.id).where(*_live(to_tenant_id, kind, subject_id)))
        if live is not None:
            return live
        session.add(
            WorkItem(
                tenant_id=to_tenant_id, id=item_id, kind=kind, subject_tenant_id=subject_tenant_id,
                subject_id=subject_id, title=title, village_code=village_code, state="live", due_on=due_on,
                created_at=clock.now(), closed_at=None,
            )
        )  # fmt: skip
    return item_id


def live_item(session: ScopedSession, *, tenant_id: int, item_id: UUID) -> WorkItem:
    """The work item, if it is still live and ours; raises NotFound."""
    item = session.get(WorkItem, (tenant_id, item_id))
    if item is None or item.state != "live":
        raise NotFound("这件事已经办完或收回了", "This work item is no longer live")
    return item


def work_items(
    session: ScopedSession,
    *,
    tenant_id: int,
    kind: Kind | None = None,
    village_codes: Collection[str] | None = None,
    after: tuple[object, UUID] | None = None,
    limit: int = 50,
) -> Sequence[WorkItem]:
    """The live work items of a body, oldest first; of these villages only, where they are named.

    `after` is (created_at, id) of the last one seen.
    """
    query = select(WorkItem).where(WorkItem.tenant_id == tenant_id, WorkItem.state == "live")
    if kind is not None:
        query = query.where(WorkItem.kind == kind)
    if village_codes is not None:
        query = query.where(WorkItem.village_code.in_(village_codes))
    if after is not None:
        at, item_id = after
        query = query.where(or_(WorkItem.created_at > at, (WorkItem.created_at == at) & (WorkItem.id > item_id)))
    return session.scalars(query.order_by(WorkItem.created_at, WorkItem.id).limit(limit)).all()


def close(
    session: ScopedSession,
    *,
    tenant_id: int,
    kind: Kind,
    subject_id: UUID,
    state: Outcome,
) -> None:
    """Close the live work item of a subject in the rows of `tenant_id`; nothing happens where there is none."""
    live = update(WorkItem).where(*_live(tenant_id, kind, subject_id))
    with as_tenant(session, tenant_id):
        session.execute(live.values(state=state, closed_at=clock.now()))


def _live(tenant_id: int, kind: Kind, subject_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        WorkItem.tenant_id == tenant_id, WorkItem.kind == kind, WorkItem.subject_id == subject_id,
        WorkItem.state == "live",
    )  # fmt: skip
