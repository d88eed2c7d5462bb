"""A form as plain JSON Schema 2020-12: references resolved, options with their words, not a word of ours left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.dialect.resolve import resolve
from xiangtong.dialect.rewrite import rewrite
from xiangtong.dialect.walk import replace_parts
from xiangtong.fields.parameters import with_parameters
from xiangtong.forms.library import Form


def plain_schema(form: Form) -> dict[str, Any]:
    """What any validator of JSON Schema reads. It accepts what we store of the form, and refuses what we refuse by shape.

    Rules and computed values (`x-rules`, `x-derive`) have no counterpart: a computed value is `readOnly`.
    """
    found: dict[str, Any] = _plain(rewrite(resolve(form.schema, form.vocabulary)), form.plan)
    return found


def _plain(schema: Any, plan: Plan) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    said = replace_parts(schema, lambda part: _plain(part, plan))
    kept = {key: value for key, value in said.items() if not key.startswith("x-")}
    return kept | _words(schema, plan) | _options(schema)


def _words(schema: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(schema.get("x-label"), str):
        found["title"] = schema["x-label"]
    text = schema.get("x-text") or schema.get("x-hint")
    if isinstance(text, str):
        found["description"] = with_parameters(text, plan, {})
    if "x-derive" in schema or schema.get("x-office"):
        found["readOnly"] = True
    return found


def _options(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`enum` stays for those who check; `oneOf` with titles says what the values mean."""
    listed = schema.get("x-options")
    if not isinstance(listed, list) or "enum" not in schema:
        return {}
    return {"oneOf": [{"const": one["value"], "title": one["label"]} for one in listed]}
