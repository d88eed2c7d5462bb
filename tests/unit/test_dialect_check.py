"""What the dialect refuses, each with the place and a sentence; and that what ships is accepted by all."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from xiangtong.dialect.check import check, check_part
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.operators import OPERATORS
from xiangtong.dialect.vocabulary import PROBLEM_CODES, DialectError
from xiangtong.fields.kind import CODES
from xiangtong.forms.library import read_vocabulary

FOLDER = Path(__file__).resolve().parents[2] / "form_schemas"
VOCABULARY = read_vocabulary(FOLDER)

GOOD = {
    "$schema": "urn:xiangtong:form-dialect:1",
    "$id": "urn:xiangtong:form:small",
    "title": "小表",
    "x-form": {"code": "small"},
    "x-params": {"most": {"title": "上限", "default": 5}},
    "type": "object",
    "additionalProperties": False,
    "required": ["a"],
    "properties": {
        "a": {"type": "boolean", "x-kind": "yes-no", "x-label": "甲"},
        "b": {"type": "string", "maxLength": 9, "x-kind": "text", "x-label": "乙"},
        "n": {"type": "integer", "minimum": 0, "maximum": 9, "x-kind": "integer", "x-label": "数"},
        "rows": {
            "type": "array",
            "maxItems": 3,
            "x-kind": "rows",
            "x-label": "行",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "x": {"type": "integer", "minimum": 0, "maximum": 9, "x-kind": "integer", "x-label": "子"}
                },
            },
        },
        "sum": {
            "type": "integer",
            "minimum": 0,
            "maximum": 99,
            "x-kind": "integer",
            "x-label": "和",
            "x-derive": {"op": "sum", "of": "/rows/*/x"},
        },
    },
    "if": {"properties": {"a": {"const": True}}, "required": ["a"]},
    "then": {"required": ["b"]},
    "else": {"properties": {"b": False}},
    "x-rules": [{"code": "most", "op": "at_most", "of": ["/n", {"param": "most"}], "message": "太多"}],
}


def changed(*path, to):
    """Copy the good form with one place changed; ``to=None`` takes the place away."""
    form = copy.deepcopy(GOOD)
    here = form
    for name in path[:-1]:
        here = here[name]
    if to is None:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return form


A, B, N, SUM = ("properties", "a"), ("properties", "b"), ("properties", "n"), ("properties", "sum")

TEXT = GOOD["properties"]["b"]
CHOICE = {"type": "string", "x-kind": "choice", "x-label": "乙"}
ONE_X = {"properties": {"x": {"const": 1}}}
CONTAINS = {"x-messages": {"too-few-such": "要有一行填 1"}}
ROWS = GOOD["properties"]["rows"]
OPTIONS = [
    {"const": "1", "title": "一", "description": "第一", "x-en": {"label": "One"}},
    {"const": "2", "title": "二"},
]
TIERS = {
    "title": "档次",
    "dated": True,
    "default": [{"from": "2026-01-01", "value": [{"value": "1", "label": "一档"}]}],
}

LINES = {"type": "array", "maxItems": 3, "x-kind": "lines", "x-label": "乙"}
COMPARED = ["/n", {"param": "most"}]
NOTICE = {"type": "null", "x-kind": "notice", "x-label": "乙"}
HAVE = [{"const": True, "title": "有"}, {"const": False, "title": "没有"}]

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

REFUSED = {
    "another dialect": (changed("$schema", to="https://json-schema.org/draft/2020-12/schema"), "/$schema"),
    "an unknown keyword": (changed(*B, "widget", to=1), "/properties/b/widget"),
    "a comparison as the value of another kind": (
        changed(*SUM, "x-derive", to={"op": "at_most", "of": COMPARED}),
        "/properties/sum/x-derive/op",
    ),
    "a comparison with a message": (
        changed(
            *SUM,
            to={
                "type": "boolean",
                "x-kind": "yes-no",
                "x-label": "超了吗",
                "x-derive": {"op": "at_most", "of": COMPARED, "message": "超了"},
            },
        ),
        "/properties/sum/x-derive/message",
    ),
    "a parameter nobody declares in a hint": (changed(*B, "x-hint", to="{param:least}"), "/properties/b/x-hint"),
    "a parameter nobody declares in a message": (
        changed("x-rules", 0, "message", to="{param:least}"),
        "/x-rules/0/message",
    ),
    "a parameter in a label": (changed(*B, "x-label", to="最多 {param:most}"), "/properties/b/x-label"),
    "a parameter in what is agreed to": (
        changed(
            *B, to={"type": "boolean", "const": True, "x-kind": "consent", "x-label": "乙", "x-text": "{param:most}"}
        ),
        "/properties/b/x-text",
    ),
    "half the words of a yes-no": (changed(*A, "oneOf", to=HAVE[:1]), "/properties/a/oneOf"),
    "one word twice": (changed(*A, "oneOf", to=[HAVE[0], HAVE[0]]), "/properties/a/oneOf"),
    "texts as values of a yes-no": (changed(*A, "oneOf", to=OPTIONS), "/properties/a/oneOf/0/const"),
    "booleans as values of a choice": (changed(*B, to={**CHOICE, "oneOf": HAVE}), "/properties/b/oneOf/0/const"),
    "a yes-no with an enum": (changed(*A, "enum", to=[True, False]), "/properties/a"),
    "an unknown annotation": (changed(*B, "x-widget", to=1), "/properties/b/x-widget"),
    "a setting of an operator that is none": (
        changed(*SUM, "x-derive", to={"op": "disability_of", "of": "a", "part": "colour"}),
        "/properties/sum/x-derive/part",
    ),
    "bands that are no pairs": (
        changed(*SUM, "x-derive", to={"op": "band", "of": "n", "bands": [1, 2]}),
        "/properties/sum/x-derive/bands/0",
    ),
    "a default that does not fit": (changed(*B, "default", to=3), "/properties/b/default"),
    "a default for rows": (changed("properties", "rows", "default", to=[{"x": 1}]), "/properties/rows/default"),
    "a default for what is computed": (changed(*SUM, "default", to=3), "/properties/sum/default"),
    "a default for what is read only": (
        changed(*B, to={**TEXT, "readOnly": True, "default": "x"}),
        "/properties/b/default",
    ),
    "read only and required": (changed(*A, "readOnly", to=True), "/properties/a"),
    "read only and write only": (
        changed(*B, to={**TEXT, "readOnly": True, "writeOnly": True}),
        "/properties/b/writeOnly",
    ),
    "rows that are write only": (changed("properties", "rows", "writeOnly", to=True), "/properties/rows/writeOnly"),
    "a condition on what is never shown": (changed(*A, "writeOnly", to=True), "/if"),
    "deprecated and required": (changed(*A, "deprecated", to=True), "/properties/a"),
    "deprecated by a word": (changed(*B, "deprecated", to="yes"), "/properties/b/deprecated"),
    "contains without a sentence": (
        changed("properties", "rows", "contains", to={"required": ["x"]}),
        "/properties/rows",
    ),
    "contains of what may be absent": (
        changed("properties", "rows", to={**GOOD["properties"]["rows"], **CONTAINS, "contains": ONE_X}),
        "/properties/rows/contains/properties/x",
    ),
    "how many of nothing": (changed("properties", "rows", "minContains", to=2), "/properties/rows/minContains"),
    "a sentence for no problem": (changed(*B, "x-messages", to={"wrong": "不对"}), "/properties/b/x-messages/wrong"),
    "options without titles": (changed(*B, to={**CHOICE, "oneOf": [{"const": "1"}]}), "/properties/b/oneOf/0"),
    "options that are numbers": (
        changed(*B, to={**CHOICE, "oneOf": [{"const": 1, "title": "一"}]}),
        "/properties/b/oneOf/0/const",
    ),
    "options with conditions": (
        changed(*B, to={**CHOICE, "oneOf": [{"const": "1", "title": "一", "minLength": 1}]}),
        "/properties/b/oneOf/0/minLength",
    ),
    "a list of anything": (
        changed(
            *B,
            to={
                "type": "array",
                "uniqueItems": True,
                "maxItems": 3,
                "items": {"type": "string"},
                "x-kind": "choices",
                "x-label": "乙",
            },
        ),
        "/properties/b/items",
    ),
    "lines without an end": (changed(*B, to={**LINES, "items": {"type": "string"}}), "/properties/b/items"),
    "lines to choose from": (
        changed(
            *B, to={**LINES, "items": {"type": "string", "enum": ["1"], "x-options": [{"value": "1", "label": "一"}]}}
        ),
        "/properties/b",
    ),
    "lines that are no values": (changed(*B, to={**LINES, "items": {"type": "boolean"}}), "/properties/b/items/type"),
    "a line that asks": (
        changed(*B, to={**LINES, "items": {"type": "string", "maxLength": 9, "x-hint": "写"}}),
        "/properties/b/items/x-hint",
    ),
    "rows in rows": (
        changed("properties", "rows", "items", "properties", "more", to=GOOD["properties"]["rows"]),
        "/properties/rows/items/properties/more",
    ),
    "a list of options that nobody has": (
        changed(*B, to={"type": "string", "x-kind": "choice", "x-label": "乙", "x-options-from": "tiers"}),
        "/properties/b/x-options-from",
    ),
    "a dated parameter without dates": (changed("x-params", "most", "dated", to=True), "/x-params/most/default"),
    "a reference into nothing of its own": (changed(*B, to={"$ref": "#/$defs/wage", "x-label": "乙"}), ""),
    "a reference in a branch": (
        changed("then", "properties", to={"b": {"$ref": "#/$defs/b"}}),
        "/then/properties/b/$ref",
    ),
    "anyOf": (changed("anyOf", to=[{"required": ["b"]}]), "/anyOf"),
    "not": (changed(*B, "not", to={"const": "x"}), "/properties/b/not"),
    "prefixItems": (changed("properties", "rows", "prefixItems", to=[{}]), "/properties/rows/prefixItems"),
    "patternProperties": (changed("patternProperties", to={}), "/patternProperties"),
    "unevaluatedProperties": (changed("unevaluatedProperties", to=False), "/unevaluatedProperties"),
    "propertyNames": (changed("propertyNames", to={}), "/propertyNames"),
    "a dynamic reference": (changed(*B, "$dynamicRef", to="#b"), "/properties/b/$dynamicRef"),
    "an anchor": (changed(*B, "$anchor", to="b"), "/properties/b/$anchor"),
    "any number": (changed(*N, "type", to="number"), "/properties/n/type"),
    "a list of types": (changed(*N, "type", to=["integer", "null"]), "/properties/n/type"),
    "a possessive quantifier": (changed(*B, "pattern", to="a++"), "/properties/b/pattern"),
    "a lazy quantifier": (changed(*B, "pattern", to="a*?"), "/properties/b/pattern"),
    "a back reference": (changed(*B, "pattern", to="(a)\\1"), "/properties/b/pattern"),
    "a set of classes": (changed(*B, "pattern", to="[[a]b]"), "/properties/b/pattern"),
    "a quantifier of nothing": (changed(*B, "pattern", to="a|+"), "/properties/b/pattern"),
    "an open brace": (changed(*B, "pattern", to="a{,3}"), "/properties/b/pattern"),
    "an unknown kind": (changed(*B, "x-kind", to="slider"), "/properties/b/x-kind"),
    "no kind": (changed(*B, "x-kind", to=None), "/properties/b"),
    "no label": (changed(*B, "x-label", to=None), "/properties/b"),
    "no bound": (changed(*B, "maxLength", to=None), "/properties/b"),
    "a type that the kind does not have": (changed(*B, "type", to="integer"), "/properties/b/type"),
    "an unknown format": (changed(*B, "format", to="hostname"), "/properties/b/format"),
    "digits by class": (changed(*B, "pattern", to="^\\d+$"), "/properties/b/pattern"),
    "words by class": (changed(*B, "pattern", to="\\w"), "/properties/b/pattern"),
    "a unicode class": (changed(*B, "pattern", to="\\p{Han}"), "/properties/b/pattern"),
    "look-ahead": (changed(*B, "pattern", to="a(?=b)"), "/properties/b/pattern"),
    "a broken pattern": (changed(*B, "pattern", to="(a"), "/properties/b/pattern"),
    "a broken multiple": (changed(*N, "multipleOf", to=0.01), "/properties/n/multipleOf"),
    "a number beyond 2^53": (changed(*N, "maximum", to=2**53), "/properties/n/maximum"),
    "a broken bound": (changed(*N, "maximum", to=1.5), "/properties/n/maximum"),
    "an open object": (changed("additionalProperties", to=True), "/additionalProperties"),
    "an object that says nothing of it": (changed("additionalProperties", to=None), ""),
    "a name with capitals": (changed("properties", "Name", to=GOOD["properties"]["b"]), "/properties"),
    "a question in a branch": (changed("then", "properties", to={"c": {"type": "string", "x-kind": "text"}}), None),
    "a format in an if": (changed("if", "properties", "a", to={"format": "date"}), "/if/properties/a/format"),
    "an if that does not require what it tests": (changed("if", "required", to=None), "/if/properties/a"),
    "an if that requires it only under not": (
        changed("if", to={"not": {"properties": {"a": {"const": True}}, "required": ["a"]}}),
        "/if/not/properties/a",
    ),
    "an if on a later question": (
        changed("if", to={"properties": {"n": {"const": 1}}, "required": ["n"]}),
        "/if",
    ),
    "an if on nothing": (changed("if", to={"properties": {"z": {"const": 1}}, "required": ["z"]}), "/if"),
    "hidden and yet required": (changed("required", to=["a", "b"]), "/properties/b"),
    "required and not declared": (changed("required", to=["a", "z"]), "/required"),
    "a derived value required": (changed("required", to=["a", "sum"]), "/properties/sum"),
    "a derivation from later": (changed(*N, "x-derive", to={"op": "sum", "of": "/sum"}), "/properties/n/x-derive"),
    "a derivation from nothing": (changed(*SUM, "x-derive", to={"op": "sum", "of": "/z"}), "/properties/sum/x-derive"),
    "an unknown operator": (changed(*SUM, "x-derive", to={"op": "eval", "of": "/n"}), "/properties/sum/x-derive/op"),
    "a rule that derives": (changed(*SUM, "x-derive", to={"op": "at_most", "of": ["/n", "/n"]}), None),
    "an unknown setting": (changed(*SUM, "x-derive", to={"op": "sum", "of": "/n", "js": "1"}), None),
    "a missing setting": (changed(*SUM, "x-derive", to={"op": "band", "of": "/n"}), "/properties/sum/x-derive"),
    "an undeclared parameter": (changed("x-rules", 0, "of", to=["/n", {"param": "least"}]), "/x-rules/0/of/1"),
    "a rule without words": (changed("x-rules", 0, "message", to=None), "/x-rules/0"),
    "a rule about nothing": (changed("x-rules", 0, "of", to=["/z", {"const": 1}]), "/x-rules/0"),
    "options without words": (
        changed(*B, to={"type": "string", "enum": ["1"], "x-kind": "choice", "x-label": "乙"}),
        "/properties/b",
    ),
    "options that are not the enum": (
        changed(
            *B,
            to={
                "type": "string",
                "enum": ["1"],
                "x-kind": "choice",
                "x-label": "乙",
                "x-options": [{"value": "2", "label": "二"}],
            },
        ),
        "/properties/b/x-options",
    ),
    "a reference to nothing": (changed(*B, to={"$ref": "urn:xiangtong:common:nobody", "x-label": "乙"}), ""),
    "a reference into the network": (
        changed(*B, to={"$ref": "https://example.com/x", "x-label": "乙"}),
        "/properties/b/$ref",
    ),
    "assertions beside a reference": (
        changed(*B, to={"$ref": "urn:xiangtong:common:relation", "properties": {}}),
        "/properties/b/properties",
    ),
    "a oneOf that nothing tells apart": (changed("oneOf", to=[{"required": ["a"]}, {"required": ["b"]}]), "/oneOf"),
    "a step that asks for nothing": (changed("x-steps", to=[{"id": "s", "title": "步", "ask": ["/z"]}]), "/x-steps"),
    "a question in no step": (
        changed("x-steps", to=[{"id": "s", "title": "步", "ask": ["/a", "/b", "/n", "/rows"]}]),
        "/properties/sum",
    ),
    "a question in two steps": (
        changed("x-steps", to=[{"id": "s", "title": "步", "ask": ["/a", "/a", "/b", "/n", "/rows", "/sum"]}]),
        "/properties/a",
    ),
    "a list for a form": ([], ""),
    "a question that is no object": (changed(*B, to=True), "/properties/b"),
}


def test_the_good_form_is_good():
    assert check(GOOD, VOCABULARY) == []


@pytest.mark.parametrize("name", HONOURED)
def test_it_is_honoured(name):
    assert check(HONOURED[name], VOCABULARY) == []
    assert compile_plan(HONOURED[name], VOCABULARY).schema["properties"]["b"]


def test_the_codes_of_problems_are_those_of_the_kinds():
    assert set(PROBLEM_CODES) == set(CODES.values())


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_at_its_place_with_a_sentence(name):
    form, pointer = REFUSED[name]
    findings = check(form, VOCABULARY)
    assert findings
    assert all(finding.sentence and finding.sentence_en for finding in findings)
    assert pointer is None or pointer in [finding.pointer for finding in findings]


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
