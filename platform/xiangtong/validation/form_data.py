"""Build answers from what a browser posts: names are JSON Pointers, values are raw text.

What is not posted stays as it was: a hidden question's text is kept in the draft, files arrive by another way.
A page therefore posts an empty value for every box it shows, so that an unticked box is seen.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from xiangtong.dialect.plan import Plan, Question
from xiangtong.fields.kinds import KINDS
from xiangtong.validation.normalise import clean_value

#: More names than the largest form has, more characters than the longest answer may hold.
MOST_PAIRS = 5000
LONGEST_VALUE = 20_000
#: Rows of a question that states no ``maxItems``.
MOST_ROWS = 200

_POINTER = re.compile(r"(?:/[a-z][a-z0-9_]{0,63}|/(?:0|[1-9][0-9]{0,3})){1,8}")


def from_form(plan: Plan, pairs: Iterable[tuple[str, str]], base: Any = None) -> dict[str, Any]:
    """Give ``base`` with the posted answers put in. Names that are no questions are ignored."""
    data: dict[str, Any] = copy.deepcopy(base) if isinstance(base, dict) else {}
    posted: dict[str, list[str]] = defaultdict(list)
    for index, (name, raw) in enumerate(pairs):
        if index >= MOST_PAIRS:
            break
        posted[name].append(raw[:LONGEST_VALUE])
    for name, raws in posted.items():
        set_value(plan, data, name, raws)
    return data


def set_value(plan: Plan, data: dict[str, Any], pointer: str, raw: str | list[str]) -> bool:
    """Put one raw answer into ``data``; say whether the pointer named a question that people fill in."""
    question = _typed_question(plan, pointer)
    if question is None:
        return False
    if question.write_only and raw in ("", [""]):
        return True  # It is never shown again, so an empty input means that it stays as it was.
    value = _parse(question, [raw] if isinstance(raw, str) else raw)
    return _put(plan, data, pointer, value)


def put_value(plan: Plan, data: dict[str, Any], pointer: str, value: Any) -> bool:
    """Put a finished value (the list of attachments of a file question, say) into ``data``."""
    question = plan.question_at(pointer) if _POINTER.fullmatch(pointer) else None
    if question is None or question.children or question.is_derived or question.office:
        return False
    return _put(plan, data, pointer, clean_value(question, value))


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


def _typed_question(plan: Plan, pointer: str) -> Question | None:
    question = plan.question_at(pointer) if _POINTER.fullmatch(pointer) else None
    if question is None or question.children or question.is_derived or question.office or question.read_only:
        return None
    return question if _is_typed(question) else None


def _is_typed(question: Question) -> bool:
    return bool(KINDS[question.kind].normal)


def _parse(question: Question, raws: list[str]) -> Any:
    return clean_value(question, KINDS[question.kind].gather(raws))


def _put(plan: Plan, data: dict[str, Any], pointer: str, value: Any) -> bool:
    place = _object_at(plan, data, pointer.split("/")[1:-1])
    if place is None:
        return False
    place[pointer.rpartition("/")[2]] = value
    return True


def _object_at(plan: Plan, data: dict[str, Any], tokens: list[str]) -> dict[str, Any] | None:
    """Walk to an object, making groups and rows on the way; None beyond the greatest number of rows."""
    if not _is_within(plan, tokens):
        return None
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
    question = plan.question_at(pointer) if _POINTER.fullmatch(pointer) else None
    if question is None or not question.is_rows:
        return None
    holder = _object_at(plan, data, pointer.split("/")[1:-1])
    if holder is None:
        return None
    rows = holder.get(question.name)
    if not isinstance(rows, list):
        rows = holder[question.name] = []
    return rows


def _most_rows(plan: Plan, pointer: str) -> int:
    question = plan.question_at(pointer)
    return int(question.schema.get("maxItems", MOST_ROWS)) if question else 0
