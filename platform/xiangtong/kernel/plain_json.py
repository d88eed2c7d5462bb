"""JSON that came from outside, read so that it means one thing (RFC 7493 §2.3).

Python takes the last of two members of one name, others the first: what was checked by one program would then not be
what another one keeps. Such a text is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from xiangtong.kernel.errors import Refusal

_SHOWN = 40


class Repeated(Refusal):
    """An object has two members of one name."""

    code = "JSON_REPEATED"

    def __init__(self, name: str) -> None:
        shown = "".join(char for char in name[:_SHOWN] if char.isprintable())
        super().__init__(
            f"这份数据里“{shown}”写了两次，不知道以哪个为准。每一项只写一次，再发一次",
            f"The member {shown!r} stands twice in one object; write each member once",
        )


def loads(text: str | bytes, **options: Any) -> Any:
    """As `json.loads`, and raises Repeated."""
    return json.loads(text, object_pairs_hook=_once, **options)


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise Repeated(Counter(name for name, _ in members).most_common(1)[0][0])
    return found
