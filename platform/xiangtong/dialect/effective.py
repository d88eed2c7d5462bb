"""From answers to what counts: which questions are visible, which are required, what is stored.

One pass over the questions in their order. ``docs/dialect.md`` §2 is the law this file keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtong.dialect.expressions import Frame
from xiangtong.dialect.plan import Condition, Guard, Plan, Question
from xiangtong.dialect.vocabulary import Facts


@dataclass(frozen=True, slots=True)
class Effective:
    """What counts of a submission.

    ``data``: what is stored. ``visible`` and ``required``: pointers in the form's order, row numbers
    included; ``required`` lists single questions only. ``derived``: the computed values by pointer.
    """

    data: dict[str, Any]
    visible: tuple[str, ...]
    required: tuple[str, ...]
    derived: dict[str, Any]


def effective(plan: Plan, data: Any, facts: Facts) -> Effective:
    """Decide what counts. ``data`` may be anything a client can send; nothing here fails on it."""
    walk = _Walk(plan.conditions, facts, [], [], {})
    stored: dict[str, Any] = {}
    walk.fill(plan.root.children, data if isinstance(data, dict) else {}, stored, "", ())
    return Effective(stored, tuple(walk.visible), tuple(walk.required), walk.derived)


def scopes(plan: Plan, stored: Mapping[str, Any]) -> Iterator[tuple[Question, tuple[Frame, ...]]]:
    """Yield every object of effective data that may state rules, with the frames that lead to it."""
    yield from _scopes(plan.root, ("", stored), ())


def _scopes(question: Question, frame: Frame, outer: tuple[Frame, ...]) -> Iterator[tuple[Question, tuple[Frame, ...]]]:
    frames = (*outer, frame)
    yield question, frames
    pointer, value = frame
    for child in question.children:
        inner = value.get(child.name) if child.has_rules else None
        here = f"{pointer}/{child.name}"
        if isinstance(inner, Mapping):
            yield from _scopes(child, (here, inner), frames)
        elif isinstance(inner, list):
            for index, row in enumerate(inner):
                yield from _scopes(child, (f"{here}/{index}", row), frames)


@dataclass(slots=True)
class _Walk:
    conditions: Sequence[Condition]
    facts: Facts
    visible: list[str]
    required: list[str]
    derived: dict[str, Any]

    def fill(
        self,
        questions: Sequence[Question],
        given: Mapping[str, Any],
        stored: dict[str, Any],
        prefix: str,
        outer: tuple[Frame, ...],
    ) -> None:
        """Put into ``stored`` what counts of ``given``; ``stored`` is read by conditions as it grows."""
        frames = (*outer, (prefix, stored))
        for question in questions:
            if question.office or (question.hidden_when and self.any_holds(question.hidden_when, frames)):
                continue
            name = question.name
            pointer = f"{prefix}/{name}"
            self.visible.append(pointer)
            if question.children:
                self._fill_container(question, given.get(name), stored, pointer, frames)
                continue
            value = self._single(question, given.get(name), pointer, frames)
            # An empty text or list is no answer; false and 0 are.
            if value is not None and value not in ("", []) and question.kind != "notice":
                stored[name] = value

    def _single(self, question: Question, value: Any, pointer: str, frames: tuple[Frame, ...]) -> Any:
        if question.compute is not None:
            return self._derive(question, pointer, frames)
        if question.always_required or self.any_holds(question.required_when, frames):
            self.required.append(pointer)
        return value

    def _derive(self, question: Question, pointer: str, frames: tuple[Frame, ...]) -> Any:
        value = question.compute(frames, self.facts) if question.compute else None
        if value is not None:
            self.derived[pointer] = value
        return value

    def any_holds(self, guards: Sequence[Guard], frames: Sequence[Frame]) -> bool:
        """Say whether one of the guards holds here; the empty guard always does."""
        for guard in guards:
            for index, wanted in guard:
                condition = self.conditions[index]
                if condition.holds(frames[condition.depth][1]) is not wanted:
                    break
            else:
                return True
        return False

    def _fill_container(
        self, question: Question, given: Any, stored: dict[str, Any], pointer: str, frames: tuple[Frame, ...]
    ) -> None:
        if not question.is_rows:
            group: dict[str, Any] = {}
            stored[question.name] = group
            self.fill(question.children, given if isinstance(given, dict) else {}, group, pointer, frames)
            return
        rows: list[dict[str, Any]] = []
        stored[question.name] = rows
        for index, row in enumerate(given if isinstance(given, list) else ()):
            self.visible.append(f"{pointer}/{index}")
            rows.append({})
            self.fill(question.children, row if isinstance(row, dict) else {}, rows[-1], f"{pointer}/{index}", frames)
