"""Compile a form document into a ``Plan``: once per content, ahead of every submission."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xiangtong.dialect import expressions
from xiangtong.dialect.english import in_english
from xiangtong.dialect.plan import Material, Option, Plan, Question, RowWords, Rule, Run, Step
from xiangtong.dialect.resolve import resolve
from xiangtong.dialect.rewrite import rewrite
from xiangtong.dialect.vocabulary import GROUP_KINDS, Schema, Vocabulary
from xiangtong.dialect.wiring import Wiring, wire


def compile_plan(schema: Schema, library: Vocabulary) -> Plan:
    """Compile a form that ``check`` accepts; equal content gives the same plan object.

    Raises ``DialectError`` for a form that was never checked.
    """
    # The text keeps the order of properties, which is the form's order: two forms that differ
    # only in the order of their questions are two forms.
    whole = in_english(rewrite(resolve(schema, library)), library.english)
    return _compile(json.dumps(whole, ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=1024)
def _compile(text: str) -> Plan:
    schema = json.loads(text)
    wiring = wire(schema)
    maker = _Maker(wiring, itertools.count())
    form = schema.get("x-form", {})
    return Plan(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        code=form.get("code", ""),
        title=schema.get("title", ""),
        schema=schema,
        root=maker.question("", schema, ""),
        steps=tuple(_step(step) for step in schema.get("x-steps", ())),
        conditions=tuple(wiring.conditions),
        params={name: one["default"] for name, one in schema.get("x-params", {}).items()},
        dated=frozenset(name for name, one in schema.get("x-params", {}).items() if one.get("dated")),
        form=form,
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes questions, numbering them in the form's order."""

    wiring: Wiring
    numbers: Iterator[int]

    def question(self, name: str, schema: Schema, pattern: str) -> Question:
        position = next(self.numbers)
        inner, inside = _inside(schema, pattern)
        children = self._children(inner, inside)
        rules = tuple(_rule(one, inside) for one in inner.get("x-rules", ()))
        needs = tuple(dict.fromkeys(self.wiring.required.get(pattern, ())))
        return Question(
            pattern=pattern,
            name=name,
            kind=schema.get("x-kind", "group"),
            schema=schema,
            position=position,
            children=children,
            runs=tuple(_runs(children)),
            hidden_when=tuple(self.wiring.hidden.get(pattern, ())),
            required_when=needs,
            always_required=() in needs,
            derive=schema.get("x-derive"),
            compute=expressions.compile_operation(schema["x-derive"]) if "x-derive" in schema else None,
            rules=rules,
            has_rules=bool(rules) or any(child.has_rules for child in children),
            **_words(schema, name),
            **_roles(schema),
        )

    def _children(self, schema: Schema, scope: str) -> tuple[Question, ...]:
        return tuple(
            self.question(name, part, f"{scope}/{name}")
            for name, part in schema.get("properties", {}).items()
            if isinstance(part, Mapping)
        )


def _runs(questions: tuple[Question, ...]) -> Iterator[Run]:
    for plain, run in itertools.groupby(questions, lambda question: question.is_plain):
        if plain:
            yield Run(tuple(run), plain=True)
        else:
            yield from (Run((question,), plain=False) for question in run)


def _words(schema: Schema, name: str) -> dict[str, Any]:
    """What people read of a question."""
    label = schema.get("x-label", schema.get("title", name))
    return {
        "label": label,
        "title": schema.get("title", label),
        **{key: str(schema.get(f"x-{key}", "")) for key in ("hint", "example", "unit", "text")},
        "options": tuple(_option(one) for one in schema.get("x-options", _items_options(schema))),
        "options_from": schema.get("x-options-from", ""),
        "row": RowWords(**schema.get("x-row", {})),
        "english": schema.get("x-en", {}),
    }


def _roles(schema: Schema) -> dict[str, Any]:
    """What a question is to others: a material, a secret, the office's, known beforehand."""
    material, prefill = schema.get("x-material"), schema.get("x-prefill", {})
    return {
        "material": Material(**material) if material else None,
        "sensitive": bool(schema.get("x-sensitive") or schema.get("writeOnly")),
        "default": schema.get("default"),
        "read_only": bool(schema.get("readOnly")),
        "write_only": bool(schema.get("writeOnly")),
        "deprecated": bool(schema.get("deprecated")),
        "messages": schema.get("x-messages", {}),
        "office": bool(schema.get("x-office")),
        "prefill": prefill.get("from", ""),
        "locked": bool(prefill.get("lock")),
        "notes": {key: value for key, value in schema.items() if key.startswith("x-")},
    }


def _inside(schema: Schema, pattern: str) -> tuple[Schema, str]:
    """Give the object schema that holds a container's questions, and its pattern."""
    items = schema.get("items")
    if schema.get("x-kind") == "rows" and isinstance(items, Mapping):
        return items, f"{pattern}/*"
    return (schema, pattern) if schema.get("x-kind", "group") in GROUP_KINDS else ({}, pattern)


def _items_options(schema: Schema) -> Any:
    items = schema.get("items")
    return items.get("x-options", ()) if isinstance(items, Mapping) else ()


def _option(one: Mapping[str, Any]) -> Option:
    # Yes and no stand as they are posted, and as every other option does: as texts.
    value = json.dumps(one["value"]) if isinstance(one["value"], bool) else one["value"]
    return Option(value, one["label"], one.get("label_en", ""), one.get("hint", ""), one.get("hint_en", ""))


def _step(step: Mapping[str, Any]) -> Step:
    english = step.get("x-en", {})
    return Step(
        step["id"], step["title"], tuple(step["ask"]), step.get("hint", ""), english.get("title", ""),
        english.get("hint", ""),
    )  # fmt: skip


def _rule(spec: Mapping[str, Any], scope: str) -> Rule:
    reads = tuple(expressions.paths(spec, scope))
    return Rule(
        code=spec["code"],
        op=spec["op"],
        spec=spec,
        scope=scope,
        at=expressions.absolute(spec["at"], scope) if "at" in spec else reads[0],
        message=spec["message"],
        message_en=spec.get("message_en", ""),
        reads=reads,
        check=expressions.compile_operation(spec),
        answers=tuple(expressions.compile_reads(spec)),
    )
