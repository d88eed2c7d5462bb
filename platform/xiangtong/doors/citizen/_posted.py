"""What of a posted page is saved, when the same draft may be open on another phone as well.

A page says which revision of the draft it was made from (`_revision`). With script it also says which answers were
typed on it, and the revision it knows of each (`_seen`); the others stand there as they came, and must not be written
over what is newer. Without script nobody knows, so the later page wins, and both values are shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.doors.citizen import _masked
from xiangtong.doors.citizen._known import locked_in
from xiangtong.drafts.answers import posted_fields
from xiangtong.drafts.filling import FieldSave
from xiangtong.drafts.opening import OpenDraft


@dataclass(frozen=True, slots=True)
class _Told:
    """What a page says that it knows. `typed` is None without script."""

    revision: int | None
    typed: Mapping[str, Any] | None

    def known(self, pointer: str) -> int | None:
        number = (self.typed or {}).get(pointer)
        return number if isinstance(number, int) else self.revision

    def came_so(self, pointer: str, stored: int) -> bool:
        """Whether the answer was not typed on the page, and is newer elsewhere."""
        untouched = self.typed is not None and pointer not in self.typed
        return untouched and self.revision is not None and stored > self.revision


def fields(plan: Plan, draft: OpenDraft, pairs: Sequence[tuple[str, str]]) -> list[FieldSave]:
    """The answers of a posted page that are not what is stored already, and that may be saved."""
    told, locked = _told(dict(pairs)), locked_in(draft.typed)
    stored, revisions = draft.typed.values, draft.row.revisions
    return [
        replace(one, revision=told.known(one.pointer))
        for one in posted_fields(plan, pairs)
        if one.pointer not in locked
        and stored.get(one.pointer, "") != one.value
        and not _masked.stands_for(plan, one.pointer, stored.get(one.pointer), one.value)
        and not told.came_so(one.pointer, revisions.get(one.pointer, 0))
    ]


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
