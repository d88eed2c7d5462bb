"""Replace every ``$ref`` by the shared part it names, so that one plain schema remains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, SchemaResource

from xiangtong.dialect.vocabulary import DialectError, Schema, Vocabulary

#: Keywords that may stand beside ``$ref`` though they assert something.
MERGED = {"required", "allOf"}
OVERRIDDEN = {
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("contains", "minContains", "maxContains", "default", "readOnly", "writeOnly", "deprecated"),
}

#: What names a document, and what it keeps for its own references: neither means anything once they are resolved.
_OF_DOCUMENTS = frozenset({"$id", "$schema", "$defs"})

#: Deeper than any form; a reference that leads to itself ends here.
DEEPEST = 24


def resolve(schema: Schema, vocabulary: Vocabulary) -> dict[str, Any]:
    """Give the schema without references. Raises ``DialectError`` where one leads nowhere.

    ``#/$defs/name`` is looked up in the document in which it is written, the form or the shared part.
    """
    whole: SchemaResource = DRAFT202012.create_resource(schema)
    resolved: dict[str, Any] = _resolve(schema, vocabulary.registry.resolver_with_root(whole), 0)
    resolved["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    resolved.pop("$defs", None)
    return resolved


def _resolve(node: Any, resolver: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise DialectError("references lead in a circle, or the form is nested too deeply")
    if isinstance(node, list):
        return [_resolve(member, resolver, depth + 1) for member in node]
    if not isinstance(node, Mapping):
        return node
    beside = {key: _resolve(value, resolver, depth + 1) for key, value in node.items() if key != "$ref"}
    if not isinstance(node.get("$ref"), str):
        return {**beside, "$ref": node["$ref"]} if "$ref" in node else beside
    part, inside = _look_up(node["$ref"], resolver)
    return _merge(_resolve(part, inside, depth + 1), beside)


def _look_up(reference: str, resolver: Any) -> tuple[Schema, Any]:
    """Give the part that a reference names, and what its own references are looked up with."""
    try:
        found = resolver.lookup(reference)
    except Unresolvable as error:
        raise DialectError(f"no shared part is named {reference}") from error
    if not isinstance(found.contents, Mapping):
        raise DialectError(f"{reference} is not a schema object")
    return found.contents, found.resolver


def _merge(part: Schema, beside: Schema) -> dict[str, Any]:
    merged = {key: value for key, value in part.items() if key not in _OF_DOCUMENTS}
    for key, value in beside.items():
        if key in MERGED:
            merged[key] = [*merged.get(key, ()), *(item for item in value if item not in merged.get(key, ()))]
        elif key in ("x-en", "x-i18n", "x-messages"):
            merged[key] = {**merged.get(key, {}), **value}
        else:
            merged[key] = value
    return merged
