"""The small part of JSON Schema that an ``if`` may use, as closures and as a list of what it reads.

``x-`` annotations never occur here. The browser's script interprets the same keywords; the corpus
holds both to a plain validator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xiangtong.dialect.patterns import portable
from xiangtong.dialect.vocabulary import DialectError, Schema

Test = Callable[[Any], bool]

_TYPES: Mapping[str, Test] = {
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def same(one: Any, other: Any) -> bool:
    """JSON equality: ``True`` is not ``1``."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def is_number(value: Any) -> bool:
    """Say whether a value is a JSON number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def compile_test(schema: Schema) -> Test:
    """Make the function that says whether a value satisfies an ``if``."""
    simple = _one_answer(schema)
    if simple is not None:
        return simple
    unknown = [key for key in schema if key not in _KEYWORDS and key not in BESIDE]
    if unknown:
        raise DialectError(f"an if may not use {unknown[0]}")
    tests = [_KEYWORDS[key](value) for key, value in _own(schema)]
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def _own(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Yield each keyword with what it says; how many items `contains` wants belongs to `contains`."""
    for key, value in schema.items():
        if key == "contains":
            yield key, (value, schema.get("minContains", 1), schema.get("maxContains"))
        elif key not in BESIDE:
            yield key, value


def _one_answer(schema: Schema) -> Test | None:
    """The usual ``if``, one property with one value, as one look into the object."""
    properties = schema.get("properties", {})
    if schema.keys() != {"properties", "required"} or len(properties) != 1 or list(properties) != schema["required"]:
        return None
    (name, part), *_ = properties.items()
    if part.keys() != {"const"}:
        return None
    wanted = part["const"]
    return lambda value: isinstance(value, dict) and name in value and same(value[name], wanted)


def reads(schema: Any, scope: str) -> Iterator[str]:
    """Yield the pattern of every property an ``if`` tests; ``scope`` is the object it stands in."""
    if not isinstance(schema, Mapping):
        return
    for name, part in schema.get("properties", {}).items():
        deeper = list(reads(part, f"{scope}/{name}"))
        yield from deeper or [f"{scope}/{name}"]
    for name in schema.get("required", ()):
        if name not in schema.get("properties", {}):
            yield f"{scope}/{name}"
    if isinstance(schema.get("contains"), Mapping):
        yield scope
        yield from reads(schema["contains"], f"{scope}/*")
    for key in ("allOf", "anyOf"):
        for part in schema.get(key, ()):
            yield from reads(part, scope)
    yield from reads(schema.get("not"), scope)


def _properties(wanted: Mapping[str, Schema]) -> Test:
    tests = {name: compile_test(part) for name, part in wanted.items()}

    def test(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(check(value[name]) for name, check in tests.items() if name in value)

    return test


def _required(names: list[str]) -> Test:
    return lambda value: not isinstance(value, dict) or all(name in value for name in names)


def _contains(wanted: tuple[Schema, int, int | None]) -> Test:
    part, least, most = wanted
    check = compile_test(part)

    def test(value: Any) -> bool:
        if not isinstance(value, list):
            return True
        found = sum(1 for item in value if check(item))
        return found >= least and (most is None or found <= most)

    return test


def _all_of(parts: list[Schema]) -> Test:
    tests = [compile_test(part) for part in parts]
    return lambda value: all(test(value) for test in tests)


def _any_of(parts: list[Schema]) -> Test:
    tests = [compile_test(part) for part in parts]
    return lambda value: any(test(value) for test in tests)


def _not(part: Schema) -> Test:
    check = compile_test(part)
    return lambda value: not check(value)


def _pattern(pattern: str) -> Test:
    found = re.compile(portable(pattern)).search
    return lambda value: not isinstance(value, str) or found(value) is not None


def _number(holds: Callable[[Any, Any], bool]) -> Callable[[Any], Test]:
    return lambda limit: lambda value: not is_number(value) or holds(value, limit)


def _length(kind: type[str] | type[list[Any]], holds: Callable[[int, int], bool]) -> Callable[[int], Test]:
    return lambda limit: lambda value: not isinstance(value, kind) or holds(len(value), limit)


_KEYWORDS: Mapping[str, Callable[[Any], Test]] = {
    "properties": _properties,
    "required": _required,
    "const": lambda wanted: lambda value: same(value, wanted),
    "enum": lambda wanted: lambda value: any(same(value, one) for one in wanted),
    "minimum": _number(lambda value, limit: value >= limit),
    "maximum": _number(lambda value, limit: value <= limit),
    "exclusiveMinimum": _number(lambda value, limit: value > limit),
    "exclusiveMaximum": _number(lambda value, limit: value < limit),
    "minLength": _length(str, lambda size, limit: size >= limit),
    "maxLength": _length(str, lambda size, limit: size <= limit),
    "minItems": _length(list, lambda size, limit: size >= limit),
    "maxItems": _length(list, lambda size, limit: size <= limit),
    "pattern": _pattern,
    "contains": _contains,
    "type": lambda name: _TYPES[name],
    "allOf": _all_of,
    "anyOf": _any_of,
    "not": _not,
}

#: The keywords an ``if`` may use.
KEYWORDS = frozenset(_KEYWORDS)

#: What may stand in an ``if`` besides: read together with ``contains``, or not at all.
BESIDE = frozenset({"minContains", "maxContains", "$comment"})
