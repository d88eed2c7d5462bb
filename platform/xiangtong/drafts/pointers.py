"""The citizen's own list of drafts: pointers in citizen scope, written in the draft's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from xiangtong.drafts.models import CitizenDraft, Draft
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.walls import as_citizen


def add(session: ScopedSession, *, draft: Draft, title: str) -> None:
    """Point the citizen to `draft`; a draft that staff holds has no pointer."""
    if draft.citizen_id is None:
        return
    with as_citizen(session, draft.citizen_id):
        session.add(
            CitizenDraft(
                citizen_id=draft.citizen_id,
                draft_id=draft.id,
                tenant_id=draft.tenant_id,
                form_code=draft.form_code,
                form_version=draft.form_version,
                title=title,
                state=draft.state,
                updated_at=draft.updated_at,
            )
        )


def follow(session: ScopedSession, *, draft: Draft) -> None:
    """Bring the pointer to the draft's present state."""
    if draft.citizen_id is None:
        return
    mine = (CitizenDraft.citizen_id == draft.citizen_id, CitizenDraft.draft_id == draft.id)
    with as_citizen(session, draft.citizen_id):
        now = {"state": draft.state, "updated_at": draft.updated_at, "form_version": draft.form_version}
        session.execute(update(CitizenDraft).where(*mine).values(**now))


def remove(session: ScopedSession, *, draft: Draft) -> None:
    """Take the pointer away: the draft was erased."""
    if draft.citizen_id is None:
        return
    mine = (CitizenDraft.citizen_id == draft.citizen_id, CitizenDraft.draft_id == draft.id)
    with as_citizen(session, draft.citizen_id):
        session.execute(delete(CitizenDraft).where(*mine))


def drafts_of(session: ScopedSession, *, citizen_id: UUID, limit: int = 50) -> Sequence[CitizenDraft]:
    """The citizen's drafts in every township, the one last touched first."""
    with as_citizen(session, citizen_id):
        mine = select(CitizenDraft).where(CitizenDraft.citizen_id == citizen_id)
        return session.scalars(mine.order_by(CitizenDraft.updated_at.desc()).limit(limit)).all()
