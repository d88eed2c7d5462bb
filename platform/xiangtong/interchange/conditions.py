"""The `if` of elsewhere: names and constants become ours, and what is tested is listed in `required`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from xiangtong.interchange.patterns import Unreadable, rewritten
from xiangtong.interchange.scalars import Taken

_SIZES = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_WORDS = frozenset({"title", "description", "$comment", "default", "additionalProperties", "nullable"})


class Untestable(ValueError):
    """A condition that cannot be said here; two sentences say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


def test_of(source: Any, fields: Mapping[str, Taken]) -> dict[str, Any]:
    """Convert the test of an object whose questions are `fields`, by their names in the source. Raises Untestable."""
    if not isinstance(source, Mapping):
        raise Untestable("条件要写成一个 JSON 对象", "A condition is a JSON object")
    found: dict[str, Any] = {}
    required: list[str] = [_field(name, fields).name for name in _names(source.get("required", []))]
    for key, value in source.items():
        if key == "properties":
            parts = [(_field(name, fields), part) for name, part in _object(value).items()]
            found["properties"] = {field.name: value_test(part, field) for field, part in parts}
            required += found["properties"]
        elif key in ("allOf", "anyOf"):
            found[key] = [test_of(member, fields) for member in _list(value)]
        elif key == "not":
            found[key] = test_of(value, fields)
            # An answer that is not there must not make the condition hold.
            required += _tested(found[key])
            found[key] = _without_required(found[key], value)
        elif key not in _WORDS | {"required", "type"}:
            raise Untestable(f"条件里不能用 {key}", f"A condition may not use {key}")
    if required:
        found["required"] = list(dict.fromkeys(required))
    return found


def value_test(source: Any, field: Taken) -> dict[str, Any]:
    """Convert what is asked of one answer."""
    if source is True:
        return {}
    if not isinstance(source, Mapping):
        raise Untestable("条件要写成一个 JSON 对象", "A condition is a JSON object")
    if field.schema.get("type") == "object":
        return test_of(source, field.fields)
    found: dict[str, Any] = {}
    for key, value in source.items():
        if key not in _WORDS | {"type"}:
            found[key] = _keyword(key, value, field)
    return found


def _keyword(key: str, value: Any, field: Taken) -> Any:
    if key == "const" or key in _BOUNDS:
        return _stored(value, field)
    if key == "enum":
        return [_stored(one, field) for one in _list(value)]
    if key in ("allOf", "anyOf"):
        return [value_test(member, field) for member in _list(value)]
    if key == "not" or (key == "contains" and "*" in field.fields):
        return value_test(value, field if key == "not" else field.fields["*"])
    return _plain(key, value)


def _plain(key: str, value: Any) -> Any:
    if key in _SIZES and isinstance(value, int) and not isinstance(value, bool):
        return value
    if key == "pattern" and isinstance(value, str):
        with contextlib.suppress(Unreadable):
            return rewritten(value)
    raise Untestable(f"条件里不能用 {key}", f"A condition may not use {key}")


def _stored(value: Any, field: Taken) -> Any:
    try:
        stored = field.stored(value)
    except (ValueError, TypeError):
        stored = None
    if not isinstance(stored, (str, int, bool)) or stored == "":
        raise Untestable(f"条件里的值 {value} 不是这个问题能有的答案", f"{value} is no answer of this question")
    return stored


def _field(name: str, fields: Mapping[str, Taken]) -> Taken:
    if name not in fields or fields[name].schema.get("x-kind") == "notice":
        raise Untestable(f"条件判断的 {name} 没有带过来", f"{name}, which it tests, was not taken over")
    return fields[name]


def _tested(test: Mapping[str, Any]) -> list[str]:
    inner = [name for key in ("allOf", "anyOf") for one in test.get(key, ()) for name in _tested(one)]
    return [*test.get("properties", {}), *inner]


def _without_required(test: dict[str, Any], source: Any) -> dict[str, Any]:
    """Below `not`, only what the source itself requires stays required."""
    wanted = bool(isinstance(source, Mapping) and source.get("required"))
    return test if wanted else {key: value for key, value in test.items() if key != "required"}


def _names(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Untestable("条件要写成一个 JSON 对象", "A condition is a JSON object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Untestable("条件里的列表是空的", "An empty list in a condition")
    return value
