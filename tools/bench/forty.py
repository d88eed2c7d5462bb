"""The form that render and validate are measured with: 40 questions, 40 answers, 5 problems, 5 household rows."""

from __future__ import annotations

from typing import Any

QUESTIONS = 40
# One in five kinds, the mixture of a real declaration form.
_KINDS: tuple[tuple[str, dict[str, Any], Any], ...] = (
    ("text", {"type": "string", "maxLength": 40}, "太平村三组"),
    ("integer", {"type": "integer", "minimum": 0, "maximum": 500}, 12),
    ("choice", {"type": "string", "oneOf": [{"const": str(n), "title": f"选项 {n}"} for n in range(4)]}, "2"),
    ("long-text", {"type": "string", "maxLength": 300}, "房屋年久失修，申请原址翻建"),
    ("yes-no", {"type": "boolean"}, True),
)


def plain_schema(*, rows: int = 0) -> dict[str, Any]:
    """Plain JSON Schema 2020-12, as the reference implementations read it."""
    properties = {f"q{n}": {"title": f"第 {n + 1} 个问题", **_KINDS[n % 5][1]} for n in range(QUESTIONS)}
    if rows:
        properties["household"] = {"type": "array", "title": "家庭成员", "maxItems": 20, "items": _row()}
    return {"type": "object", "additionalProperties": False, "required": sorted(properties), "properties": properties}


def _row() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": 40}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "age"],
        "properties": {
            "name": {"title": "姓名", **text},
            "age": {"title": "年龄", "type": "integer", "minimum": 0, "maximum": 130},
            "job": {"title": "职业", **text},
        },
    }


def dialect_schema(*, rows: int = 0) -> dict[str, Any]:
    """The same questions in our dialect."""
    schema = plain_schema(rows=rows)
    for n in range(QUESTIONS):
        question = schema["properties"][f"q{n}"]
        question["x-kind"] = _KINDS[n % 5][0]
        if "oneOf" in question:
            options = question.pop("oneOf")
            question["enum"] = [one["const"] for one in options]
            question["x-options"] = [{"value": one["const"], "label": one["title"]} for one in options]
    if rows:
        household = schema["properties"]["household"]
        household["x-kind"] = "rows"
        for name, kind in (("name", "text"), ("age", "integer"), ("job", "text")):
            household["items"]["properties"][name]["x-kind"] = kind
    asked = [f"/{name}" for name in schema["properties"]]
    return {
        "$schema": "urn:xiangtong:form-dialect:1",
        "x-form": {"code": "forty", "title": "四十个问题", "applicant": {"kind": "person", "name": "/q0"}},
        "x-steps": [{"id": "all", "title": "四十个问题", "ask": asked}],
        **schema,
    }


def answers(*, rows: int = 0) -> dict[str, Any]:
    """An answer to every question."""
    data: dict[str, Any] = {f"q{n}": _KINDS[n % 5][2] for n in range(QUESTIONS)}
    if rows:
        data["household"] = [{"name": "张三", "age": 40 + n, "job": "务农"} for n in range(rows)]
    return data


WRONG = [f"/q{n}" for n in (0, 6, 13, 25, 35)]
