"""Questions that belong together."""

from __future__ import annotations

from xiangtong.fields.kind import Kind


class Group(Kind):
    """An object of questions."""

    name = "group"
    normal = ""
    schema = {"type": "object"}
