"""Say where a question stands, and fill what a rule's message leaves open."""

from __future__ import annotations

from xiangtong.dialect.plan import Plan, Question, Rule
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields import parameters
from xiangtong.fields.parameters import with_parameters


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
    text = rule.message.replace("{row}", whereabouts(plan, pointer))
    return with_parameters(text, plan, facts.params)


def rule_words_en(plan: Plan, rule: Rule, pointer: str, facts: Facts) -> str:
    """The same in English; in Chinese where nobody has said."""
    if not rule.message_en:
        return rule_words(plan, rule, pointer, facts)
    text = rule.message_en.replace("{row}", whereabouts_en(plan, pointer))
    return with_parameters(text, plan, facts.params, english=True)


def parameter_words(plan: Plan, name: str, facts: Facts) -> str:
    """Write a tenant parameter in its own unit: 13500 of kind area → ``135 平方米``."""
    return parameters.parameter_words(plan, name, facts.params)
