"""Walk the places of a schema where another schema may stand, and only those.

A property may be called ``if`` or ``items``; so a walk goes by position, never by key alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xiangtong.dialect.vocabulary import Schema

SINGLE = ("items", "contains", "not", "if", "then", "else")
LISTED = ("allOf", "anyOf", "oneOf")
NAMED = ("properties", "dependentSchemas", "$defs")


def parts(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Yield every schema that stands directly in this one, with its relative JSON Pointer."""
    for key in SINGLE:
        if key in schema:
            yield f"/{key}", schema[key]
    for key in LISTED:
        members = schema.get(key)
        if isinstance(members, list):
            yield from ((f"/{key}/{index}", member) for index, member in enumerate(members))
    for key in NAMED:
        named = schema.get(key)
        if isinstance(named, Mapping):
            yield from ((f"/{key}/{escape(str(name))}", member) for name, member in named.items())


def replace_parts(schema: Schema, change: Callable[[Any], Any]) -> dict[str, Any]:
    """Copy a schema with every part replaced by what ``change`` makes of it."""
    copy = dict(schema)
    for key in SINGLE:
        if key in copy:
            copy[key] = change(copy[key])
    for key in LISTED:
        if key in copy:
            copy[key] = [change(member) for member in copy[key]]
    for key in NAMED:
        if key in copy:
            copy[key] = {name: change(member) for name, member in copy[key].items()}
    return copy


def escape(token: str) -> str:
    """Write a name as a token of a JSON Pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")
