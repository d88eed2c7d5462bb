"""A draft and a new version of its form: look at what moving would mean, move it field by field, or leave it.

Nothing moves by itself. Whatever the new version has no place for is set aside in the draft, under the number of the
version it was typed in; nothing that was typed is dropped, and nothing is read as the answer to another question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import update

from xiangtong.attachments.models import Attachment
from xiangtong.dialect.vocabulary import Facts
from xiangtong.drafts import pointers
from xiangtong.drafts.answers import answers
from xiangtong.drafts.filling import latest
from xiangtong.drafts.opening import KEPT_FOR, OpenDraft, context
from xiangtong.drafts.typed import Raw, Typed, to_bytes
from xiangtong.fields.division import recognised
from xiangtong.forms.library import Form
from xiangtong.forms.migration import Comparison, Verdict, compare, judge
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.divisions import Divisions
from xiangtong.validation.validate import decide

T = TypeVar("T")


def look(typed: Typed, *, old: Form, new: Form, facts: Facts) -> Verdict:
    """What moving a draft from `old` to `new` would mean for it. Writes nothing."""
    comparison = compare(old.plan, new.plan)
    before = decide(old.plan, answers(old.plan, typed), facts)
    carried = carried_over(typed, comparison, number=old.version, divisions=facts.options.get("divisions", {}))
    after = decide(new.plan, answers(new.plan, carried), facts)
    return judge(comparison, given=typed.values, before=before, after=after)


def move(session: ScopedSession, *, draft: OpenDraft, old: Form, new: Form) -> OpenDraft:
    """Move the draft to `new`; `draft` comes from `load_to_write`. Every value stays: carried over, or set aside."""
    comparison, row = compare(old.plan, new.plan), draft.row
    divisions = Divisions(session, home=row.village_code or "")
    typed = carried_over(draft.typed, comparison, number=old.version, divisions=divisions)
    _move_files(session, draft, comparison)
    # Every field counts as saved once more: a page of the old version that is still open knows an older revision.
    row.revisions = row.revisions | dict.fromkeys(typed.values, latest(row.revisions) + 1)
    row.typed = draft.key.seal(to_bytes(typed), context=context(draft.id))
    row.form_version, row.form_hash, row.told_version = new.version, new.hash, None
    row.step = row.step if new.plan.step(row.step or "") else None
    row.updated_at = clock.now()
    row.expires_at = row.updated_at + KEPT_FOR
    session.flush()
    pointers.follow(session, draft=row)
    return OpenDraft(row, draft.key, typed)


def stay(session: ScopedSession, *, draft: OpenDraft, number: int) -> None:
    """Its holder goes on with the version it is on, having been told of version `number`."""
    draft.row.told_version = number
    session.flush()


def place_of(pointer: str, *, old: Form, new: Form) -> str:
    """Where a draft that moved to `new` keeps the answer that `old` asks for at `pointer`; as it is, where it stays."""
    if old.hash == new.hash:
        return pointer
    return _place(pointer, compare(old.plan, new.plan), old.version)


def placed(pointer: str, value: Raw, *, old: Form, new: Form, divisions: Mapping[str, str]) -> dict[str, Raw]:
    """Where a draft that moved to `new` keeps what a page of `old` says: one value, or an address in its parts."""
    if old.hash == new.hash:
        return {pointer: value}
    comparison = compare(old.plan, new.plan)
    return _apart(pointer, value, comparison, divisions) or {_place(pointer, comparison, old.version): value}


def is_aside(pointer: str) -> bool:
    """Whether this is where something was set aside that the draft's version has no place for."""
    return pointer.startswith("@")


def carried_over(
    typed: Typed, comparison: Comparison, *, number: int, divisions: Mapping[str, str] | None = None
) -> Typed:
    """What was typed, in the places of the new version; the rest set aside as `@<number><pointer>`.

    An address whose place is chosen from a list now is taken apart as far as `divisions` know it; its holder is asked
    to look, and to choose what they did not write.
    """
    values = _placed(typed.values, comparison, number)
    for name, value in typed.values.items():
        # Of whom a note is kept that this is hidden from them is shown no part of it.
        if not _is_noted(typed, name):
            values |= _apart(name, value, comparison, divisions or {})
    return Typed(values, _placed(typed.rows, comparison, number))


def _apart(name: str, value: Raw, comparison: Comparison, divisions: Mapping[str, str]) -> dict[str, Raw]:
    """An address in words as its place and its rest, where the new version asks for both; nothing for all else."""
    place = comparison.place_of_address(name)
    if not place or not isinstance(value, str) or not value:
        return {}
    found, rest = recognised(divisions, value, getattr(divisions, "home", ""))
    return {place: found, comparison.carry(name) or name: rest} if found else {}


def _is_noted(typed: Typed, name: str) -> bool:
    return any(
        name in about for note, about in typed.values.items() if _is_note(note) and isinstance(about, list | dict)
    )


def _placed(given: Mapping[str, T], comparison: Comparison, number: int) -> dict[str, T]:
    return {
        _place(name, comparison, number): _renamed(value, comparison, number) if _is_note(name) else value
        for name, value in given.items()
    }


def _place(name: str, comparison: Comparison, number: int) -> str:
    """Where a value stands after the move. What was set aside by an earlier move stays there."""
    if is_aside(name) or _is_note(name):
        return name
    return comparison.carry(name) or f"@{number}{name}"


def _is_note(name: str) -> bool:
    """Whether this is no answer but something remembered about answers: no question is called so."""
    return name.removeprefix("/").startswith("_")


def _renamed(about: Any, comparison: Comparison, number: int) -> Any:
    """What a draft remembers about answers: a list of pointers, or something for each of them."""
    if isinstance(about, dict):
        return {_place(name, comparison, number): value for name, value in about.items()}
    if isinstance(about, list):
        return [_place(name, comparison, number) for name in about if isinstance(name, str)]
    return about


def _move_files(session: ScopedSession, draft: OpenDraft, comparison: Comparison) -> None:
    """Files are counted by question, so they follow their answers."""
    for pointer, value in draft.typed.values.items():
        place = comparison.carry(pointer)
        if _is_files(value) and place is not None and place != pointer:
            mine = (Attachment.tenant_id == draft.row.tenant_id, Attachment.owner_id == draft.id)
            session.execute(update(Attachment).where(*mine, Attachment.question == pointer).values(question=place))


def _is_files(value: Raw) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)
