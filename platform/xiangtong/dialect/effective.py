"""From answers to what counts: which questions are visible, which are required, what is stored.

One pass over the questions in their order. ``docs/dialect.md`` §2 is the law this file keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xiangtong.dialect.expressions import Frame
from xiangtong.dialect.plan import Condition, Guard, Plan, Question, Run
from xiangtong.dialect.vocabulary import Facts

#: Puts what counts of one given object's run into the object that is stored.
Reader = Callable[[Mapping[str, Any], dict[str, Any]], None]


@dataclass(frozen=True)
class Effective:
    """What counts of a submission.

    ``data``: what is stored. ``visible`` and ``required``: pointers in the form's order, row numbers
    included; ``required`` lists single questions only. ``derived``: the computed values by pointer.
    """

    plan: Plan
    data: dict[str, Any]
    derived: dict[str, Any]

    @property
    def visible(self) -> tuple[str, ...]:
        """What is shown."""
        return self._listed.visible

    @property
    def required(self) -> tuple[str, ...]:
        """What is shown and must be answered."""
        return self._listed.required

    @cached_property
    def _listed(self) -> _Listed:
        # A good submission is stored without anybody asking for these; a condition reads earlier
        # questions only, so the finished data answer it as the growing data did.
        walk = _List(self.plan.conditions)
        walk.object(self.plan.root.children, self.data, "", ())
        return _Listed(tuple(walk.visible), tuple(walk.required))


@dataclass(frozen=True, slots=True)
class _Listed:
    visible: tuple[str, ...]
    required: tuple[str, ...]


def as_given(run: Run) -> Reader:
    """Read values as they stand. An empty text or list is no answer; false and 0 are."""
    names = [question.name for question in run.questions]

    def read(given: Mapping[str, Any], stored: dict[str, Any]) -> None:
        for name in names:
            value = given.get(name)
            if value is not None and value not in ("", []):
                stored[name] = value

    return read


def effective(plan: Plan, data: Any, facts: Facts, reader: Callable[[Run], Reader] = as_given) -> Effective:
    """Decide what counts. ``data`` may be anything a client can send; nothing here fails on it.

    ``reader`` gives the function that reads a run of questions, cleaning what it reads.
    """
    walk = _Fill(plan.conditions, facts, reader)
    stored: dict[str, Any] = {}
    walk.object(plan.root, data if isinstance(data, dict) else {}, stored, "", ())
    return Effective(plan, stored, walk.derived)


def scopes(plan: Plan, stored: Mapping[str, Any]) -> Iterator[tuple[Question, tuple[Frame, ...]]]:
    """Yield every object of effective data that may state rules, with the frames that lead to it."""
    if plan.root.has_rules:
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

    def hides(self, question: Question, frames: Sequence[Frame]) -> bool:
        """Say whether a question is not asked here."""
        return question.office or (bool(question.hidden_when) and self.any_holds(question.hidden_when, frames))


@dataclass(slots=True)
class _Fill(_Walk):
    facts: Facts
    reader: Callable[[Run], Reader]
    derived: dict[str, Any] = field(default_factory=dict)

    def object(
        self, whole: Question, given: Mapping[str, Any], stored: dict[str, Any], prefix: str, outer: tuple[Frame, ...]
    ) -> None:
        """Put into ``stored`` what counts of ``given``; ``stored`` is read by conditions as it grows."""
        frames = (*outer, (prefix, stored))
        for run in whole.runs:
            if run.plain:
                self.reader(run)(given, stored)
            elif not self.hides(run.questions[0], frames):
                self._special(run, given, stored, frames)

    def _special(self, run: Run, given: Mapping[str, Any], stored: dict[str, Any], frames: tuple[Frame, ...]) -> None:
        (question,) = run.questions
        if question.children:
            self._container(question, given.get(question.name), stored, frames)
        elif question.compute is not None:
            value = question.compute(frames, self.facts)
            if value is not None:
                stored[question.name] = self.derived[f"{frames[-1][0]}/{question.name}"] = value
        elif question.kind != "notice":
            self.reader(run)(given, stored)

    def _container(self, question: Question, given: Any, stored: dict[str, Any], frames: tuple[Frame, ...]) -> None:
        pointer = f"{frames[-1][0]}/{question.name}"
        if not question.is_rows:
            group: dict[str, Any] = {}
            stored[question.name] = group
            self.object(question, given if isinstance(given, dict) else {}, group, pointer, frames)
            return
        rows: list[dict[str, Any]] = []
        stored[question.name] = rows
        for index, row in enumerate(given if isinstance(given, list) else ()):
            rows.append({})
            self.object(question, row if isinstance(row, dict) else {}, rows[-1], f"{pointer}/{index}", frames)


@dataclass(slots=True)
class _List(_Walk):
    visible: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)

    def object(
        self, questions: Sequence[Question], stored: Mapping[str, Any], prefix: str, outer: tuple[Frame, ...]
    ) -> None:
        """List what one object of effective data shows."""
        frames = (*outer, (prefix, stored))
        for question in questions:
            if self.hides(question, frames) or (question.deprecated and question.name not in stored):
                continue
            pointer = f"{prefix}/{question.name}"
            self.visible.append(pointer)
            if question.children:
                self._container(question, stored[question.name], pointer, frames)
            elif not question.is_derived and self._is_wanted(question, frames):
                self.required.append(pointer)

    def _is_wanted(self, question: Question, frames: Sequence[Frame]) -> bool:
        return question.always_required or self.any_holds(question.required_when, frames)

    def _container(self, question: Question, stored: Any, pointer: str, frames: tuple[Frame, ...]) -> None:
        if not question.is_rows:
            self.object(question.children, stored, pointer, frames)
            return
        for index, row in enumerate(stored):
            self.visible.append(f"{pointer}/{index}")
            self.object(question.children, row, f"{pointer}/{index}", frames)
