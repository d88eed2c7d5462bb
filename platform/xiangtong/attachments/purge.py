"""What nobody claimed goes, and rows and stored objects are compared both ways.

A purge never trusts itself: bytes are removed only for rows that a committed transaction marked, and a stray object
only after a grace in which a slower transaction would have committed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from xiangtong.attachments.models import Attachment
from xiangtong.attachments.ports import Storage
from xiangtong.attachments.uploads import CLEAN, QUARANTINE
from xiangtong.kernel import clock

PENDING_FOR = timedelta(hours=24)
GRACE = timedelta(days=7)
_BATCH = 500
_PRESENT = ("clean", "claimed")

Open = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Objects without a row (removed), rows without an object (somebody must look)."""

    stray: list[str] = field(default_factory=list)
    missing: list[UUID] = field(default_factory=list)


def purge_orphans(storage: Storage, *, tenant_id: int, opened: Open) -> int:
    """Remove the bytes of files nobody will claim any more; how many files went.

    Those are the discarded, the ones that stayed pending or refused for a day, and what lies unclaimed for a day beside
    claimed files: its draft was filed without it (a browser that died between the store and us leaves such a file).

    `opened` gives a transaction in the tenant's scope: one marks, then the bytes go, then one writes that they went.
    """
    with opened() as session:
        rows = _mark(session, tenant_id)
    for _, object_key in rows:
        storage.delete(f"{QUARANTINE}/{object_key}")
        storage.delete(f"{CLEAN}/{object_key}")
    if rows:
        with opened() as session:
            session.execute(
                update(Attachment)
                .where(Attachment.tenant_id == tenant_id, Attachment.id.in_([identity for identity, _ in rows]))
                .values(state="purged")
            )
    return len(rows)


def compare(storage: Storage, *, tenant_id: int, opened: Open) -> Comparison:
    """List both sides. Objects that no row waits for are removed after a grace; missing ones are only reported."""
    stored = {area: _listing(storage, area, tenant_id) for area in (CLEAN, QUARANTINE)}
    with opened() as session:
        rows = session.execute(
            select(Attachment.id, Attachment.object_key, Attachment.state).where(
                Attachment.tenant_id == tenant_id, Attachment.state != "purged"
            )
        ).all()
    # An address holds for ten minutes, also after its file was settled: what comes then lies in quarantine for nobody.
    known = {CLEAN: {row.object_key for row in rows}}
    known[QUARANTINE] = {row.object_key for row in rows if row.state == "quarantined"}
    missing = [row.id for row in rows if row.state in _PRESENT and row.object_key not in stored[CLEAN]]
    old = {CLEAN: clock.now() - GRACE, QUARANTINE: clock.now() - PENDING_FOR}
    stray = [
        f"{area}/{key}"
        for area, found in stored.items()
        for key, at in found.items()
        if key not in known[area] and at < old[area]
    ]
    for key in stray:
        storage.delete(key)
    return Comparison(stray, missing)


def _mark(session: Session, tenant_id: int) -> list[tuple[UUID, str]]:
    old = Attachment.created_at < clock.now() - PENDING_FOR
    sibling = aliased(Attachment)
    filed = exists().where(
        sibling.tenant_id == tenant_id, sibling.owner_id == Attachment.owner_id, sibling.state == "claimed"
    )
    due = or_(
        Attachment.state == "discarded",
        and_(Attachment.state.in_(("quarantined", "refused")), old),
        and_(Attachment.state == "clean", old, filed),
    )
    some = select(Attachment.id).where(Attachment.tenant_id == tenant_id, due).limit(_BATCH)
    rows = session.execute(
        update(Attachment)
        .where(Attachment.tenant_id == tenant_id, Attachment.id.in_(some))
        .values(state="discarded")
        .returning(Attachment.id, Attachment.object_key)
    )
    return [(identity, object_key) for identity, object_key in rows]


def _listing(storage: Storage, area: str, tenant_id: int) -> dict[str, datetime]:
    head = f"{area}/"
    return {stat.key.removeprefix(head): stat.modified for stat in storage.list(f"{head}t/{tenant_id}/")}
