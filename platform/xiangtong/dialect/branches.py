"""Find the conditions of one object, and what their branches do to questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from xiangtong.dialect.vocabulary import Schema


@dataclass(frozen=True, slots=True)
class Conditional:
    """One ``if`` with its two branches; ``pointer`` is where it stands below its object."""

    pointer: str
    test: Schema
    then: Schema
    otherwise: Schema


@dataclass(frozen=True, slots=True)
class Effect:
    """What a branch does to one question."""

    does: Literal["hide", "require", "narrow"]
    target: str


def conditionals(schema: Schema, pointer: str = "") -> Iterator[Conditional]:
    """Yield the conditions that stand directly in an object's schema or in one of its branches."""
    if "if" in schema:
        yield Conditional(f"{pointer}/if", schema["if"], schema.get("then", {}), schema.get("else", {}))
    for index, member in enumerate(schema.get("allOf", ())):
        yield from conditionals(member, f"{pointer}/allOf/{index}")


def effects(branch: Schema, scope: str) -> Iterator[Effect]:
    """Yield what a branch does by itself, without the conditions nested in it."""
    for name in branch.get("required", ()):
        yield Effect("require", f"{scope}/{name}")
    for name, part in branch.get("properties", {}).items():
        yield from _effects_on(part, f"{scope}/{name}")
    for member in branch.get("allOf", ()):
        yield from effects(member, scope)


def _effects_on(part: Any, target: str) -> Iterator[Effect]:
    if part is False:
        yield Effect("hide", target)
        return
    if not isinstance(part, Mapping):
        return
    if any(key not in ("properties", "required", "items", "allOf") for key in part):
        yield Effect("narrow", target)
    yield from effects(part, target)
    if isinstance(part.get("items"), Mapping):
        yield from _effects_on(part["items"], f"{target}/*")
