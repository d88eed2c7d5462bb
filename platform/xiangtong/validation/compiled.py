"""The fast validator of a plan: Rust, compiled once per content hash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from xiangtong.dialect.conditions import compile_test
from xiangtong.dialect.plan import Plan, pattern_of
from xiangtong.dialect.walk import replace_parts
from xiangtong.fields.formats import CHECKERS, FORMATS


@dataclass(frozen=True, slots=True)
class Refused:
    """One keyword that effective data break."""

    pointer: str
    keyword: str
    limit: Any
    value: Any


_validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

#: More forms than one process ever serves at a time; the oldest is forgotten first.
_KEPT = 1024


def validator_of(plan: Plan) -> jsonschema_rs.Draft202012Validator:
    """Give the compiled validator of a plan."""
    found = _validators.get(plan.digest)
    if found is None:
        if len(_validators) >= _KEPT:
            _validators.pop(next(iter(_validators)))
        found = jsonschema_rs.Draft202012Validator(
            bare(plan.schema), formats=dict(CHECKERS), validate_formats=True, ignore_unknown_formats=False
        )
        _validators[plan.digest] = found
    return found


def refusals(plan: Plan, stored: Mapping[str, Any]) -> Iterator[Refused]:
    """Yield every keyword that effective data break; the usual case, none, costs one call."""
    validator = validator_of(plan)
    if validator.is_valid(stored):
        return
    for error in validator.iter_errors(stored):
        pointer = "".join(f"/{token}" for token in error.instance_path)
        keyword, limit = error.kind.name, error.kind.value
        if keyword == "contains" and _holds_any(plan, error):
            keyword = "maxContains"
        if keyword == "required":
            yield Refused(f"{pointer}/{limit}", keyword, True, None)
        else:
            yield Refused(pointer, keyword, limit, error.instance)


def _holds_any(plan: Plan, error: Any) -> bool:
    """Say whether a list refused by ``contains`` holds too many such items; without that, it holds too few."""
    if error.schema_path[-1] != "maxContains":
        return False
    part: Any = bare(plan.schema)
    for token in error.schema_path[:-1]:
        part = part[token]
    return any(map(compile_test(part["contains"]), error.instance))


def bare(schema: Any) -> Any:
    """Copy a schema with its words gone and simple formats written as patterns, which Rust checks itself."""
    if not isinstance(schema, Mapping):
        return schema
    kept = {key: value for key, value in replace_parts(schema, bare).items() if not key.startswith("x-")}
    entry = FORMATS.get(kept.get("format", ""))
    if entry is not None and "check" not in entry and "pattern" not in kept:
        # Its problem is still told as a format, since `keyword_of` looks the question up.
        kept.pop("format")
        kept["pattern"] = entry["pattern"]
    return kept


@lru_cache(maxsize=65536)
def _pattern(pointer: str) -> str:
    return pattern_of(pointer)


def keyword_of(plan: Plan, refused: Refused) -> str:
    """Give the keyword as the form wrote it: a simple format was checked as a pattern."""
    if refused.keyword != "pattern":
        return refused.keyword
    schema = _schema_at(plan, refused.pointer)
    return "format" if "format" in schema and "pattern" not in schema else refused.keyword


def _schema_at(plan: Plan, pointer: str) -> Mapping[str, Any]:
    """The schema of a question, or of one line of ``lines``."""
    pattern = _pattern(pointer)
    around = plan.by_pattern.get(pattern.removesuffix("/*"))
    if around is None:
        return {}
    return around.schema if around.pattern == pattern else around.line.schema
