"""What becomes of a filing in progress when its form gets a new version. Pure: two plans and one filing in, words out.

Questions are recognised by a stable id: ``x-id`` where a form gives one, else by where they stand. What cannot be
carried over without changing what was meant is set aside and never re-interpreted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from xiangtong.dialect.plan import Plan, Question, pattern_of
from xiangtong.dialect.vocabulary import PROBLEM_CODES
from xiangtong.validation.validate import Decision

#: same: carried as it is; moved: stands elsewhere now; words: asked in other words; meaning: something else is asked.
Sort = Literal["same", "moved", "words", "meaning", "added", "removed"]
Group = Literal["moves", "asks", "stays"]
#: stays: removed, meaning, narrower. asks: added, needed, reworded, rule.
Why = Literal["removed", "meaning", "narrower", "added", "needed", "reworded", "rule"]

#: Kinds that ask the same thing in another dress.
_ALIKE = ({"choice", "radio", "select"}, {"text", "long-text"}, {"phone", "mobile-phone", "landline"})
_STAYS = frozenset({"removed", "meaning", "narrower"})


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one question; ``old`` is None for an added one, ``new`` for a removed one."""

    sort: Sort
    old: Question | None
    new: Question | None

    @property
    def question(self) -> Question:
        """The question as it is asked now, or as it was last asked."""
        found = self.new or self.old
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a filing does not simply move: at which question, called how."""

    pattern: str
    label: str
    why: Why


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one filing. ``carried``: how many of its answers the new version takes as they are."""

    carried: int
    asks: tuple[Reason, ...]
    stays: tuple[Reason, ...]

    @property
    def group(self) -> Group:
        """Moves by itself, will be asked something, or has answers that the new version cannot take."""
        return "stays" if self.stays else "asks" if self.asks else "moves"


@dataclass(frozen=True)
class Comparison:
    """Two versions of a form, question by question, in the order of the new one; removed ones last."""

    changes: tuple[Change, ...]

    @cached_property
    def by_old(self) -> Mapping[str, Change]:
        """What became of each question of the old version, by its pattern there."""
        return {change.old.pattern: change for change in self.changes if change.old}

    @cached_property
    def by_new(self) -> Mapping[str, Change]:
        """Where each question of the new version comes from, by its pattern there."""
        return {change.new.pattern: change for change in self.changes if change.new}

    def carry(self, pointer: str) -> str | None:
        """Where the answer at a pointer of the old version stands in the new one; None where it has no place there."""
        change = self.by_old.get(pattern_of(pointer))
        if change is None or change.new is None or change.sort == "meaning":
            return None
        rows = iter(part for part in pointer.split("/") if part.isdecimal())
        return "/".join(next(rows, "0") if part == "*" else part for part in change.new.pattern.split("/"))

    def place_of_address(self, pointer: str) -> str | None:
        """Where the new version asks by a list for the place that the address at an old pointer lies in; else None."""
        rest = self.carry(pointer)
        if rest is None or not rest.endswith("/detail") or pointer.endswith("/detail"):
            return None
        place = rest[: -len("detail")] + "division"
        change = self.by_new.get(pattern_of(place))
        return place if change is not None and change.sort == "added" else None

    @property
    def differing(self) -> tuple[Change, ...]:
        """The questions of which anything is to be told."""
        return tuple(change for change in self.changes if change.sort != "same")


@lru_cache(maxsize=256)
def _compared(old: _ByDigest, new: _ByDigest) -> Comparison:
    before, after = dict(_named(old.plan.root, "")), dict(_named(new.plan.root, ""))
    before = _taken_apart(before, after)
    kept = [_change(before.get(name), question) for name, question in after.items()]
    gone = [Change("removed", question, None) for name, question in before.items() if name not in after]
    return Comparison((*kept, *gone))


def _taken_apart(before: dict[str, Question], after: Mapping[str, Question]) -> dict[str, Question]:
    """An address in words whose place is asked by a list now: its words belong to the rest of it, 组和门牌号."""
    return {
        f"{name}/detail" if asked.kind == "address" and name not in after and _is_rest(after, name) else name: asked
        for name, asked in before.items()
    }


def _is_rest(after: Mapping[str, Question], name: str) -> bool:
    rest, place = after.get(f"{name}/detail"), after.get(f"{name}/division")
    return rest is not None and place is not None and (rest.kind, place.kind) == ("address", "division")


def compare(old: Plan, new: Plan) -> Comparison:
    """Two versions question by question; made once for each pair."""
    return _compared(_ByDigest(old), _ByDigest(new))


def judge(comparison: Comparison, *, given: Mapping[str, Any], before: Decision, after: Decision) -> Verdict:
    """What becomes of one filing.

    ``given``: pointer → what was typed, in the old version's places. ``before``: the old version's decision about it,
    ``after``: the new version's about what is carried over.
    """
    asked = set(before.effective.visible)
    counted = {pointer: value for pointer, value in given.items() if pointer in asked and value not in ("", [], None)}
    reasons = [*_of_answers(comparison, counted), *_of_questions(comparison, counted, before, after)]
    once = tuple({(one.pattern, one.why in _STAYS): one for one in reasons}.values())
    stays = tuple(one for one in once if one.why in _STAYS)
    carried = sum(comparison.carry(pointer) is not None for pointer in counted)
    return Verdict(carried, tuple(one for one in once if one.why not in _STAYS), stays)


def _of_answers(comparison: Comparison, counted: Mapping[str, Any]) -> Iterator[Reason]:
    """What the answers themselves run into."""
    for pointer, value in counted.items():
        change = comparison.by_old.get(pattern_of(pointer))
        if change is None:
            continue
        if change.sort in ("removed", "meaning"):
            yield _reason(change.question, "removed" if change.sort == "removed" else "meaning")
        elif change.sort == "words" or _chose_reworded(change, value):
            yield _reason(change.question, "reworded")


def _of_questions(
    comparison: Comparison, counted: Mapping[str, Any], before: Decision, after: Decision
) -> Iterator[Reason]:
    """What the new version asks, and what it finds fault with that the old one did not."""
    plan = after.effective.plan
    for pointer in after.effective.visible:
        change = comparison.by_new.get(pattern_of(pointer))
        if change is not None and change.sort == "added":
            yield _reason(change.question, "added")
    carried = {place for pointer in counted if (place := comparison.carry(pointer))}
    known = {(comparison.carry(one.pointer) or one.pointer, one.code) for one in before.problems}
    for problem in after.problems:
        question, change = plan.question_at(problem.pointer), comparison.by_new.get(pattern_of(problem.pointer))
        new_anyway = change is not None and change.sort in ("added", "meaning")
        if question is None or new_anyway or (problem.pointer, problem.code) in known:
            continue
        if problem.code == "missing":
            yield _reason(question, "needed")
        else:
            refused = problem.code in PROBLEM_CODES and problem.pointer in carried
            yield _reason(question, "narrower" if refused else "rule")


def _reason(question: Question, why: Why) -> Reason:
    return Reason(question.pattern, question.title, why)


def _named(question: Question, name: str) -> Iterator[tuple[str, Question]]:
    """Everything that people fill in, by its stable id; tables of rows too, since rows are counted."""
    inside = f"{name}/*" if question.is_rows else name
    for child in question.children:
        own = str(child.notes.get("x-id") or f"{inside}/{child.name}")
        if (not child.children or child.is_rows) and not (child.is_derived or child.office or child.kind == "notice"):
            yield own, child
        yield from _named(child, own)


def _change(old: Question | None, new: Question) -> Change:
    if old is None:
        return Change("added", None, new)
    if _meaning(old) != _meaning(new) or old.pattern.count("*") != new.pattern.count("*"):
        return Change("meaning", old, new)
    if (old.label, old.title) != (new.label, new.title):
        return Change("words", old, new)
    return Change("same" if old.pattern == new.pattern else "moved", old, new)


def _meaning(question: Question) -> tuple[object, ...]:
    """What an answer means: the same text under another of these would be another answer."""
    kind = next((min(alike) for alike in _ALIKE if question.kind in alike), question.kind)
    agreed = question.text if question.kind == "consent" else ""
    material = question.material.code if question.material else ""
    line = question.line_kind if kind == "lines" else ""
    return kind, line, question.schema.get("type"), question.unit, question.options_from, agreed, material


def _chose_reworded(change: Change, value: Any) -> bool:
    """Whether an option that was chosen reads otherwise now."""
    if change.old is None or change.new is None or change.old.options == change.new.options:
        return False
    now = {option.value: option.label for option in change.new.options}
    said = {option.value: option.label for option in change.old.options}
    chosen = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one in said and now.get(one, said[one]) != said[one] for one in chosen)


@dataclass(frozen=True, slots=True, eq=False)
class _ByDigest:
    """A plan, told apart by its digest: comparing whole plans would cost more than comparing the forms."""

    plan: Plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and self.plan.digest == other.plan.digest

    def __hash__(self) -> int:
        return hash(self.plan.digest)
