"""Questions that belong together."""

from __future__ import annotations

from collections.abc import Mapping

from xiangtong.fields.kind import Kind


class Group(Kind):
    """An object of questions."""

    name = "group"
    normal = ""
    schema = {"type": "object"}


class Composed(Group):
    """A group that is read as one answer."""

    def together(self, parts: Mapping[str, str]) -> str:
        """Make one answer of the answers in it, in words, by name; those not given are left out."""
        return " ".join(parts.values())

    def together_en(self, parts: Mapping[str, str]) -> str:
        """The same for readers of English."""
        return self.together(parts)
