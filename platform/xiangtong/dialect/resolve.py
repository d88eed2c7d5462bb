"""Replace every ``$ref`` by the shared part it names, so that one plain schema remains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referencing.exceptions import Unresolvable

from xiangtong.dialect.vocabulary import DialectError, Schema, Vocabulary

#: Keywords that may stand beside ``$ref`` though they assert something.
MERGED = {"required", "allOf"}
OVERRIDDEN = {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"}
ANNOTATIONS = {"$comment", "title", "description"}

#: Deeper than any form; a reference that leads to itself ends here.
DEEPEST = 24


def resolve(schema: Schema, vocabulary: Vocabulary) -> dict[str, Any]:
    """Give the schema without references. Raises ``DialectError`` where one leads nowhere."""
    resolved: dict[str, Any] = _resolve(schema, vocabulary, 0)
    resolved["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return resolved


def look_up(reference: str, vocabulary: Vocabulary) -> Schema:
    """Give the shared part of a reference. Raises ``DialectError`` where there is none."""
    try:
        found = vocabulary.registry.resolver().lookup(reference).contents
    except Unresolvable as error:
        raise DialectError(f"no shared part is named {reference}") from error
    if not isinstance(found, Mapping):
        raise DialectError(f"{reference} is not a schema object")
    return found


def _resolve(node: Any, vocabulary: Vocabulary, depth: int) -> Any:
    if depth > DEEPEST:
        raise DialectError("references lead in a circle, or the form is nested too deeply")
    if isinstance(node, list):
        return [_resolve(member, vocabulary, depth + 1) for member in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(node.get("$ref"), str):
        node = _merge(look_up(node["$ref"], vocabulary), node)
        return _resolve(node, vocabulary, depth + 1)
    return {key: _resolve(value, vocabulary, depth + 1) for key, value in node.items()}


def _merge(part: Schema, beside: Schema) -> dict[str, Any]:
    merged = {key: value for key, value in part.items() if key not in ("$id", "$schema")}
    for key, value in beside.items():
        if key == "$ref":
            continue
        if key in MERGED:
            merged[key] = [*merged.get(key, ()), *(item for item in value if item not in merged.get(key, ()))]
        elif key == "x-en":
            merged[key] = {**merged.get(key, {}), **value}
        else:
            merged[key] = value
    return merged
