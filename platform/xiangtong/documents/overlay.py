"""An overlay: a township's own choices laid over a library document, by stable ids and never by position."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

_ORDER = "$order"


def digest(body: object) -> str:
    """The content hash of a document: SHA-256 of its canonical JSON (RFC 8785), in hex."""
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def lay_over(base: Any, overlay: Any) -> Any:
    """`base` with `overlay` on top.

    Objects merge member by member and `null` removes one (RFC 7386). A list whose members carry `id` is patched by an
    object `{id: patch, …}`: a patch changes the member of that id or adds it, `null` removes it, and `"$order"` names
    the ids that come first. Any other value replaces.
    """
    if isinstance(overlay, Mapping) and isinstance(base, list) and all(_has_id(member) for member in base):
        return _members(base, overlay)
    if not isinstance(overlay, Mapping):
        return overlay
    under = base if isinstance(base, Mapping) else {}
    merged = {key: value for key, value in under.items() if key not in overlay}
    merged |= {key: lay_over(under.get(key), value) for key, value in overlay.items() if value is not None}
    return merged


def _members(base: Sequence[Mapping[str, Any]], overlay: Mapping[str, Any]) -> list[Any]:
    by_id = {member["id"]: member for member in base if overlay.get(member["id"], ...) is not None}
    for key, patch in overlay.items():
        if key != _ORDER and patch is not None:
            by_id[key] = lay_over(by_id.get(key, {"id": key}), patch)
    first = [key for key in overlay.get(_ORDER, ()) if key in by_id]
    return [by_id[key] for key in (*first, *(key for key in by_id if key not in first))]


def _has_id(member: object) -> bool:
    return isinstance(member, Mapping) and "id" in member


class Composer:
    """Composes once per pair of versions: the hashes say whether anything can have changed."""

    def __init__(self, size: int = 512) -> None:
        self._size = size
        self._composed: dict[tuple[str, str], dict[str, Any]] = {}

    def compose(self, base: Mapping[str, Any], base_hash: str, overlay: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document that citizens see; treat it as frozen, others read the same object."""
        if not overlay:
            return base
        pair = (base_hash, digest(overlay))
        found = self._composed.get(pair)
        if found is None:
            found = lay_over(base, overlay)
            if len(self._composed) >= self._size:
                self._composed.clear()
            self._composed[pair] = found
        return found
