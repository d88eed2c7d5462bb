"""Whoever began without an account and signs in at last: what they began is theirs."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Select, delete, select

from xiangtong.drafts import pointers
from xiangtong.drafts.filling import latest
from xiangtong.drafts.models import CitizenDraft, Draft
from xiangtong.drafts.opening import context, unsealed
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import within
from xiangtong.tenancy.walls import as_citizen

#: Gives the content of a draft with what the province knows of its new owner put in.
Knowing = Callable[[Draft, Typed], Typed]


def adopt(
    session: ScopedSession, *, keys: KeyRing, guest_id: UUID, citizen_id: UUID, knowing: Knowing, only: UUID | None = None
) -> int:  # fmt: skip
    """Make every unfinished draft of the guest (or `only` this one) the citizen's; gives how many. Any scope will do.

    What was typed stays; what the province knows for certain stands in its place, as in a draft begun after sign-in.
    """
    with as_citizen(session, guest_id):
        mine = select(CitizenDraft).where(CitizenDraft.citizen_id == guest_id, CitizenDraft.state == "open")
        found = [one for one in session.scalars(mine).all() if only in (None, one.draft_id)]
    for pointer in found:
        with within(session, tenant_id=pointer.tenant_id):
            _adopt(session, keys, pointer, citizen_id, knowing)
    return len(found)


def note(session: ScopedSession, *, keys: KeyRing, tenant_id: int, draft_id: UUID, knowing: Knowing) -> None:
    """Put into an open draft what `knowing` says of it. Any scope will do; it counts as no save."""
    with within(session, tenant_id=tenant_id):
        row = session.scalar(_locked(tenant_id, draft_id))
        if row is not None and row.state == "open":
            draft = unsealed(session, keys=keys, row=row)
            row.typed = draft.key.seal(to_bytes(knowing(row, draft.typed)), context=context(row.id))
            session.flush()


def _locked(tenant_id: int, draft_id: UUID) -> Select[Draft]:
    return select(Draft).where(Draft.tenant_id == tenant_id, Draft.id == draft_id).with_for_update()


def _adopt(
    session: ScopedSession, keys: KeyRing, pointer: CitizenDraft, citizen_id: UUID, knowing: Knowing
) -> None:  # fmt: skip
    row = session.scalar(_locked(pointer.tenant_id, pointer.draft_id))
    if row is None or row.state != "open" or row.citizen_id != pointer.citizen_id:
        return
    draft = unsealed(session, keys=keys, row=row)
    typed = knowing(row, draft.typed)
    changed = [name for name, value in typed.values.items() if draft.typed.values.get(name) != value and name[0] == "/"]
    row.citizen_id, row.typed = citizen_id, draft.key.seal(to_bytes(typed), context=context(row.id))
    row.revisions = row.revisions | dict.fromkeys(changed, latest(row.revisions) + 1)
    guest_id, title = pointer.citizen_id, pointer.title
    with as_citizen(session, guest_id):
        theirs = (CitizenDraft.citizen_id == guest_id, CitizenDraft.draft_id == row.id)
        session.execute(delete(CitizenDraft).where(*theirs))
    pointers.add(session, draft=row, title=title)
