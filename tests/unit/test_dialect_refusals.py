"""What the dialect refuses, each with its place and a sentence."""

import pytest

from small_form import (
    CHOICE,
    COMPARED,
    CONTAINS,
    GOOD,
    HAVE,
    LINES,
    ONE_X,
    OPTIONS,
    SUM,
    TEXT,
    VOCABULARY,
    A,
    B,
    N,
    changed,
)
from xiangtong.dialect.check import check

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


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_at_its_place_with_a_sentence(name):
    form, pointer = REFUSED[name]
    findings = check(form, VOCABULARY)
    assert findings
    assert all(finding.sentence and finding.sentence_en for finding in findings)
    assert pointer is None or pointer in [finding.pointer for finding in findings]
