"""One set of columns over all versions of a form, by stable id: what is exported of its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xiangtong.dialect.plan import Plan, Question, pattern_of


@dataclass(frozen=True)
class Columns:
    """The columns, and in which of them the answer at a place of a version stands.

    ``heads``: the name of each column, as the newest version that has it calls it; two questions of one name are told
    apart by the group they stand in.
    """

    heads: tuple[str, ...]
    places: Mapping[tuple[int, str], int]  # (version, pattern) → column

    def at(self, version: int, pointer: str) -> int | None:
        """The column of an answer; None where that version asks nothing there."""
        return self.places.get((version, pattern_of(pointer)))


def merged(versions: Sequence[tuple[int, Plan]]) -> Columns:
    """The columns of several versions: the order of the newest, then what only older ones asked."""
    ids: dict[str, int] = {}
    names: list[tuple[str, str]] = []
    places: dict[tuple[int, str], int] = {}
    for version, plan in sorted(versions, key=lambda one: -one[0]):
        for own, over, question in _answered(plan.root.children, "", ""):
            if own not in ids:
                ids[own] = len(names)
                names.append((over, question.title))
            places[version, question.pattern] = ids[own]
    titles = [title for _, title in names]
    heads = [f"{over} {title}" if over and titles.count(title) > 1 else title for over, title in names]
    return Columns(tuple(heads), places)


def _answered(questions: Sequence[Question], above: str, over: str) -> list[tuple[str, str, Question]]:
    """(stable id, name of the group, question) of everything with an answer, groups included: some are read whole."""
    found = []
    for question in questions:
        own = str(question.notes.get("x-id") or f"{above}/{question.name}")
        if question.kind != "notice" and not question.office:
            found.append((own, over, question))
        found += _answered(question.children, f"{own}/*" if question.is_rows else own, question.title)
    return found
