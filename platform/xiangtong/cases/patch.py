"""RFC 7396 merge patches between two states of the answers (contract §1, `supplement`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merge_patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The smallest patch that makes `before` into `after`.

    Arrays go whole, objects member by member; what is no longer there (a value that became hidden) is null.
    """
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            inner = merge_patch(old, value)
            if inner:
                patch[name] = inner
        elif name not in before or not _same(old, value):
            patch[name] = value
    return patch


def applied(before: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with `patch` laid over it, as the receiver does it."""
    result = {name: value for name, value in before.items() if not (name in patch and patch[name] is None)}
    for name, value in patch.items():
        if value is None:
            continue
        old = result.get(name)
        if isinstance(value, Mapping):
            result[name] = applied(old if isinstance(old, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def _same(one: Any, other: Any) -> bool:
    # In Python True == 1; in JSON they are different answers.
    return one == other and isinstance(one, bool) == isinstance(other, bool)
