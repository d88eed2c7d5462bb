"""Hold a converted form against the dialect, and take out, with a sentence, what it still cannot honour."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from xiangtong.dialect.check import check
from xiangtong.dialect.vocabulary import Finding, Vocabulary
from xiangtong.interchange.report import Entry, Report

_MOST_ROUNDS = 60
_CONDITION = re.compile(r"^(?P<object>.*?)/allOf/(?P<index>[0-9]+)(?:/|$)")
_QUESTION = re.compile(r"^(?P<object>(?:.*/)?)properties/(?P<name>[a-z][a-z0-9_]*)(?:/(?!properties|items).*)?$")
_HIDDEN = "会隐藏"


def repaired(form: Mapping[str, Any], vocabulary: Vocabulary, report: Report) -> tuple[dict[str, Any], Finding | None]:
    """Give the form without what the dialect refuses; the second part is a finding that nothing could be done about."""
    mended = copy.deepcopy(dict(form))
    for _ in range(_MOST_ROUNDS):
        findings = check(mended, vocabulary)
        if not findings:
            return mended, None
        if not _mend(mended, findings[0], report):
            return mended, findings[0]
    return mended, findings[0]


def _mend(form: dict[str, Any], finding: Finding, report: Report) -> bool:
    condition, question = _CONDITION.match(finding.pointer), _QUESTION.match(finding.pointer)
    if condition:
        _without_condition(_at(form, condition["object"]), int(condition["index"]))
    elif question and _HIDDEN in finding.sentence:
        _without_requirement(_at(form, question["object"].rstrip("/")), question["name"])
    elif question:
        _without_question(form, question["object"].rstrip("/"), question["name"])
    elif finding.pointer.endswith("/required"):
        owner = _at(form, finding.pointer.removesuffix("/required"))
        owner["required"] = [name for name in owner.get("required", ()) if name in owner.get("properties", {})]
    else:
        return False
    zh = f"{finding.sentence}。这一处没有带过来"
    report.add(Entry("form", finding.pointer, _keyword(finding.pointer), "refused", zh, finding.sentence_en))
    return bool(form["properties"])


def _keyword(pointer: str) -> str:
    return next((one for one in reversed(pointer.split("/")) if one and not one.isdigit()), "")


def _at(form: dict[str, Any], pointer: str) -> dict[str, Any]:
    found: Any = form
    for token in pointer.split("/")[1:]:
        found = found[int(token)] if isinstance(found, list) else found[token]
    return found  # type: ignore[no-any-return]


def _without_condition(owner: dict[str, Any], index: int) -> None:
    members = [one for place, one in enumerate(owner["allOf"]) if place != index]
    owner["allOf"] = members
    if not members:
        del owner["allOf"]


def _without_requirement(owner: dict[str, Any], name: str) -> None:
    for place in _walk(owner):
        if name in place.get("required", ()) and "const" not in place:
            place["required"] = [one for one in place["required"] if one != name]


def _walk(owner: dict[str, Any]) -> list[dict[str, Any]]:
    found = [owner]
    for member in owner.get("allOf", ()):
        for branch in (member, member.get("then", {}), member.get("else", {})):
            if isinstance(branch, dict) and branch is not owner:
                found += _walk(branch)
    return found


def _without_question(form: dict[str, Any], pointer: str, name: str) -> None:
    owner = _at(form, pointer)
    del owner["properties"][name]
    for place in _walk(owner):
        if name in place.get("required", ()):
            place["required"] = [one for one in place["required"] if one != name]
        if place is not owner and place.get("properties", {}).get(name) is False:
            del place["properties"][name]
    for step in form["x-steps"]:
        step["ask"] = [one for one in step["ask"] if one != f"{pointer}/{name}"]
    form["x-steps"] = [step for step in form["x-steps"] if step["ask"]]
