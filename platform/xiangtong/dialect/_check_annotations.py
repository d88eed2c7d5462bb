"""Check what a question says besides its answer's shape: how it begins, who may see and change it, its own sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from xiangtong.dialect.vocabulary import GROUP_KINDS, PROBLEM_CODES, Finding, Schema

#: Kinds whose answer nobody may give beforehand (a consent above all), or that have none of their own.
_NEVER_BEFOREHAND = GROUP_KINDS | {"consent", "file", "photo", "signature", "rows", "notice", "opinion"}


def check_annotations(question: Schema, place: str, params: Schema, kind: Schema) -> Iterator[Finding]:
    """Yield what is refused about one question's annotations; ``kind``: what its kind asks of it."""
    yield from _default(question, place)
    yield from _single_only(question, place)
    yield from _contains(question, place)
    if question.get("x-options-from") != kind.get("schema", {}).get("x-options-from"):
        yield from _list_name(question, place, params)
    for code in question.get("x-messages", {}):
        if code not in PROBLEM_CODES:
            yield Finding(f"{place}/x-messages/{code}", f"没有叫 {code} 的问题代码", f"No problem is called {code}")


def check_params(params: Schema) -> Iterator[Finding]:
    """Yield what is refused about dated parameters."""
    for name, one in params.items():
        entries = one.get("default")
        if one.get("dated") and not (isinstance(entries, list) and entries and all(map(_is_entry, entries))):
            yield Finding(
                f"/x-params/{name}/default",
                "按日期的参数要写成 [{from: 2026-01-01, value: …}] 的列表",
                "A dated parameter is a list of entries with from and value",
            )


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, Mapping) and isinstance(entry.get("from"), str) and entry.keys() == {"from", "value"}


def _default(question: Schema, place: str) -> Iterator[Finding]:
    if "default" not in question:
        return
    if question.get("x-kind") in _NEVER_BEFOREHAND or "x-derive" in question or question.get("x-office"):
        yield Finding(f"{place}/default", "这个问题不能替人先填好", "Nobody may answer this one beforehand")
        return
    plain = {key: value for key, value in question.items() if not key.startswith("x-") and key != "format"}
    if not Draft202012Validator(plain).is_valid(question["default"]):
        yield Finding(f"{place}/default", "先填好的内容不符合这个问题的要求", "The default does not fit the question")


def _single_only(question: Schema, place: str) -> Iterator[Finding]:
    container = question.get("x-kind") in GROUP_KINDS | {"rows"}
    for keyword in ("readOnly", "writeOnly", "deprecated"):
        if question.get(keyword) and (container or "x-derive" in question or question.get("x-office")):
            yield Finding(
                f"{place}/{keyword}", f"{keyword} 只能写在要人填的单个问题上", f"{keyword} is for single questions"
            )
    if question.get("readOnly") and question.get("writeOnly"):
        yield Finding(f"{place}/writeOnly", "readOnly 和 writeOnly 不能同时写", "It is either readOnly or writeOnly")
    if question.get("readOnly") and "default" in question:
        yield Finding(f"{place}/default", "只读的问题没有人填，不能有 default", "Nobody fills in what is readOnly")


def _contains(question: Schema, place: str) -> Iterator[Finding]:
    messages = question.get("x-messages", {})
    if "contains" in question and not {"too-few-such", "too-many-such"} & messages.keys():
        yield Finding(
            place,
            "用了 contains，就要在 x-messages 里用 too-few-such 或 too-many-such 说清楚缺什么、多什么",
            "With contains goes a sentence in x-messages: too-few-such or too-many-such",
        )
    for keyword in ("minContains", "maxContains"):
        if keyword in question and "contains" not in question:
            yield Finding(f"{place}/{keyword}", f"{keyword} 要和 contains 一起用", f"{keyword} goes with contains")


def _list_name(question: Schema, place: str, params: Schema) -> Iterator[Finding]:
    name = question.get("x-options-from")
    if name is not None and name not in params:
        yield Finding(
            f"{place}/x-options-from", f"没有叫 {name} 的选项列表，请在 x-params 里声明", f"No list is called {name}"
        )
