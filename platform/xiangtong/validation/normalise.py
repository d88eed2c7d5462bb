"""Bring answers into their normal form, whatever door they came through."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from xiangtong.dialect.effective import Effective, Reader, effective
from xiangtong.dialect.plan import Plan, Question, Run
from xiangtong.dialect.vocabulary import LARGEST_INTEGER, Facts
from xiangtong.fields.kinds import KINDS
from xiangtong.fields.lines import Lines
from xiangtong.fields.normal import scrub

#: Nothing the dialect stores is nested deeper than this inside one question (attachments: 2).
_DEEPEST = 4


def counted(plan: Plan, data: Any, facts: Facts) -> Effective:
    """Give what counts of the answers, in normal form; names that are no questions are left out."""
    return effective(plan, data, facts, reader_of)


@lru_cache(maxsize=65536)
def reader_of(run: Run) -> Reader:
    """Make the function that reads a run of questions in normal form. Runs are compared by identity."""
    cleaners = [(question.name, _cleaner(question)) for question in run.questions]

    def read(given: Mapping[str, Any], stored: dict[str, Any]) -> None:
        for name, clean in cleaners:
            value = given.get(name)
            if value is None:
                continue
            value = clean(value)
            # An empty text or list is no answer; false and 0 are.
            if value or (value is not None and value not in ("", [])):
                stored[name] = value

    return read


def _cleaner(question: Question) -> Callable[[Any], Any]:
    """Make ``clean_value`` of one question, with a short way for a value that is in normal form already."""
    if KINDS[question.kind].normal == "text":

        def clean_text(value: Any) -> Any:
            if value.__class__ is str and value.isprintable() and value == value.strip(" "):
                return value
            return clean_value(question, value)

        return clean_text

    def clean(value: Any) -> Any:
        if (value.__class__ is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER) or value.__class__ is bool:
            return value
        return clean_value(question, value)

    return clean


def clean_value(question: Question, value: Any) -> Any:
    """Give the normal form of one question's value; what cannot have one is given back, made harmless."""
    kind = KINDS[question.kind]
    if isinstance(kind, Lines) and isinstance(value, (str, list)):
        return kind.read([harmless(one, 1) for one in value] if isinstance(value, list) else [value], question)
    if isinstance(value, str) and kind.normal:
        return kind.parse(value)
    if question.kind == "choices" and isinstance(value, list):
        return _in_order([harmless(one) for one in value], question)
    return harmless(value)


def harmless(value: Any, depth: int = 0) -> Any:
    """Make a value safe for every reader after us: no lone surrogates, no NaN, no endless nesting."""
    if value.__class__ is str:
        return value if value.isprintable() else scrub(value)
    if value.__class__ is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, (list, dict)):
        return _nested(value, depth + 1) if depth < _DEEPEST else None
    return value


def _nested(value: list[Any] | dict[Any, Any], depth: int) -> Any:
    if isinstance(value, list):
        return [harmless(one, depth) for one in value]
    return {
        key if key.__class__ is str and key.isprintable() else harmless(str(key)): one
        if one.__class__ is str and one.isprintable()
        else harmless(one, depth)
        for key, one in value.items()
    }


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
