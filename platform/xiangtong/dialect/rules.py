"""Ask the rules of a form of effective data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtong.dialect.effective import scopes
from xiangtong.dialect.expressions import Frame
from xiangtong.dialect.plan import Plan, Rule
from xiangtong.dialect.vocabulary import Facts


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold, and the pointer of the answer that shows it."""

    rule: Rule
    pointer: str


def broken_rules(plan: Plan, stored: Mapping[str, Any], facts: Facts, troubled: Collection[str]) -> Iterator[Broken]:
    """Yield every rule that does not hold.

    ``troubled``: pointers that have a problem of their own already; a rule that reads one of them is not asked.
    """
    for question, frames in scopes(plan, stored):
        for rule in question.rules:
            yield from _ask(rule, frames, facts, troubled)


def _ask(rule: Rule, frames: Sequence[Frame], facts: Facts, troubled: Collection[str]) -> Iterator[Broken]:
    said = rule.check(frames, facts)
    if rule.op == "unique_by":
        yield from (Broken(rule, pointer) for pointer in said if pointer not in troubled)
    elif said is False and not any(pointer in troubled for pointer in _read(rule, frames, facts)):
        yield Broken(rule, _place(rule, frames))


def _read(rule: Rule, frames: Sequence[Frame], facts: Facts) -> Iterator[str]:
    """Yield the pointers of all answers that a rule has read."""
    return (pointer for answer in rule.answers for pointer, _ in answer(frames, facts))


def _place(rule: Rule, frames: Sequence[Frame]) -> str:
    """Give the pointer that the rule's ``at`` means here: inside a row, in this very row."""
    pointer, _ = frames[-1]
    if rule.at.startswith(f"{rule.scope}/"):
        return pointer + rule.at.removeprefix(rule.scope)
    return rule.at
