"""An address, as a person would write it on a letter."""

from __future__ import annotations

from typing import Any

from xiangtong.fields.kind import Kind


class Address(Kind):
    """An address in words; the division it lies in is a question of its own."""

    name = "address"
    normal = "line"
    needs = ("maxLength",)

    def mask(self, value: Any) -> str:
        """Keep the first six characters, which name a town at most."""
        text = str(value)
        return text[:6] + "*" * min(max(len(text) - 6, 0), 6)
