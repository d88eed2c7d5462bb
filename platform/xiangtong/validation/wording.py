"""Say where a question stands, and fill what a rule's message leaves open."""

from __future__ import annotations

import re
from typing import Any

from xiangtong.dialect.plan import Plan, Question, Rule
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.hundredths import Hundredths
from xiangtong.fields.kinds import KINDS

_GAP = re.compile(r"\{(row|param:[a-z0-9_.-]+)\}")


def whereabouts(plan: Plan, pointer: str) -> str:
    """Name what a question belongs to: 第 2 位家人, 代办人; "" at the top of the form."""
    around, row = _around(plan, pointer)
    if around is None:
        return ""
    return around.title if row is None else around.row.ordinal(row)


def whereabouts_en(plan: Plan, pointer: str) -> str:
    """The same in English: Members of the household, no. 2."""
    around, row = _around(plan, pointer)
    if around is None:
        return ""
    return around.title_en if row is None else f"{around.title_en}, no. {row + 1}"


def _around(plan: Plan, pointer: str) -> tuple[Question | None, int | None]:
    tokens = pointer.split("/")[1:]
    for length in range(len(tokens) - 1, 0, -1):
        around = plan.question_at("/" + "/".join(tokens[:length]))
        if around is not None and around.is_rows and tokens[length].isdecimal():
            return around, int(tokens[length])
        if around is not None and around.is_group:
            return around, None
    return None, None


def rule_words(plan: Plan, rule: Rule, pointer: str, facts: Facts) -> str:
    """Give a rule's message with the row and the parameters it names."""

    def fill(match: re.Match[str]) -> str:
        if match[1] == "row":
            return whereabouts(plan, pointer)
        return parameter_words(plan, match[1].removeprefix("param:"), facts)

    return _GAP.sub(fill, rule.message)


def parameter_words(plan: Plan, name: str, facts: Facts) -> str:
    """Write a tenant parameter in its own unit: 13500 of kind area → ``135 平方米``."""
    value: Any = facts.params.get(name, "")
    declared = plan.schema.get("x-params", {}).get(name, {})
    kind = KINDS.get(declared.get("kind", ""))
    shown = kind.typed(value) if isinstance(kind, Hundredths) else str(value)
    return f"{shown} {declared.get('unit', '')}".rstrip()
