"""What the dialect honours; that what ships and what is documented is accepted; that the check answers anything."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from small_form import (
    CHOICE,
    COMPARED,
    CONTAINS,
    FOLDER,
    GOOD,
    HAVE,
    LINES,
    NOTICE,
    ONE_X,
    OPTIONS,
    ROWS,
    SUM,
    TEXT,
    TIERS,
    VOCABULARY,
    A,
    B,
    changed,
)
from xiangtong.dialect.check import check, check_part
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.operators import OPERATORS
from xiangtong.dialect.vocabulary import PROBLEM_CODES, DialectError
from xiangtong.fields.kind import CODES

#: What is honoured, one form each; the corpus says what it means.
HONOURED = {
    "an enum with options": changed(*B, to={**CHOICE, "enum": ["1"], "x-options": [{"value": "1", "label": "一"}]}),
    "a oneOf with titles": changed(*B, to={**CHOICE, "oneOf": OPTIONS}),
    "choices of a oneOf": changed(
        *B, to={"type": "array", "uniqueItems": True, "maxItems": 2, "x-kind": "choices", "x-label": "乙",
                "items": {"type": "string", "oneOf": OPTIONS}},
    ),
    "a comparison as the value of a yes-no": changed(
        *SUM, to={"type": "boolean", "x-kind": "yes-no", "x-label": "超了吗", "x-derive": {"op": "at_most", "of": COMPARED}}
    ),
    "a parameter in a hint": changed(*B, "x-hint", to="最多 {param:most}"),
    "a parameter in a notice": changed(*B, to={**NOTICE, "x-text": "最多 {param:most}"}) | {"then": {}, "else": {}},
    "a parameter in a translation": changed(*B, "x-i18n", to={"en": {"hint": "At most {param:most}"}}),
    "a yes-no in its own words": changed(*A, "oneOf", to=HAVE),
    "lines of texts": changed(*B, to={**LINES, "items": {"type": "string", "maxLength": 9, "pattern": "^[A-Z]*$"}}),
    "lines of a format": changed(*B, to={**LINES, "minItems": 1, "items": {"type": "string", "format": "phone"}}),
    "lines of numbers": changed(*B, to={**LINES, "uniqueItems": True, "items": {"type": "integer", "minimum": 1}}),
    "lines that contain": changed(
        *B, to={**LINES, **CONTAINS, "contains": {"const": "a"}, "items": {"type": "string", "maxLength": 9}}
    ),
    "allOf": changed("allOf", to=[{"required": ["n"]}, {"properties": {"n": {"minimum": 3}}}]),
    "dependentRequired": changed("dependentRequired", to={"a": ["n"]}),
    "dependentSchemas": changed("dependentSchemas", to={"a": {"properties": {"n": {"minimum": 3}}}}),
    "a part of its own": {**changed(*B, to={"$ref": "#/$defs/word", "x-label": "乙"}), "$defs": {"word": TEXT}},
    "sizes": changed("properties", "rows", to={**ROWS, "minItems": 1, "uniqueItems": True}),
    "contains": changed(
        "properties", "rows",
        to={**ROWS, **CONTAINS, "contains": {**ONE_X, "required": ["x"]}, "minContains": 1, "maxContains": 2},
    ),
    "contains in a branch": changed(
        "then", "properties", to={"rows": {"contains": {**ONE_X, "required": ["x"]}, "maxContains": 1}}
    ),
    "a pattern": changed(*B, "pattern", to="^[A-Z][0-9]{2,3}(-[a-z]+)?$"),
    "a default": changed(*B, "default", to="x"),
    "read only": changed(*B, "readOnly", to=True) | {"then": {}, "else": {}},
    "write only": changed(*B, "writeOnly", to=True),
    "deprecated": changed(*B, "deprecated", to=True) | {"then": {}, "else": {}},
    "a sentence of its own": changed(*B, "x-messages", to={"too-long": "写短一点"}),
    "options by date": {
        **changed(*B, to={**CHOICE, "x-options-from": "tiers"}), "x-params": {**GOOD["x-params"], "tiers": TIERS},
    },
    "translations": changed(*B, "x-i18n", to={"bo": {"label": "ཨ"}, "zh-Hant-HK": {"label": "乙"}}),
}  # fmt: skip


def test_the_good_form_is_good():
    assert check(GOOD, VOCABULARY) == []


@pytest.mark.parametrize("name", HONOURED)
def test_it_is_honoured(name):
    assert check(HONOURED[name], VOCABULARY) == []
    assert compile_plan(HONOURED[name], VOCABULARY).schema["properties"]["b"]


def test_the_codes_of_problems_are_those_of_the_kinds():
    assert set(PROBLEM_CODES) == set(CODES.values())


@pytest.mark.parametrize("path", sorted((FOLDER / "_common").glob("*.json")), ids=lambda path: path.stem)
def test_every_shared_part_is_accepted(path):
    part = json.loads(path.read_text("utf-8"))
    if part["$id"].startswith("urn:xiangtong:common:"):
        assert check_part(part, VOCABULARY) == []
    Draft202012Validator.check_schema(part)


def test_the_meta_schema_is_a_schema():
    Draft202012Validator.check_schema(VOCABULARY.meta_schema)


def test_the_meta_schema_knows_the_same_operators_and_keywords():
    # A form that the check accepts and the meta-schema refuses is told as a finding, so one of each is enough here.
    form = changed(*B, "x-note", to={"source": "示例"})
    assert check(form, VOCABULARY) == []
    assert not Draft202012Validator(VOCABULARY.meta_schema).is_valid(changed(*B, "x-widget", to=1))


def test_references_in_a_circle_end():
    circle = {"$id": "urn:xiangtong:common:circle", "type": "array", "items": {"$ref": "urn:xiangtong:common:circle"}}
    vocabulary = type(VOCABULARY)(
        {**VOCABULARY.documents, circle["$id"]: circle}, VOCABULARY.kinds, VOCABULARY.formats, VOCABULARY.meta_schema
    )
    assert check(changed(*B, to={"$ref": circle["$id"], "x-label": "乙"}), vocabulary)


def test_equal_content_gives_the_same_plan_and_another_order_another():
    plan = compile_plan(GOOD, VOCABULARY)
    assert compile_plan(copy.deepcopy(GOOD), VOCABULARY) is plan
    turned = copy.deepcopy(GOOD)
    turned["properties"] = dict(reversed(turned["properties"].items()))
    assert compile_plan(turned, VOCABULARY).digest != plan.digest


def test_what_was_never_checked_is_not_compiled():
    with pytest.raises(DialectError):
        compile_plan(changed("if", "properties", "a", to={"format": "date"}), VOCABULARY)
    with pytest.raises(DialectError):
        compile_plan(changed(*SUM, "x-derive", to={"op": "eval", "of": "/n"}), VOCABULARY)


def test_the_example_in_the_documentation_is_a_form():
    text = (FOLDER.parent / "docs/dialect.md").read_text("utf-8")
    example = json.loads(text.split("```json")[1].split("```")[0])
    assert check(example, VOCABULARY) == []


def test_every_operator_is_documented():
    text = (FOLDER.parent / "docs/dialect.md").read_text("utf-8").split("## 6. Operators")[1]
    assert len(OPERATORS) <= 20
    for name in OPERATORS:
        assert f"`{name}`" in text


def _places(value, path=()):
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from _places(member, (*path, key))


JUNK = (
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    "",
    "x",
    "/",
    [],
    [[]],
    ["a", 1],
    {},
    {"a": {}},
    {"$ref": 1},
    {"if": True},
    [{"x": []}],
)


@given(place=st.sampled_from(list(_places(GOOD))[1:]), junk=st.sampled_from(JUNK))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_whatever_a_document_holds_the_check_answers(place, junk):
    form = copy.deepcopy(GOOD)
    here = form
    for key in place[:-1]:
        here = here[key]
    here[place[-1]] = junk
    if not check(form, VOCABULARY):
        compile_plan(form, VOCABULARY)


@given(
    kind=st.sampled_from(sorted(VOCABULARY.kinds)),
    keyword=st.sampled_from(
        [
            "x-options",
            "items",
            "x-row",
            "x-material",
            "x-derive",
            "x-rules",
            "x-prefill",
            "x-en",
            "oneOf",
            "allOf",
            "then",
            "dependentRequired",
            "dependentSchemas",
            "contains",
        ]
    ),
    junk=st.sampled_from(JUNK),
)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_whatever_a_question_holds_the_check_answers(kind, keyword, junk):
    form = copy.deepcopy(GOOD)
    form["properties"]["n"] = {"x-kind": kind, "x-label": "问", "type": "array", "maxItems": 2, keyword: junk}
    form[keyword] = junk
    if not check(form, VOCABULARY):
        compile_plan(form, VOCABULARY)
