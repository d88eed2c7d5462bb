"""A small form that the dialect accepts, and how a test changes one place of it."""

import copy
from pathlib import Path

from xiangtong.forms.library import read_vocabulary

FOLDER = Path(__file__).resolve().parents[1] / "form_schemas"
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
