"""Drafts that nobody touched for thirty days are erased: key, pointer and work item."""

from __future__ import annotations

from sqlalchemy import select

from xiangtong import attachments
from xiangtong.drafts import pointers, work
from xiangtong.drafts.models import Draft
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing


def expire_drafts(session: ScopedSession, *, keys: KeyRing, tenant_id: int, limit: int = 100) -> int:
    """Erase at most `limit` drafts of the tenant that are past their time; gives how many.

    Rows that somebody writes just now are left for the next round.
    """
    due = select(Draft).where(
        Draft.tenant_id == tenant_id, Draft.state.in_(("open", "handed")), Draft.expires_at < clock.now()
    )
    rows = session.scalars(due.order_by(Draft.expires_at).limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        _erase(session, keys=keys, row=row)
    return len(rows)


def discard(session: ScopedSession, *, keys: KeyRing, row: Draft) -> None:
    """The owner throws the draft away: erased at once."""
    _erase(session, keys=keys, row=row)


def _erase(session: ScopedSession, *, keys: KeyRing, row: Draft) -> None:
    attachments.discard_owner(session, tenant_id=row.tenant_id, owner_id=row.id)
    if row.case_id is None:  # The key of a supplement is its case's: it must outlive the draft.
        keys.destroy(session, tenant_id=row.tenant_id, key_id=row.data_key_id)
    row.state, row.typed, row.revisions, row.updated_at = "expired", b"", {}, clock.now()
    session.flush()
    work.close(session, tenant_id=row.tenant_id, kind="draft", subject_id=row.id, state="recalled")
    pointers.remove(session, draft=row)
