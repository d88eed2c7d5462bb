"""Which keywords may stand where, and what they may hold. Works on the document as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.dialect import conditions
from xiangtong.dialect.patterns import why_refused
from xiangtong.dialect.resolve import OVERRIDDEN
from xiangtong.dialect.rewrite import are_options, discriminator
from xiangtong.dialect.vocabulary import LARGEST_INTEGER, Finding, Schema, Vocabulary
from xiangtong.dialect.walk import escape, parts

_SAID = frozenset({"title", "description", "$comment"})
_CONDITIONAL = frozenset({"if", "then", "else", "allOf", "dependentRequired", "dependentSchemas", "oneOf"})
_OBJECT = frozenset({"type", "properties", "required", "additionalProperties"}) | _CONDITIONAL
_NARROWING = frozenset(
    {"const", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems"}
)
_CONTAINING = frozenset({"contains", "minContains", "maxContains"})
_SINGLE = (
    _NARROWING
    | _CONTAINING
    | {"type", "format", "multipleOf", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum", "items"}
    | {"default", "readOnly", "writeOnly", "deprecated"}
)
_ROOT_NOTES = frozenset({"x-form", "x-steps", "x-params", "x-rules", "x-print", "x-en", "x-i18n", "x-note"})
_NOTES = frozenset(
    {
        *("x-kind", "x-label", "x-hint", "x-example", "x-unit", "x-text", "x-en", "x-i18n", "x-print", "x-note"),
        *("x-options", "x-options-from", "x-row", "x-derive", "x-rules", "x-material"),
        *("x-prefill", "x-sensitive", "x-office", "x-messages", "x-id"),
    }
)

#: Keywords a schema may carry by the sort of place in which it stands.
_ALLOWED: Mapping[str, frozenset[str]] = {
    "root": _OBJECT | _SAID | _ROOT_NOTES | {"$schema", "$id", "$defs"},
    "question": _OBJECT | _SINGLE | _SAID | _NOTES | {"$ref"},
    "items": _OBJECT | _SINGLE | _SAID | _NOTES | {"$ref"},
    "branch": _CONDITIONAL | {"required", "properties", "$comment"},
    "branch-question": _NARROWING | _CONTAINING | {"required", "properties", "items", "allOf", "$comment"},
    "test": conditions.KEYWORDS | conditions.BESIDE,
    "part": _OBJECT | _SINGLE | _SAID | _NOTES | {"$ref", "$defs"},
}

#: Keywords of JSON Schema that many forms use elsewhere, and what to write here instead.
_INSTEAD: Mapping[str, tuple[str, str]] = {
    "anyOf": ("anyOf 说不清该改哪一项，请改写成 if/then", "anyOf cannot say what to mend; write if and then"),
    "not": ("not 说不清该改哪一项，请改写成 if/then", "not cannot say what to mend; write if and then"),
    "prefixItems": ("列表的每一项都一样；位置不同的内容请写成 group", "Items are all alike; write a group"),
    "patternProperties": ("问题要逐个写名字，不能用 patternProperties", "Every question is named"),
    "unevaluatedProperties": ("对象用 additionalProperties: false 来封闭", "Close objects with additionalProperties"),
    "$dynamicRef": ("引用只能用 $ref", "Only $ref refers"),
}
_BESIDE_REF = _SAID | _NOTES | OVERRIDDEN | {"$ref", "required", "allOf"}

#: Where a part of a schema stands, by the place of the schema and the keyword that leads to the part.
_LEADS = {
    ("object", "properties"): "question",
    ("object", "items"): "items",
    ("branch", "properties"): "branch-question",
    ("branch-question", "properties"): "branch-question",
    ("branch-question", "items"): "branch-question",
}

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check_keywords(schema: Any, library: Vocabulary, *, root: bool = True) -> Iterator[Finding]:
    """Yield what is refused, place by place."""
    if not root and isinstance(schema, Mapping):
        schema = {key: value for key, value in schema.items() if key != "$id"}
    yield from _check(schema, "root" if root else "part", "", library)


def _check(schema: Any, place: str, pointer: str, library: Vocabulary) -> Iterator[Finding]:
    if schema is False and place == "branch-question":
        return
    if not isinstance(schema, Mapping):
        yield Finding(pointer, "这里要写一个 JSON 对象", "A JSON object is wanted here")
        return
    yield from _unknown_keywords(schema, place, pointer)
    yield from _values(schema, pointer, library)
    if place != "test":
        yield from _one_of(schema, pointer)
    for tail, part in parts(schema):
        if tail.startswith("/oneOf/") and are_options(schema["oneOf"]):
            yield from _option(part, pointer + tail, wanted=bool if schema.get("x-kind") == "yes-no" else str)
            continue
        yield from _check(part, _leads_to(place, tail), pointer + tail, library)


def _leads_to(place: str, tail: str) -> str:
    keyword = tail.split("/")[1]
    if keyword == "$defs":
        return "question"
    if place == "test" or keyword in ("if", "contains", "not", "anyOf"):
        return "test"
    if keyword in ("then", "else", "allOf", "oneOf", "dependentSchemas"):
        return "branch"
    place = "object" if place in ("root", "part", "question", "items") else place
    return _LEADS.get((place, keyword), "branch-question")


def _unknown_keywords(schema: Mapping[str, Any], place: str, pointer: str) -> Iterator[Finding]:
    is_reference = "$ref" in schema and place in ("part", "question", "items")
    allowed = _BESIDE_REF if is_reference else _ALLOWED[place]
    for key in schema:
        if key in allowed:
            continue
        here = f"{pointer}/{escape(key)}"
        if place.startswith("branch") and key in ("x-kind", "x-label", "type", "$ref"):
            yield Finding(
                here, "分支里不能新增问题，问题只在 properties 里声明一次", "A branch may not declare a question"
            )
        elif key in _INSTEAD:
            yield Finding(here, *_INSTEAD[key])
        elif key == "format":
            yield Finding(here, "条件里不能用 format，各端判断不一致", "A condition may not use format")
        else:
            yield Finding(here, f"这里不能用 {key}", f"{key} may not be used here")


def _values(schema: Mapping[str, Any], pointer: str, library: Vocabulary) -> Iterator[Finding]:
    for key, value in schema.items():
        checker = _CHECKERS.get(key)
        sentence = checker(value) if checker else None
        if sentence:
            yield Finding(f"{pointer}/{escape(key)}", *sentence)
    if isinstance(schema.get("format"), str) and schema["format"] not in library.formats:
        name = schema["format"]
        yield Finding(f"{pointer}/format", f"没有叫 {name} 的格式", f"There is no format named {name}")
    kind = schema.get("x-kind")
    if kind is not None and (not isinstance(kind, str) or kind not in library.kinds):
        yield Finding(f"{pointer}/x-kind", f"没有叫 {kind} 的控件", f"There is no kind of field named {kind}")


def _one_of(schema: Mapping[str, Any], pointer: str) -> Iterator[Finding]:
    members = schema.get("oneOf")
    if are_options(members):
        return
    if isinstance(members, list) and all(isinstance(one, Mapping) for one in members) and not discriminator(members):
        yield Finding(
            f"{pointer}/oneOf",
            "oneOf 的每一项要用同一个必填问题的不同取值来区分",
            "Each member of oneOf must require one and the same property with a different const",
        )


def _option(member: Schema, pointer: str, *, wanted: type[str] | type[bool]) -> Iterator[Finding]:
    """An option: what is stored (a text, or yes or no), a title to read, perhaps a description."""
    if not isinstance(member.get("const"), wanted):
        words = ("选项的取值要写成文字", "The const of an option is a string")
        said = words if wanted is str else ("是否题的取值要写成 true 和 false", "The const is true or false")
        yield Finding(f"{pointer}/const", *said)
    if not isinstance(member.get("title"), str):
        yield Finding(pointer, "选项要用 title 写明文字", "An option needs words in title")
    for key in member.keys() - {"const", "title", "description", "x-en", "x-i18n", "$comment"}:
        yield Finding(f"{pointer}/{escape(key)}", f"选项里不能用 {key}", f"{key} may not be used in an option")


Sentence = tuple[str, str] | None


def _pattern(value: Any) -> Sentence:
    if not isinstance(value, str):
        return "pattern 要写成文字", "A pattern is a string"
    return why_refused(value)


def _whole_number(value: Any) -> Sentence:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        return "要写整数，并且不超过 2^53−1", "A whole number of at most 2^53−1 is wanted"
    return None


def _size(value: Any) -> Sentence:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        return "要写 0 到 1000000 之间的整数", "A whole number from 0 to 1,000,000 is wanted"
    return None


def _multiple(value: Any) -> Sentence:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return "multipleOf 只能是正整数：金额用分，面积用百分之一平方米", "multipleOf must be a positive integer"
    return None


def _flag(value: Any) -> Sentence:
    return None if isinstance(value, bool) else ("要写 true 或 false", "true or false is wanted")


def _closed(value: Any) -> Sentence:
    return None if value is False else ("对象必须是封闭的：additionalProperties 只能是 false", "Objects are closed")


def _names(value: Any) -> Sentence:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return None
    return "要写成问题名称的列表", "A list of names is wanted"


def _constants(value: Any) -> Sentence:
    if isinstance(value, list) and value and all(isinstance(one, (str, bool, int)) for one in value):
        return None
    return "enum 要写成至少一个取值的列表", "enum is a list of at least one value"


def _constant(value: Any) -> Sentence:
    return (
        None
        if isinstance(value, (str, bool, int))
        else ("const 只能是文字、整数或是否", "const: text, integer, boolean")
    )


def _type(value: Any) -> Sentence:
    known = ("object", "array", "string", "integer", "boolean", "null")
    if value in known if isinstance(value, str) else False:
        return None
    return f"type 只能是 {'、'.join(known)} 之一", f"type is one of {', '.join(known)}"


def _properties(value: Any) -> Sentence:
    if not isinstance(value, Mapping):
        return "properties 要写成一个对象", "properties is an object"
    wrong = [name for name in value if not _NAME.fullmatch(name)]
    if wrong:
        return (
            f"问题名称 {wrong[0]} 要用小写字母开头，只含小写字母、数字和下划线",
            f"The name {wrong[0]} must begin with a lower-case letter and hold a-z, 0-9 and _ only",
        )
    return None


_CHECKERS = {
    "pattern": _pattern,
    "minimum": _whole_number,
    "maximum": _whole_number,
    "exclusiveMinimum": _whole_number,
    "exclusiveMaximum": _whole_number,
    "multipleOf": _multiple,
    "minLength": _size,
    "maxLength": _size,
    "minItems": _size,
    "maxItems": _size,
    "minContains": _size,
    "maxContains": _size,
    "uniqueItems": _flag,
    "readOnly": _flag,
    "writeOnly": _flag,
    "deprecated": _flag,
    "additionalProperties": _closed,
    "required": _names,
    "enum": _constants,
    "const": _constant,
    "type": _type,
    "properties": _properties,
}
