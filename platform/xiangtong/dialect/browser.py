"""What the page's script is given of a plan. ``docs/dialect.md`` §7 shows an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.dialect.plan import Plan, Question
from xiangtong.dialect.vocabulary import Schema

#: Annotations the script does not need: the server has rendered them already.
_WORDS = frozenset({"title", "description", "$comment", "$schema", "$id", "default"})


def client_plan(plan: Plan, formats: Mapping[str, Schema], normal_forms: Mapping[str, str]) -> dict[str, Any]:
    """Give the JSON that the browser's evaluator reads.

    ``formats``: the shared list. ``normal_forms``: kind → name of the way a raw text becomes a value.
    """
    used = set(_formats_used(plan.root))
    return {
        "code": plan.code,
        "digest": plan.digest,
        "schema": _lean(plan.schema),
        "params": dict(plan.params),
        "dated": sorted(plan.dated),
        "lists": sorted(plan.lists),
        "conditions": [{"depth": one.depth, "if": one.test} for one in plan.conditions],
        "questions": [_question(child, normal_forms) for child in plan.root.children if not child.office],
        "rules": [_rule(rule) for question in _walk(plan.root) for rule in question.rules],
        "formats": {name: formats[name] for name in sorted(used)},
    }


def _question(question: Question, normal_forms: Mapping[str, str]) -> dict[str, Any]:
    container = "rows" if question.is_rows else "group" if question.is_group else ""
    return {
        "pattern": question.pattern,
        "name": question.name,
        "kind": question.kind,
        "title": question.title,
        "normal": normal_forms.get(question.kind, ""),
        "line": normal_forms.get(question.line_kind, "") if question.kind == "lines" else "",
        "container": container,
        "hidden": [[list(step) for step in guard] for guard in question.hidden_when],
        "required": [[list(step) for step in guard] for guard in question.required_when],
        "derive": question.derive,
        "office": question.office,
        "deprecated": question.deprecated,
        "read_only": question.read_only,
        "options": question.options_from,
        "children": [_question(child, normal_forms) for child in question.children if not child.office],
    }


def _rule(rule: Any) -> dict[str, Any]:
    words = {"code": rule.code, "scope": rule.scope, "at": rule.at, "message": rule.message}
    return {**rule.spec, **words}


def _walk(question: Question) -> Iterator[Question]:
    yield question
    for child in question.children:
        yield from _walk(child)


def _formats_used(question: Question) -> Iterator[str]:
    for one in _walk(question):
        held = (one.schema, one.schema.get("items", {}))
        yield from (schema["format"] for schema in held if "format" in schema)


def _lean(schema: Any) -> Any:
    """Copy a schema without its words; by position, since a question may be called ``title``."""
    if isinstance(schema, list):
        return [_lean(member) for member in schema]
    if not isinstance(schema, Mapping):
        return schema
    lean = {}
    for key, value in schema.items():
        if key.startswith("x-") or key in _WORDS:
            continue
        if key in ("properties", "dependentSchemas"):
            lean[key] = {name: _lean(part) for name, part in value.items() if not _is_office(part)}
        elif key in ("const", "enum", "required"):
            lean[key] = value
        else:
            lean[key] = _lean(value)
    return lean


def _is_office(part: Any) -> bool:
    return isinstance(part, Mapping) and bool(part.get("x-office"))
