"""Check where texts name a parameter of the township, ``{param:homestead.max_area}``: where it is filled in, and of which.

Only what is shown afresh each time may change with the township: a hint, a notice, a sentence about a problem. What
people agree to is agreed to as the version says it, and a label names the same thing everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.dialect.vocabulary import PARAMETER_GAP, PROBLEM_CODES, Finding, Schema
from xiangtong.dialect.wiring import containers

_FIXED = ("title", "x-label", "x-example", "x-unit")
_CHANGING = frozenset({"hint", *PROBLEM_CODES})


def check_texts(schema: Schema) -> Iterator[Finding]:
    """Yield what is refused about parameters in the texts of a resolved form."""
    params = schema.get("x-params", {})
    for part, _, place in containers(schema):
        for index, rule in enumerate(part.get("x-rules", ())):
            for key in ("message", "message_en"):
                yield from _filled(rule.get(key), f"{place}/x-rules/{index}/{key}", params)
        for name, question in part.get("properties", {}).items():
            yield from _question(question, f"{place}/properties/{name}", params)


def _question(question: Schema, place: str, params: Schema) -> Iterator[Finding]:
    changing = _CHANGING | ({"text"} if question.get("x-kind") == "notice" else set())
    for key in _FIXED:
        yield from _unfilled(question.get(key), f"{place}/{key}")
    for part in ("hint", "text"):
        check = _filled(question.get(f"x-{part}"), f"{place}/x-{part}", params)
        yield from check if part in changing else _unfilled(question.get(f"x-{part}"), f"{place}/x-{part}")
    for code, sentence in question.get("x-messages", {}).items():
        yield from _filled(sentence, f"{place}/x-messages/{code}", params)
    for where, part, text in _translations(question):
        here = f"{place}/{where}/{part}"
        yield from _filled(text, here, params) if part in changing else _unfilled(text, here)
    for index, option in enumerate(question.get("x-options", ())):
        yield from _unfilled(f"{option.get('label')}{option.get('hint', '')}", f"{place}/x-options/{index}")


def _translations(question: Schema) -> Iterator[tuple[str, str, Any]]:
    for language, words in question.get("x-i18n", {}).items():
        yield from ((f"x-i18n/{language}", part, text) for part, text in words.items())
    yield from (("x-en", part, text) for part, text in question.get("x-en", {}).items())


def _filled(text: Any, place: str, params: Schema) -> Iterator[Finding]:
    for name in PARAMETER_GAP.findall(text) if isinstance(text, str) else ():
        if name not in params:
            yield Finding(place, f"参数 {name} 没有在 x-params 里声明", f"The parameter {name} is not in x-params")
        elif not _can_be_written(params[name]):
            yield Finding(place, f"参数 {name} 是一张表，写不进句子里", f"The parameter {name} is a table, not a value")


def _unfilled(text: Any, place: str) -> Iterator[Finding]:
    if isinstance(text, str) and PARAMETER_GAP.search(text):
        yield Finding(
            place,
            "参数只能写在提示、说明和报错的句子里，不能写在这里",
            "A parameter may be named in a hint, a notice or a message, and not here",
        )


def _can_be_written(declared: Mapping[str, Any]) -> bool:
    default = declared.get("default")
    values = [one.get("value") for one in default] if declared.get("dated") and isinstance(default, list) else [default]
    return all(isinstance(one, (str, int)) for one in values)
