"""Between what was typed and data: the answers of a draft, the fields of a posted page, a draft made of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.drafts.filling import FieldSave
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.fields.kinds import KINDS
from xiangtong.validation.form_data import answered_at, apply_action, put_raw, put_value


def answers(plan: Plan, typed: Typed) -> dict[str, Any]:
    """Everything that was typed, as data: each value in its normal form, or as typed where it has none yet.

    What the plan does not know is left out here and stays in the draft.
    """
    return _placed(plan, typed, put_value)


def as_typed(plan: Plan, typed: Typed) -> dict[str, Any]:
    """The same with each value as it was typed: for `decide`, which brings them into normal form itself."""
    return _placed(plan, typed, put_raw)


def _placed(plan: Plan, typed: Typed, put: Callable[[Plan, dict[str, Any], str, Raw], bool]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for pointer, count in typed.rows.items():
        for _ in range(count):
            data = apply_action(plan, data, f"add:{pointer}")
    for pointer, raw in typed.values.items():
        put(plan, data, pointer, raw)
    return data


def posted_fields(plan: Plan, pairs: Iterable[tuple[str, str]]) -> list[FieldSave]:
    """The fields of a page posted without script: names are pointers; names of no question are left out.

    A box posts its empty companion first, so of several texts the last counts; check boxes keep them all.
    """
    posted: dict[str, list[str]] = {}
    for name, raw in pairs:
        posted.setdefault(name, []).append(raw)
    asked = ((name, answered_at(plan, name)) for name in posted)
    return [FieldSave(name, KINDS[one.kind].gather(posted[name])) for name, one in asked if one]


def typed_of(data: Mapping[str, Any]) -> Typed:
    """A draft's content that gives `data` back: what a supplement begins with."""
    return Typed().changed(dict(_flat("", data)))


def _flat(at: str, value: Any) -> Iterator[tuple[str, Raw]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{at}/{name}", inner)
    elif isinstance(value, list) and _is_rows(value):
        for index, row in enumerate(value):
            yield from _flat(f"{at}/{index}", row)
    else:
        yield at, value


def _is_rows(value: list[Any]) -> bool:
    # A list of files is one value; a list of other objects is a household table.
    return bool(value) and all(isinstance(row, Mapping) and "digest" not in row for row in value)
