"""Schemas of the dialect and answers to them, made at random; and whether the three validators agree about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from jsonschema import Draft202012Validator
from playwright.sync_api import Page

from xiangtong.dialect.conditions import BESIDE, KEYWORDS
from xiangtong.dialect.rewrite import rewrite

Case = tuple[dict[str, Any], list[Any]]

_NAMES = ("a", "b", "c")
_TEXTS = ("", "x", "1", "张三", "𠮷", "ab\ncd", "12", "xyz")
_CONSTANTS = st.sampled_from([*_TEXTS, 0, 1, 2, -3, True, False])
_SIZES = st.integers(0, 4)
#: Values of every sort, near to the limits that schemas state.
VALUES = st.recursive(
    st.none() | _CONSTANTS | st.integers(-6, 6) | st.text("ab1张𠮷", max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*_NAMES, "z"]), inner, max_size=4),
    max_leaves=8,
)
_OF_NUMBERS = {
    "minimum": st.integers(-3, 3), "maximum": st.integers(-3, 6), "exclusiveMinimum": st.integers(-3, 3),
    "exclusiveMaximum": st.integers(-3, 6), "multipleOf": st.integers(1, 4),
}  # fmt: skip
_OF_TEXTS = {
    "minLength": _SIZES, "maxLength": _SIZES,
    "pattern": st.sampled_from(["^[0-9]+$", "a", "^[^0-9]*$", "^.{2}$", "(x|𠮷)", "^[一-龥]{1,2}$"]),
}  # fmt: skip
_PLAIN = {
    "type": st.sampled_from(["string", "integer", "boolean", "array", "object"]), "const": _CONSTANTS,
    "enum": st.lists(_CONSTANTS, min_size=1, max_size=4, unique_by=repr),
}  # fmt: skip
_TESTS = st.fixed_dictionaries({}, optional={**_PLAIN, **_OF_NUMBERS, **_OF_TEXTS})


def _lists(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    sizes = {"minItems": _SIZES, "maxItems": _SIZES, "uniqueItems": st.booleans(), "items": inner}
    such = {"minContains": _SIZES, "maxContains": _SIZES}
    return st.fixed_dictionaries({}, optional=sizes) | st.fixed_dictionaries(
        {"contains": inner}, optional={**sizes, **such}
    )


def _objects(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(_NAMES), unique=True, max_size=3)
    named = st.dictionaries(st.sampled_from(_NAMES), inner | st.just(False), max_size=3)
    return st.fixed_dictionaries(
        # What depends on an answer stands on objects only, in the dialect.
        {"properties": named, "type": st.just("object")},
        optional={
            "required": names, "additionalProperties": st.just(False), "allOf": st.lists(inner, min_size=1, max_size=2),
            "if": inner, "then": inner, "else": inner,
            "dependentSchemas": st.dictionaries(st.sampled_from(_NAMES), inner, max_size=2),
            "dependentRequired": st.dictionaries(st.sampled_from(_NAMES), names, max_size=2),
        },
    )  # fmt: skip


def _without_false(schema: Any) -> Any:
    """An `if` never holds `false` in place of a schema, nor what only forms hold."""
    if isinstance(schema, list):
        return [_without_false(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _without_false(value) for key, value in schema.items()}
    if isinstance(kept.get("if"), dict):
        kept["if"] = _tests_only(kept["if"])
    if isinstance(kept.get("contains"), dict):
        kept["contains"] = _tests_only(kept["contains"])
    return kept


def _tests_only(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in schema.items() if key in KEYWORDS | BESIDE}
    if "properties" in kept:
        kept["properties"] = {name: _tests_only(part) for name, part in kept["properties"].items() if part is not False}
    if "allOf" in kept:
        kept["allOf"] = [_tests_only(part) for part in kept["allOf"]]
    if "contains" in kept:
        kept["contains"] = _tests_only(kept["contains"])
    return kept


_JUDGE = """(all) => all.map(([schema, values]) =>
  values.map((one) => Xiangtong.refusals(schema, one, {}, "", []).length === 0))"""

SCHEMAS = st.recursive(_TESTS, lambda inner: _lists(inner) | _objects(inner), max_leaves=6).map(_without_false)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A schema, and answers: some that hypothesis-jsonschema makes to fit it, some of any sort."""
    schema = draw(SCHEMAS)
    made_to_fit = from_schema(schema) if _is_quickly_met(schema) else st.nothing()
    fitting = [] if made_to_fit.is_empty else [draw(made_to_fit)]
    return schema, [*fitting, *draw(st.lists(VALUES, min_size=3, max_size=6))]


def _is_quickly_met(schema: dict[str, Any]) -> bool:
    """Say whether values that fit are made quickly: of texts and numbers. Lists and objects come from `VALUES`."""
    return schema.get("type") in ("string", "integer", "boolean") and "pattern" not in schema


def told_apart(page: Page, made: Sequence[Case]) -> list[str]:
    """Every case about which the fast validator, the plain one and the browser do not say the same."""
    read = [(rewrite(schema), values) for schema, values in made]
    decided = page.evaluate(_JUDGE, [list(pair) for pair in read])
    apart = []
    for (written, values), (schema, _), browser in zip(made, read, decided, strict=True):
        plain, fast = Draft202012Validator(written), jsonschema_rs.Draft202012Validator(schema)
        for value, third in zip(values, browser, strict=True):
            said = (plain.is_valid(value), fast.is_valid(value), third)
            if len(set(said)) > 1:
                apart.append(f"plain, fast, browser: {said} of {value!r} by {written}")
    return apart
