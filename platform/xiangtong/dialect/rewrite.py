"""Rewrite ``dependentRequired``, ``dependentSchemas`` and a discriminated ``oneOf`` as the ``if`` they stand for,
and a ``oneOf`` of constants with titles as the options it stands for.

A failing ``oneOf`` does not say which question is wrong, and three ways to say one thing would have to be
understood three times in two languages. After this, only ``if`` and ``enum`` are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xiangtong.dialect.vocabulary import DialectError, Schema
from xiangtong.dialect.walk import replace_parts

_SUGAR = ("dependentRequired", "dependentSchemas", "oneOf")


def rewrite(schema: Any) -> Any:
    """Give the same schema with ``if`` as its only conditional keyword."""
    if not isinstance(schema, Mapping):
        return schema
    plain = replace_parts(_with_options(schema), rewrite)
    members = list(_as_ifs(plain))
    if not members:
        return plain
    kept = {key: value for key, value in plain.items() if key not in _SUGAR}
    kept["allOf"] = [*plain.get("allOf", ()), *members]
    return kept


def are_options(members: Any) -> bool:
    """Say whether the members of a ``oneOf`` are options: each a constant with its title."""
    if not isinstance(members, list) or not members:
        return False
    return all(isinstance(one, Mapping) and "const" in one and "required" not in one for one in members)


def _with_options(schema: Schema) -> Schema:
    members = schema.get("oneOf") or []
    if not are_options(members):
        return schema
    kept = {key: value for key, value in schema.items() if key != "oneOf"}
    return {**kept, "enum": [one["const"] for one in members], "x-options": [_option(one) for one in members]}


def _option(member: Schema) -> dict[str, Any]:
    """What ``x-options`` would say of a member."""
    told = {"value": member["const"], "label": member.get("title", str(member["const"]))}
    if "description" in member:
        told["hint"] = member["description"]
    english = member.get("x-en", {})
    words = {"label_en": english.get("label", ""), "hint_en": english.get("hint", "")}
    return told | {key: value for key, value in words.items() if value}


def discriminator(members: Sequence[Schema]) -> str | None:
    """Give the one property that tells the members of a ``oneOf`` apart; None where there is none."""
    shared: set[str] | None = None
    for member in members:
        told = {name for name in member.get("required", ()) if _tells(member, name)}
        shared = told if shared is None else shared & told
    for name in sorted(shared or ()):
        values = [value for member in members for value in _values(member, name)]
        if len({repr(value) for value in values}) == len(values):
            return name
    return None


def _tells(member: Schema, name: str) -> bool:
    part = member.get("properties", {}).get(name)
    return isinstance(part, Mapping) and bool({"const", "enum"} & set(part))


def _values(member: Schema, name: str) -> list[Any]:
    part = member["properties"][name]
    return [part["const"]] if "const" in part else list(part["enum"])


def _as_ifs(schema: Schema) -> Iterator[dict[str, Any]]:
    for name, names in schema.get("dependentRequired", {}).items():
        yield {"if": {"required": [name]}, "then": {"required": list(names)}}
    for name, branch in schema.get("dependentSchemas", {}).items():
        yield {"if": {"required": [name]}, "then": branch}
    members = schema.get("oneOf") or []
    if members:
        yield from _discriminated(members)


def _discriminated(members: Sequence[Schema]) -> Iterator[dict[str, Any]]:
    name = discriminator(members)
    if name is None:
        raise DialectError("the members of a oneOf need one property with a different const in each")
    allowed = [value for member in members for value in _values(member, name)]
    yield {"required": [name], "properties": {name: {"enum": allowed}}}
    # Each member stands in the `else` of the one before, so that it is plain that only one can hold.
    chain: dict[str, Any] = {}
    for member in reversed(members):
        test = {"properties": {name: member["properties"][name]}, "required": [name]}
        chain = {"if": test, "then": _without(member, name), **({"else": chain} if chain else {})}
    yield chain


def _without(member: Schema, name: str) -> dict[str, Any]:
    """Give a member without its discriminator."""
    kept = {key: value for key, value in member.items() if key not in ("properties", "required")}
    kept["properties"] = {key: part for key, part in member["properties"].items() if key != name}
    kept["required"] = [key for key in member["required"] if key != name]
    return kept
