"""A longitude or a latitude, stored in millionths of a degree."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.hundredths import Hundredths
from xiangtong.fields.kind import Sentence


class Degrees(Hundredths):
    """Degrees with at most six decimals, a tenth of a metre: more than any phone knows."""

    name = "degrees"
    normal = "millionths"
    unit = "°"
    unit_en = "°"

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """What is no such number."""
        if isinstance(value, int) and not isinstance(value, bool):
            return []
        return [Sentence("type", "请填度数，比如 119.412345", "Please write degrees, such as 119.412345")]

    def typed(self, value: Any) -> str:
        """Write a stored value the way a person would type it: 119412345 → ``119.412345``."""
        if isinstance(value, bool) or not isinstance(value, int):
            return str(value)
        whole, part = divmod(abs(value), 1_000_000)
        sign = "-" if value < 0 else ""
        return f"{sign}{whole}.{part:06d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"

    def display(self, value: Any, question: Question) -> str:
        """``119.412345°``."""
        return f"{self.typed(value)}°"

    def display_en(self, value: Any, question: Question) -> str:
        """``119.412345°``."""
        return f"{self.typed(value)}°"

    def mask(self, value: Any) -> str:
        """The whole degree, which is as wide as a city."""
        return f"{self.typed(value).partition('.')[0]}.******"
