"""Bring answers into their normal form, whatever door they came through."""

from __future__ import annotations

import math
from typing import Any

from xiangtong.dialect.plan import Plan, Question
from xiangtong.dialect.vocabulary import LARGEST_INTEGER
from xiangtong.fields.kinds import KINDS
from xiangtong.fields.normal import scrub

#: Nothing the dialect stores is nested deeper than this inside one question (attachments: 2).
_DEEPEST = 4


def normalise(plan: Plan, data: Any) -> dict[str, Any]:
    """Give a copy of the answers in normal form; names that are no questions are left out."""
    return _object(plan.root.children, data)


def clean_value(question: Question, value: Any) -> Any:
    """Give the normal form of one question's value; what cannot have one is given back, made harmless."""
    kind = KINDS[question.kind]
    if isinstance(value, str) and kind.normal:
        return kind.parse(value)
    if question.kind == "choices" and isinstance(value, list):
        return _in_order([harmless(one) for one in value], question)
    return harmless(value)


def harmless(value: Any, depth: int = 0) -> Any:
    """Make a value safe for every reader after us: no lone surrogates, no NaN, no endless nesting."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, (list, dict)):
        return _nested(value, depth + 1) if depth < _DEEPEST else None
    return value


def _nested(value: list[Any] | dict[Any, Any], depth: int) -> Any:
    if isinstance(value, list):
        return [harmless(one, depth) for one in value]
    return {scrub(str(key)): harmless(one, depth) for key, one in value.items()}


def _number(value: int | float) -> Any:
    """Whole numbers are integers. A number that JSON readers disagree on becomes a text, which
    no question for a number takes."""
    if abs(value) > LARGEST_INTEGER or not math.isfinite(value):
        return "∞"
    return int(value) if value == int(value) else value


def _in_order(values: list[Any], question: Question) -> list[Any]:
    """Put chosen options into the options' order, each once; strangers keep their place at the end."""
    known = [option.value for option in question.options]
    chosen = [value for value in known if value in values]
    strangers = [value for index, value in enumerate(values) if value not in known and value not in values[:index]]
    return [*chosen, *strangers]


def _object(questions: tuple[Question, ...], data: Any) -> dict[str, Any]:
    given = data if isinstance(data, dict) else {}
    return {question.name: _value(question, given[question.name]) for question in questions if question.name in given}


def _value(question: Question, value: Any) -> Any:
    if not question.children:
        return clean_value(question, value)
    if question.is_rows:
        return [_object(question.children, row) for row in value] if isinstance(value, list) else []
    return _object(question.children, value)
