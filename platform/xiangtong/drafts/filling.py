"""Write into a draft: fields as they are typed, the step, rows. The later save wins, and the loser is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xiangtong.dialect.plan import POINTER
from xiangtong.drafts import pointers
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import KEPT_FOR, OpenDraft, context
from xiangtong.drafts.typed import Raw, TooMuchTyped, Typed, to_bytes
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problem, Problems

_MOST_FIELDS = 500
_STEP = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_ASIDE = re.compile(r"^@[0-9]{1,9}")
#: Where a draft remembers what was written over, until one of the two values was chosen. It names no question.
_OTHER = "_other"


@dataclass(frozen=True, slots=True)
class FieldSave:
    """One field as a page sends it.

    pointer   JSON Pointer of the value
    value     what was typed: a text, or a list of texts
    revision  the latest revision of the draft that the page knows of this field; None: who saves cannot have missed
              anything, so it never conflicts
    ours      what the page itself sent before without hearing that it arrived: if that stands there, nobody else wrote it
    """

    pointer: str
    value: Raw
    revision: int | None = None
    ours: Sequence[Raw] = ()


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """Two pages wrote the same field: `other` is what stood there and was written over."""

    pointer: str
    other: Raw


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: when (for “已自动保存 09:41”), the new revisions by pointer, and what was written over."""

    at: datetime
    revisions: dict[str, int]
    conflicts: tuple[FieldConflict, ...] = ()


def save_fields(session: ScopedSession, *, draft: OpenDraft, fields: Sequence[FieldSave]) -> Saved:
    """Save `fields` over what is there. `draft` comes from `load_to_write`; raises Problems, TooMuchTyped.

    A pointer may be that of something set aside (`drafts.moving`).

    A value that is the same as before keeps its revision. A field saved since the page last saw it is a conflict:
    the later value (this one) wins, the other is handed back and remembered so that pages can show it.
    """
    _check(fields)
    before, revisions = draft.typed.values, dict(draft.row.revisions)
    conflicts = tuple(
        FieldConflict(field.pointer, before[field.pointer])
        for field in fields
        if _conflicts(field, revisions.get(field.pointer, 0), before.get(field.pointer))
    )
    changed = {field.pointer: field.value for field in fields if before.get(field.pointer) != field.value}
    revisions |= dict.fromkeys(changed, latest(revisions) + 1)
    others = {pointer: other for pointer, other in written_over(draft.typed).items() if pointer not in changed}
    others |= {one.pointer: one.other for one in conflicts}
    remembered = {_OTHER: others} if others or _OTHER in before else {}
    row = _keep(session, draft, draft.typed.changed(changed | remembered), revisions)
    return Saved(row.updated_at, {field.pointer: revisions.get(field.pointer, 0) for field in fields}, conflicts)


def latest(revisions: Mapping[str, int]) -> int:
    """The revision of a whole draft. Each save takes the next number for what it changed.

    So one number tells a page of every field whether it was changed since.
    """
    return max(revisions.values(), default=0)


def written_over(typed: Typed) -> Mapping[str, Raw]:
    """What another page wrote into a field before it was written over, by pointer, while nobody has chosen yet."""
    others: Mapping[str, Raw] = typed.values.get(_OTHER, {})
    return others


def set_files(session: ScopedSession, *, draft: OpenDraft, pointer: str, files: Sequence[Mapping[str, Any]]) -> Saved:
    """The files of the question at `pointer`, all of them: {id, name, size, media_type, digest} each."""
    revisions = {**draft.row.revisions, pointer: latest(draft.row.revisions) + 1}
    row = _keep(session, draft, draft.typed.changed({pointer: [dict(file) for file in files]}), revisions)
    return Saved(row.updated_at, {pointer: revisions[pointer]})


def save_step(session: ScopedSession, *, draft: OpenDraft, step: str) -> None:
    """Remember the step the person is at, to resume there. What is no id of a step is not remembered."""
    draft.row.step = step if _STEP.match(step) else None
    _touch(session, draft.row)


def add_row(session: ScopedSession, *, draft: OpenDraft, pointer: str) -> Typed:
    """One more empty row of the repeating question at `pointer`; raises TooMuchTyped."""
    typed = draft.typed.with_row(pointer)
    _keep(session, draft, typed, draft.row.revisions)
    return typed


def remove_row(session: ScopedSession, *, draft: OpenDraft, pointer: str, index: int) -> Typed:
    """Without row `index` (from 0) of the repeating question at `pointer`; the rows after it move up."""
    typed, known = draft.typed.without_row(pointer, index), draft.row.revisions
    # Rows moved up: what a page knows of their fields is old. The question counts too: with its last row gone, the
    # draft's revision would fall back, and a page would show the answers of that row in the next one that is added.
    moved = [pointer, *(name for name in typed.values if name.startswith(f"{pointer}/"))]
    kept = {name: number for name, number in known.items() if name in typed.values}
    _keep(session, draft, typed, kept | dict.fromkeys(moved, latest(known) + 1))
    return typed


def _check(fields: Sequence[FieldSave]) -> None:
    if len(fields) > _MOST_FIELDS:
        raise TooMuchTyped("一次保存的内容太多了", "Too many fields in one save")
    wrong = [
        Problem(field.pointer, "这一项没有传对，请刷新页面再填", "Not a JSON Pointer with a text")
        for field in fields
        if not (POINTER.fullmatch(_ASIDE.sub("", field.pointer)) and _is_typed(field.value))
    ]
    if wrong:
        raise Problems(wrong)


def _is_typed(value: object) -> bool:
    # Files come in by `set_files` only: nobody names another draft's file by typing.
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _conflicts(field: FieldSave, stored: int, other: Raw | None) -> bool:
    # What was emptied elsewhere is nothing that one could take instead.
    return (
        field.revision is not None
        and bool(other)
        and field.revision < stored
        and other not in (field.value, *field.ours)
    )


def _keep(session: ScopedSession, draft: OpenDraft, typed: Typed, revisions: dict[str, int]) -> Draft:
    draft.row.typed = draft.key.seal(to_bytes(typed), context=context(draft.id))
    draft.row.revisions = revisions
    _touch(session, draft.row)
    return draft.row


def _touch(session: ScopedSession, row: Draft) -> None:
    row.updated_at = clock.now()
    row.expires_at = row.updated_at + KEPT_FOR
    session.flush()
    pointers.follow(session, draft=row)
