"""Fill a form in once, with made-up answers, so that it can be tried before anybody sees it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import jsonschema_rs

from xiangtong.dialect.plan import Plan, Question
from xiangtong.dialect.vocabulary import Facts
from xiangtong.validation.form_data import put_value
from xiangtong.validation.validate import decide

_DAY = date(2026, 3, 10)
_MOST_ROUNDS = 40
#: Numbers that everybody knows to be made up.
_BY_KIND: Mapping[str, Any] = {
    "person-name": "张三", "resident-id": "321003194003051288", "phone": "13800000001", "mobile-phone": "13800000001",
    "village": "321003108215", "division": "321003108215", "address": "某村三组12号", "yes-no": True, "consent": True,
    "date": "2026-01-31", "month": "2026-01", "time": "08:30", "email": "zhangsan@example.com", "postcode": "225000",
    "bank-card": "6222020000000000000", "landline": "051487654321",
}  # fmt: skip
_FILE: dict[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000001", "name": "样例.jpg", "size": 183204, "media_type": "image/jpeg",
    "digest": "356a862be983c367fbef8d6abd2044ed4657da626fcb8bdcdba7bbd6f062adaf",
}  # fmt: skip
_LETTERS = "样例内容请改成真的"


def sample_of(plan: Plan) -> dict[str, Any]:
    """Answers with which the form can be filed: what must be answered, and nothing else.

    Where no answer is found (a pattern that wants more than a guess) the sample stays short of it.
    """
    data: dict[str, Any] = {}
    tries: dict[str, int] = {}
    for _ in range(_MOST_ROUNDS):
        problems = decide(plan, data, Facts(_DAY)).problems
        if not problems:
            break
        for problem in problems:
            tries[problem.pointer] = tries.get(problem.pointer, -1) + 1
            _answer(plan, data, problem.pointer, tries[problem.pointer])
    return decide(plan, data, Facts(_DAY)).stored


def _answer(plan: Plan, data: dict[str, Any], pointer: str, attempt: int) -> None:
    question = plan.question_at(pointer)
    if question is None:
        return
    if question.is_rows:
        many = max(1, question.schema.get("minItems", 1), question.schema.get("minContains", 1))
        _set(data, pointer, [_row(question, index) for index in range(many)])
        return
    guesses = list(_guesses(question))
    if guesses:
        value = guesses[min(attempt, len(guesses) - 1)]
        put_value(plan, data, pointer, value) if isinstance(value, str) else _set(data, pointer, value)


def _row(rows: Question, index: int) -> dict[str, Any]:
    """A row that differs from the others where it can."""
    found = {}
    for child in rows.children:
        guesses = list(_guesses(child)) if not child.children else []
        if guesses:
            found[child.name] = guesses[index % len(guesses)]
    return found | _such(rows, index)


def _such(rows: Question, index: int) -> dict[str, Any]:
    """What a row must say to be of the sort that the list must contain, while such rows are wanted."""
    wanted = rows.schema.get("contains", {}).get("properties", {}) if _wants(rows, index) else {}
    return {name: part["const"] for name, part in wanted.items() if "const" in part}


def _wants(question: Question, index: int) -> bool:
    return index < int(question.schema.get("minContains", 1))


def _set(data: dict[str, Any], pointer: str, value: Any) -> None:
    place: Any = data
    *path, last = pointer.split("/")[1:]
    for token in path:
        place = place[int(token)] if isinstance(place, list) else place.setdefault(token, {})
    place[int(last) if isinstance(place, list) else last] = value


def _guesses(question: Question) -> Iterator[Any]:
    schema = question.schema
    if "default" in schema:
        yield schema["default"]
    if question.kind in _BY_KIND:
        yield _BY_KIND[question.kind]
    match schema.get("type"):
        case "string":
            yield from schema.get("enum", ()) or _texts(schema)
        case "integer":
            yield from _whole(schema)
        case "array":
            yield _list(question)
        case "boolean":
            yield from (True, False)


def _list(question: Question) -> list[Any]:
    least = max(1, question.schema.get("minItems", 1))
    if question.kind in ("file", "photo", "signature"):
        return [_FILE | {"id": f"{_FILE['id'][:-2]}{number + 1:02}"} for number in range(least)]
    such = [question.schema["contains"]["const"]] if "const" in question.schema.get("contains", {}) else []
    if question.kind == "lines":
        return list(itertools.islice(_told_apart([*such, *_guesses(question.line)]), least))
    offered = question.schema.get("items", {}).get("enum", ())
    return list(dict.fromkeys((*such, *offered)))[:least]


def _told_apart(guesses: list[Any]) -> Iterator[Any]:
    """The guesses, and as many more as are wanted: texts with a number, further numbers."""
    yield from guesses
    for number in itertools.count(2) if guesses else ():
        yield f"{guesses[0]}{number}" if isinstance(guesses[0], str) else max(guesses) + number


def _whole(schema: Mapping[str, Any]) -> Iterator[int]:
    least, most, step = schema["minimum"], schema["maximum"], schema.get("multipleOf", 1)
    for wanted in (1, least, most):
        near = -(-max(least, min(most, wanted)) // step) * step
        yield near
        yield near + step


def _texts(schema: Mapping[str, Any]) -> Iterator[str]:
    least, most = schema.get("minLength", 1), schema.get("maxLength", 200)
    if "pattern" not in schema:
        yield (_LETTERS * (least // len(_LETTERS) + 1))[: max(least, min(most, 4))]
        return
    fits = jsonschema_rs.validator_for({"type": "string", "pattern": schema["pattern"]}).is_valid
    spelled = (text for size in range(13) for text in _spelled(schema["pattern"], size))
    for text in (schema.get("x-example", ""), *spelled):
        for padded in (text, text + "0" * (least - len(text)), text + "a" * (least - len(text))):
            if padded and least <= len(padded) <= most and fits(padded):
                yield padded
                return


_PART = re.compile(
    r"(?P<atom>\[(?P<no>\^?)(?P<set>(?:\\.|[^\]\\])+)\]|\\(?P<escaped>.)|(?P<any>\.)|(?P<plain>[^\\^$|()\[]))"
    r"(?P<times>[*+?]|\{[0-9]+(?:,[0-9]*)?\})?|(?P<mark>[\^$|()][*+?]?(?:\{[0-9,]+\})?)"
)


def _spelled(pattern: str, size: int) -> Iterator[str]:
    """Texts of a pattern whose parts are each repeated `size` times where they may be; for patterns without choices."""
    for way in _ways(pattern):
        yield "".join(_one(part) * _times(part["times"], size) for part in _PART.finditer(way) if part["atom"])


def _ways(pattern: str) -> Iterator[str]:
    """A pattern with each bracketed choice replaced by its first way; brackets that repeat are taken once."""
    flat = pattern
    while True:
        inner = re.search(
            r"(?<!\\)\((?P<in>(?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\\[])*)\)(?:[*+?]|\{(?P<n>[0-9]+)[0-9,]*\})?", flat
        )
        if inner is None:
            break
        first = re.split(r"(?<!\\)\|", inner["in"])[0] * int(inner["n"] or 1)
        flat = flat[: inner.start()] + first + flat[inner.end() :]
    yield from re.split(r"(?<!\\)\|", flat)


def _one(part: re.Match[str]) -> str:
    if part["escaped"]:
        return part["escaped"]
    if part["plain"] or part["any"]:
        return part["plain"] or "a"
    within = re.compile(part["atom"][: part["atom"].rindex("]") + 1])
    return next((char for char in "0a1AZz9样 .-_/" if within.fullmatch(char)), "0")


def _times(said: str | None, size: int) -> int:
    if not said:
        return 1
    if said in "*+?":
        return {"*": size, "+": max(1, size), "?": min(1, size)}[said]
    least, _, most = said[1:-1].partition(",")
    if not _:
        return int(least)
    return max(int(least), min(size, int(most) if most else size))
