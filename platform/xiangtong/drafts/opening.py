"""Start a draft, and open one: who may, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Row, select

from xiangtong.drafts import pointers
from xiangtong.drafts.models import Draft, WorkItem
from xiangtong.drafts.typed import Typed, from_bytes, to_bytes
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing, OpenKey

Channel = Literal["web", "mobile", "window", "agent", "terminal"]
AgentMode = Literal["self", "agent", "clerk"]

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a draft: a citizen, or a member of staff who fills it for one. Exactly one of the two."""

    citizen_id: UUID | None = None
    staff_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.citizen_id is None) == (self.staff_id is None):
            raise ValueError("a draft is held by a citizen or by a member of staff")


@dataclass(frozen=True, slots=True)
class FormRef:
    """The form version a draft fills, and the item it is for; it stays on this version until it is submitted."""

    item_code: str
    code: str
    version: int
    hash: str
    title: str


@dataclass(frozen=True, slots=True)
class SupplementTo:
    """The case a draft supplements, and its data key."""

    case_id: UUID
    key: OpenKey


@dataclass(frozen=True)
class OpenDraft:
    """A draft with what was typed, in the clear for one transaction. `row` is the stored draft."""

    row: Draft
    key: OpenKey
    typed: Typed

    @property
    def id(self) -> UUID:
        """The id, which the case will keep."""
        return self.row.id


class DraftClosed(Conflict):
    """The draft was submitted, has expired, or is with the clerk: it cannot be written by this person now."""

    code = "DRAFT_CLOSED"


def start(
    session: ScopedSession,
    *,
    keys: KeyRing,
    tenant_id: int,
    form: FormRef,
    holder: Holder,
    channel: Channel,
    village_code: str | None = None,
    agent_mode: AgentMode = "self",
    typed: Typed | None = None,
    supplements: SupplementTo | None = None,
) -> OpenDraft:
    """A fresh draft with its own submit key. `typed` is what is known already (pre-fill).

    It has a data key of its own; a draft that supplements a case is sealed under that case's key instead, so that
    erasing the case erases it too.
    """
    key = supplements.key if supplements else keys.create(session, tenant_id=tenant_id)
    draft_id, now, typed = new_id(), clock.now(), typed or Typed()
    row = Draft(
        tenant_id=tenant_id, id=draft_id, state="open", submit_key=uuid4(), item_code=form.item_code,
        form_code=form.code, form_version=form.version, form_hash=form.hash, citizen_id=holder.citizen_id,
        staff_id=holder.staff_id, agent_mode=agent_mode, channel=channel, village_code=village_code, step=None,
        typed=key.seal(to_bytes(typed), context=context(draft_id)), revisions={}, data_key_id=key.id,
        consented_at=None, case_id=supplements.case_id if supplements else None,
        created_at=now, updated_at=now, expires_at=now + KEPT_FOR,
    )  # fmt: skip
    session.add(row)
    session.flush()
    pointers.add(session, draft=row, title=form.title)
    return OpenDraft(row, key, typed)


def load(
    session: ScopedSession, *, keys: KeyRing, tenant_id: int, draft_id: UUID, holder: Holder, for_update: bool = False
) -> OpenDraft:
    """The holder's draft in any state but expired; raises NotFound for everybody else.

    A member of staff also holds a draft that a citizen handed over, for as long as its work item is live.
    """
    query = select(Draft).where(Draft.tenant_id == tenant_id, Draft.id == draft_id)
    # Whoever waited for the lock reads what the one before wrote, also where the row was read before in this session.
    locked = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(locked if for_update else query)
    if row is None or row.state == "expired" or not may_hold(session, row, holder):
        raise NotFound("没有找到这份草稿，可能已经提交或过期", "There is no such draft")
    return unsealed(session, keys=keys, row=row)


def load_to_write(
    session: ScopedSession, *, keys: KeyRing, tenant_id: int, draft_id: UUID, holder: Holder
) -> OpenDraft:
    """As `load`, locked, and only while the holder may write it; raises DraftClosed."""
    draft = load(session, keys=keys, tenant_id=tenant_id, draft_id=draft_id, holder=holder, for_update=True)
    if draft.row.state == "submitted":
        raise DraftClosed("这份申请已经提交，不用再填了", "This draft was submitted")
    if draft.row.state == "handed" and holder.citizen_id is not None:
        raise DraftClosed(
            "这份申请已交给村里代办员帮填；想自己填，请先点“拿回来自己填”", "A clerk is filling this draft"
        )
    return draft


def unsealed(session: ScopedSession, *, keys: KeyRing, row: Draft) -> OpenDraft:
    """`row` with its content in the clear."""
    key = keys.open(session, tenant_id=row.tenant_id, key_id=row.data_key_id)
    return OpenDraft(row, key, from_bytes(key.unseal(row.typed, context=context(row.id))))


def context(draft_id: UUID) -> str:
    """Where a draft's sealed content lives."""
    return f"draft:{draft_id}:typed"


def may_hold(session: ScopedSession, row: Draft | Row[Any], holder: Holder) -> bool:
    """Whether `holder` may see this draft."""
    if holder.citizen_id is not None:
        return row.citizen_id == holder.citizen_id
    return row.staff_id == holder.staff_id or (row.state == "handed" and _is_handed(session, row))


def _is_handed(session: ScopedSession, row: Draft | Row[Any]) -> bool:
    live = select(WorkItem.id).where(
        WorkItem.tenant_id == row.tenant_id,
        WorkItem.kind == "draft",
        WorkItem.subject_id == row.id,
        WorkItem.state == "live",
    )
    return session.scalar(live) is not None
