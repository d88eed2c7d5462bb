"""Number the conditions of a form and note what each of their branches hides and requires."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xiangtong.dialect import conditions
from xiangtong.dialect.branches import Conditional, Effect, conditionals, effects
from xiangtong.dialect.plan import Condition, Guard
from xiangtong.dialect.vocabulary import GROUP_KINDS, Schema

_STARS = re.compile(r"/\*(?=/|$)")


@dataclass
class Wiring:
    """The conditions of a form and what they do, before questions are made of them."""

    conditions: list[Condition] = field(default_factory=list)
    places: list[str] = field(default_factory=list)  # where each condition stands in the document
    effects: list[list[Effect]] = field(default_factory=list)  # of both branches of each condition
    hidden: dict[str, list[Guard]] = field(default_factory=lambda: defaultdict(list))
    required: dict[str, list[Guard]] = field(default_factory=lambda: defaultdict(list))


def containers(schema: Schema, scope: str = "", place: str = "") -> Iterator[tuple[Schema, str, str]]:
    """Yield the form's object, each group and each row object, with its pattern and its place in the document."""
    yield schema, scope, place
    for name, part in schema.get("properties", {}).items():
        if not isinstance(part, Mapping):
            continue
        here = f"{place}/properties/{name}"
        if part.get("x-kind") in GROUP_KINDS:
            yield from containers(part, f"{scope}/{name}", here)
        elif part.get("x-kind") == "rows" and isinstance(part.get("items"), Mapping):
            yield from containers(part["items"], f"{scope}/{name}/*", f"{here}/items")


def wire(schema: Schema) -> Wiring:
    """Number the conditions of a resolved form and note what their branches hide and require."""
    wiring = Wiring()
    for part, scope, place in containers(schema):
        for effect in effects({"required": part.get("required", ()), "allOf": part.get("allOf", ())}, scope):
            if effect.does == "require":
                wiring.required[effect.target].append(())
        _wire_branch(wiring, part, scope, place, ())
    return wiring


def _wire_branch(wiring: Wiring, branch: Schema, scope: str, place: str, outer: Guard) -> None:
    for conditional in conditionals(branch):
        index = _add_condition(wiring, conditional, scope, place)
        for wanted, side in ((True, conditional.then), (False, conditional.otherwise)):
            guard = (*outer, (index, wanted))
            _note_effects(wiring, index, guard, list(effects(side, scope)))
            where = f"{place}{conditional.pointer.removesuffix('/if')}/{'then' if wanted else 'else'}"
            _wire_branch(wiring, side, scope, where, guard)


def _add_condition(wiring: Wiring, conditional: Conditional, scope: str, place: str) -> int:
    index = len(wiring.conditions)
    wiring.conditions.append(
        Condition(
            index=index,
            depth=depth_of(scope),
            scope=scope,
            test=conditional.test,
            reads=tuple(dict.fromkeys(conditions.reads(conditional.test, scope))),
            holds=conditions.compile_test(conditional.test),
        )
    )
    wiring.places.append(place + conditional.pointer)
    wiring.effects.append([])
    return index


def _note_effects(wiring: Wiring, index: int, guard: Guard, found: list[Effect]) -> None:
    # What a nested condition touches, every condition around it touches too.
    for around, _ in guard:
        wiring.effects[around].extend(found)
    for effect in found:
        if effect.does == "hide":
            wiring.hidden[effect.target].append(guard)
        elif effect.does == "require":
            wiring.required[effect.target].append(guard)


def depth_of(scope: str) -> int:
    """Say how many objects enclose the object of pattern ``scope``; a row counts once."""
    return _STARS.sub("", scope).count("/")
