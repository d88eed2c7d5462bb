"""What of a page is saved, when the same draft may be open on another page as well, or has moved on since.

A page says which version of the form it shows (`_form`) and which revision of the draft it was made from
(`_revision`). With script it also says which answers were typed on it, and the revision it knows of each (`_seen`); the
others stand there as they came, and must not be written over what is newer. Without script nobody knows, so the later
page wins, and both values are shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.drafts import moving
from xiangtong.drafts.answers import posted_fields
from xiangtong.drafts.filling import FieldSave
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.forms.library import Form
from xiangtong.validation.form_data import answered_at

#: Where a draft remembers which answers came from somewhere certain. It names no question, so no page can post it.
KNOWN = "/_known"


def locked_in(typed: Typed) -> frozenset[str]:
    """The pointers of answers that came from somewhere certain."""
    return frozenset(typed.values.get(KNOWN, ()))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what a page of `page` sends for a draft that is on `form` by now.

    `stands_for` says whether a text is only the mask under which the page shows what is stored; `divisions` are those
    by which an address in words is taken apart.
    """

    form: Form
    page: Form
    draft: OpenDraft
    stands_for: Callable[[Plan, str, Raw, Raw], bool]
    divisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def late(self) -> bool:
        """Whether the draft moved to another version after the page was made."""
        return self.form.hash != self.page.hash

    def place(self, pointer: str) -> str:
        """Where the draft keeps the answer of a pointer of the page."""
        return moving.place_of(pointer, old=self.page, new=self.form)

    def posted(self, pairs: Sequence[tuple[str, str]]) -> list[FieldSave]:
        """The answers of a posted page that are not what is stored already, and that may be saved."""
        told, revisions = _told(dict(pairs)), self.draft.row.revisions
        return [
            save
            for one in posted_fields(self.page.plan, pairs)
            for save in self._savable(one.pointer, one.value, *told.known(one.pointer))
            if self.draft.typed.values.get(save.pointer, "") != save.value
            and not told.came_so(one.pointer, revisions.get(save.pointer, 0))
        ]

    def sent(self, told: Any) -> list[FieldSave]:
        """The answers of a JSON list of {pointer, value, revision} that may be saved; what is not so is left out."""
        rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        return [
            save
            for one in rows
            if isinstance(one.get("pointer"), str)
            and answered_at(self.page.plan, one["pointer"])
            and isinstance(one.get("value"), str | list)
            for save in self._savable(one["pointer"], one["value"], one.get("revision"), one.get("ours"))
        ]

    def _savable(self, pointer: str, value: Raw, revision: object, ours: object) -> Iterator[FieldSave]:
        question = self.page.plan.question_at(pointer)
        if self.place(pointer) in locked_in(self.draft.typed) or question is None or question.read_only:
            return
        if question.write_only and value in ("", [], [""]):
            return  # It is never shown again: left empty, it stays as it was.
        if self.stands_for(self.page.plan, pointer, self.draft.typed.values.get(self.place(pointer)), value):
            return
        parts = moving.placed(pointer, value, old=self.page, new=self.form, divisions=self.divisions)
        for place, part in parts.items():
            aside = moving.is_aside(place)
            if not aside or part or self.draft.typed.values.get(place):
                # Nobody can choose between two values of a question that is not asked any more.
                known = revision if isinstance(revision, int) and not aside else None
                yield FieldSave(place, part, known, ours if isinstance(ours, list) else ())


@dataclass(frozen=True, slots=True)
class _Told:
    """What a page says that it knows. `typed` is None without script."""

    revision: int | None
    typed: Mapping[str, Any] | None

    def known(self, pointer: str) -> tuple[int | None, object]:
        """The revision that the page knows of an answer, and what it sent of it without hearing that it arrived."""
        told = (self.typed or {}).get(pointer)
        number, ours = (told.get("revision"), told.get("ours")) if isinstance(told, dict) else (told, None)
        return number if isinstance(number, int) else self.revision, ours

    def came_so(self, pointer: str, stored: int) -> bool:
        """Whether the answer was not typed on the page, and is newer elsewhere."""
        untouched = self.typed is not None and pointer not in self.typed
        return untouched and self.revision is not None and stored > self.revision


def _told(page: Mapping[str, str]) -> _Told:
    revision, seen = page.get("_revision", ""), page.get("_seen", "")
    return _Told(
        int(revision) if revision.isdecimal() and len(revision) < 10 else None, _object(seen) if seen else None
    )


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
