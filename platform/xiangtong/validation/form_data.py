"""Build answers one by one: where a value belongs is said by its JSON Pointer; rows and groups are made on the way."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable
from typing import Any

from xiangtong.dialect.plan import POINTER, Plan, Question
from xiangtong.dialect.vocabulary import MOST_ROWS
from xiangtong.validation.normalise import clean_value


def answered_at(plan: Plan, pointer: str) -> Question | None:
    """The question that people answer at ``pointer``; None where there is none, or no such row is allowed."""
    question = plan.question_at(pointer) if POINTER.fullmatch(pointer) else None
    if question is None or question.children or question.is_derived or question.office:
        return None
    return question if _is_within(plan, pointer.split("/")[1:-1]) else None


def put_value(plan: Plan, data: dict[str, Any], pointer: str, value: Any) -> bool:
    """Put a value into ``data`` in its normal form; say whether the pointer named a question that people answer."""
    question = answered_at(plan, pointer)
    return question is not None and _put(data, pointer, clean_value(question, value))


def put_raw(plan: Plan, data: dict[str, Any], pointer: str, value: Any) -> bool:
    """As ``put_value``, but as it was typed: for whoever brings all of ``data`` into normal form afterwards."""
    return answered_at(plan, pointer) is not None and _put(data, pointer, value)


def apply_action(plan: Plan, data: Any, action: str) -> dict[str, Any]:
    """Add or remove a row: ``add:/household``, ``remove:/household/1``. Anything else changes nothing."""
    changed: dict[str, Any] = copy.deepcopy(data) if isinstance(data, dict) else {}
    verb, _, pointer = action.partition(":")
    if verb == "add":
        rows = _rows(plan, changed, pointer)
        if rows is not None and len(rows) < _most_rows(plan, pointer):
            rows.append({})
    elif verb == "remove":
        holder, _, index = pointer.rpartition("/")
        rows = _rows(plan, changed, holder)
        if rows is not None and index.isdecimal() and int(index) < len(rows):
            rows.pop(int(index))
    return changed


def without_secrets(plan: Plan, data: Any) -> dict[str, Any]:
    """Copy answers for a page without those that are write-only: they never leave the server again."""
    return _open(plan.root.children, data) if isinstance(data, dict) else {}


def _open(questions: Iterable[Question], data: dict[str, Any]) -> dict[str, Any]:
    hidden = {question.name for question in questions if question.write_only}
    inner = {question.name: question.children for question in questions if question.children}
    return {name: _open_inside(inner.get(name), value) for name, value in data.items() if name not in hidden}


def _open_inside(questions: Iterable[Question] | None, value: Any) -> Any:
    if questions is None:
        return value
    if isinstance(value, list):
        return [_open_inside(questions, one) for one in value]
    return _open(questions, value) if isinstance(value, dict) else value


def _put(data: dict[str, Any], pointer: str, value: Any) -> bool:
    *tokens, name = pointer.split("/")[1:]
    place = _object_at(data, tokens)
    if place is None:
        return False
    place[name] = value
    return True


def _object_at(data: dict[str, Any], tokens: list[str]) -> dict[str, Any] | None:
    """Walk to an object, making groups and rows on the way."""
    here: Any = data
    for token, following in itertools.zip_longest(tokens, tokens[1:], fillvalue=""):
        if isinstance(here, list):
            here = _row(here, int(token))
            continue
        wanted: type = list if following.isdecimal() else dict
        if not isinstance(here.get(token), wanted):
            here[token] = wanted()
        here = here[token]
    return here if isinstance(here, dict) else None


def _is_within(plan: Plan, tokens: list[str]) -> bool:
    """Say whether every row number of a pointer is one the form allows."""
    return all(
        int(token) < _most_rows(plan, "/" + "/".join(tokens[:index]))
        for index, token in enumerate(tokens)
        if token.isdecimal()
    )


def _row(rows: list[Any], index: int) -> dict[str, Any]:
    rows.extend({} for _ in range(index + 1 - len(rows)))
    if not isinstance(rows[index], dict):
        rows[index] = {}
    row: dict[str, Any] = rows[index]
    return row


def _rows(plan: Plan, data: dict[str, Any], pointer: str) -> list[Any] | None:
    question = plan.question_at(pointer) if POINTER.fullmatch(pointer) else None
    if question is None or not question.is_rows:
        return None
    tokens = pointer.split("/")[1:-1]
    holder = _object_at(data, tokens) if _is_within(plan, tokens) else None
    if holder is None:
        return None
    rows = holder.get(question.name)
    if not isinstance(rows, list):
        rows = holder[question.name] = []
    return rows


def _most_rows(plan: Plan, pointer: str) -> int:
    question = plan.question_at(pointer)
    return int(question.schema.get("maxItems", MOST_ROWS)) if question else 0
