"""Cases modelled on the groups of the public JSON-Schema-Test-Suite: one keyword each, a value, and whether it fits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evaluator_pair import ROOT, vocabulary
from xiangtong.dialect.conditions import BESIDE, KEYWORDS
from xiangtong.dialect.resolve import resolve
from xiangtong.dialect.rewrite import rewrite
from xiangtong.dialect.walk import parts

#: One group: {"description", "schema", "tests": [{"description", "data", "valid"}]}.
GROUPS: list[dict[str, Any]] = json.loads((ROOT / "tests/schemas/keywords.json").read_text(encoding="utf-8"))


def plain(group: dict[str, Any]) -> dict[str, Any]:
    """The schema of a group as both evaluators read it: references resolved, only `if` left of its conditions."""
    read: dict[str, Any] = rewrite(resolve(group["schema"], vocabulary()))
    return {key: value for key, value in read.items() if key != "$schema"}


def written(group: dict[str, Any]) -> list[bool]:
    """What is written down for each case of a group."""
    return [one["valid"] for one in group["tests"]]


def keywords_in(schema: dict[str, Any]) -> Iterator[str]:
    """Every keyword of a schema, those of its parts included."""
    yield from schema
    for _, part in parts(schema):
        if isinstance(part, dict):
            yield from keywords_in(part)


def may_stand_in_if(group: dict[str, Any]) -> bool:
    """Say whether the schema could be an `if`, which never holds `false` in place of a schema."""
    schema = plain(group)
    return set(keywords_in(schema)) <= KEYWORDS | BESIDE and not any(
        isinstance(part, bool) for _, part in parts(schema)
    )


def is_for_ifs(group: dict[str, Any]) -> bool:
    """Say whether the schema can stand nowhere else."""
    return bool({"anyOf", "not"} & set(keywords_in(plain(group))))
