"""A filing by a machine: whatever it sends under one key of its own is one draft, and one case, and one receipt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Index, LargeBinary, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.cases.submit import Receipt, receipt, submit
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import MOST_ROWS, Facts
from xiangtong.drafts import opening
from xiangtong.drafts.answers import typed_of
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import Channel, FormRef, Holder, OpenDraft
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.forms.library import Form
from xiangtong.identity.machines import CHANNELS, Caller
from xiangtong.items.offer import registered_code
from xiangtong.kernel import clock
from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.kernel.errors import Conflict, Problem, Problems
from xiangtong.tenancy.keys import KeyRing

_DEEPEST = 8
_FILES = frozenset({"file", "photo", "signature"})


class MachineFiling(Base):
    """What a machine calls a filing → our draft. Keyed digests only: what they send is personal, and so may be their keys."""

    __tablename__ = "machine_filing"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    machine_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    draft_id: Mapped[UUID | None]
    body_digest: Mapped[bytes | None] = mapped_column(LargeBinary)  # of what was filed; none while it is not
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (Index("ix_machine_filing_created_at", "tenant_id", "created_at"),)


class KeyReused(Conflict):
    """The key was used before, for something else."""

    code = "KEY_REUSED"

    def __init__(self) -> None:
        super().__init__(
            "这个 Idempotency-Key 已经交过另一份内容，新的申请请换一个新的",
            "This Idempotency-Key was used for another filing; take a new one",
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """What a machine files: on which form, from which village, and the answers."""

    form: Form
    village_code: str | None
    answers: Mapping[str, Any]

    @property
    def text(self) -> str:
        """All of it; the form's version is not part, since the same call may come again after a new one."""
        said = {"form": self.form.code, "village": self.village_code, "answers": self.answers}
        return json.dumps(said, sort_keys=True)


def begin(session: ScopedSession, *, keys: KeyRing, tenant_id: int, caller: Caller, key: str, form: Form) -> UUID:
    """The draft of a key, begun where there is none: files are handed in to it. Raises KeyReused once it was filed,
    and what `registered_code` raises.
    """
    row = _locked(session, keys, tenant_id, caller, key)
    if row.body_digest is not None:
        raise KeyReused
    return _draft(session, keys, row, caller, Sent(form, None, {})).id


def file(
    session: ScopedSession, *, keys: KeyRing, tenant_id: int, caller: Caller, key: str, sent: Sent, facts: Facts
) -> tuple[Receipt, bool]:
    """File what was sent: the receipt, and whether it is a new one. The same key and content give the same receipt.

    Raises KeyReused for other content, Problems with all that has to be mended, and what `submit` raises.
    """
    row = _locked(session, keys, tenant_id, caller, key)
    digest = keys.digest(session, tenant_id=tenant_id, value=f"machine:body:{sent.text}")
    if row.body_digest is not None and row.draft_id is not None:
        if row.body_digest != digest:
            raise KeyReused
        return receipt(session, tenant_id=tenant_id, case_id=row.draft_id), False
    draft = _draft(session, keys, row, caller, sent)
    typed = _typed(sent, draft)
    draft.row.typed = draft.key.seal(to_bytes(typed), context=opening.context(draft.id))
    row.body_digest = digest
    session.flush()
    made = submit(
        session, keys=keys, tenant_id=tenant_id, draft_id=draft.id, holder=_holder(caller), form=sent.form,
        facts=facts,
    )  # fmt: skip
    return made, True


def forget_keys(session: ScopedSession, *, tenant_id: int, days: int) -> int:
    """Forget what machines called their filings more than `days` days ago; how many. The cases stay.

    From then on the same key is a new filing; a province remembers ours as long (contract §3: at least 90 days).
    """
    old = MachineFiling.created_at < clock.now() - timedelta(days=days)
    gone = delete(MachineFiling).where(MachineFiling.tenant_id == tenant_id, old)
    return len(session.execute(gone.returning(MachineFiling.draft_id)).all())


def _holder(caller: Caller) -> Holder:
    return Holder(staff_id=caller.id)


def _locked(session: ScopedSession, keys: KeyRing, tenant_id: int, caller: Caller, key: str) -> MachineFiling:
    """The row of a key, made where there is none and locked: two calls with one key come one after the other."""
    digest = keys.digest(session, tenant_id=tenant_id, value=f"machine:key:{key}")
    mine = {"tenant_id": tenant_id, "machine_id": caller.id, "key_digest": digest}
    session.execute(insert(MachineFiling).values(**mine).on_conflict_do_nothing())
    found = select(MachineFiling).filter_by(**mine).with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one()


def _draft(session: ScopedSession, keys: KeyRing, row: MachineFiling, caller: Caller, sent: Sent) -> OpenDraft:
    """The draft of a row, on the present version of the form; a fresh one where there is none, or it has expired."""
    kept = session.get(Draft, (row.tenant_id, row.draft_id)) if row.draft_id else None
    form = sent.form
    if kept is not None and kept.state == "open":
        if kept.form_code != form.code:
            raise KeyReused
        kept.form_version, kept.form_hash = form.version, form.hash
        kept.village_code = sent.village_code or kept.village_code
        return opening.unsealed(session, keys=keys, row=kept)
    item_code = registered_code(session, tenant_id=row.tenant_id, form_code=form.code)
    draft = opening.start(
        session, keys=keys, tenant_id=row.tenant_id, holder=_holder(caller), village_code=sent.village_code,
        form=FormRef(item_code, form.code, form.version, form.hash, form.title),
        channel=cast(Channel, CHANNELS[caller.kind]), agent_mode="self",
    )  # fmt: skip
    draft.row.consented_at, row.draft_id = clock.now(), draft.id
    session.flush()
    return draft


def _typed(sent: Sent, draft: OpenDraft) -> Typed:
    """The content of the draft: the answers that were sent, and the files that were handed in before."""
    plan = sent.form.plan
    problems = list(_strange(plan, "", sent.answers))
    if problems:
        raise Problems(problems)
    staged = {pointer: value for pointer, value in draft.typed.values.items() if _is_files(plan, pointer)}
    flat = typed_of(sent.answers).values
    for pointer, value in flat.items():
        if _is_files(plan, pointer) and _ids(value) != _ids(staged.get(pointer, [])):
            problems.append(
                Problem(
                    pointer, "这里的文件不是用这个 Idempotency-Key 先传上来的那些，请先传文件再提交",
                    "These files were not handed in under this Idempotency-Key before", "FILES",
                )
            )  # fmt: skip
    if problems:
        raise Problems(problems)
    return Typed().changed({**flat, **staged})


def _is_files(plan: Plan, pointer: str) -> bool:
    question = plan.question_at(pointer)
    return question is not None and question.kind in _FILES


def _ids(value: Any) -> set[str]:
    entries = value if isinstance(value, list) else [value]
    return {str(one.get("id")) if isinstance(one, Mapping) else str(one) for one in entries}


def _strange(plan: Plan, at: str, value: Any) -> Iterator[Problem]:
    """What is answered that the form does not ask: a person sees what a page asks, a machine has to be told."""
    question = plan.question_at(at) if at else plan.root
    if question is None or at.count("/") > _DEEPEST:
        yield Problem(at[:200], "这张表没有这个问题", "The form has no such question", "UNKNOWN")
    elif isinstance(value, Mapping) and (not at or (question.children and not question.is_rows)):
        for name, inner in value.items():
            yield from _strange(plan, f"{at}/{name}", inner)
    elif question.is_rows and isinstance(value, list):
        yield from _strange_rows(plan, at, value)
    elif isinstance(value, Mapping):
        yield Problem(at, "这里要填一个值", "A single value is wanted here", "type")


def _strange_rows(plan: Plan, at: str, rows: list[Any]) -> Iterator[Problem]:
    if len(rows) > MOST_ROWS:
        yield Problem(at, f"最多 {MOST_ROWS} 行", f"At most {MOST_ROWS} rows", "too-many")
        return
    for index, row in enumerate(rows):
        for name, inner in row.items() if isinstance(row, Mapping) else ():
            yield from _strange(plan, f"{at}/{index}/{name}", inner)
