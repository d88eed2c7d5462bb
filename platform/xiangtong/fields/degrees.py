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
    places = 6
    unit = "°"
    unit_en = "°"

    def wanted(self) -> Sentence:
        """What to write, with an example."""
        return Sentence("type", "请填度数，比如 119.412345", "Please write degrees, such as 119.412345")

    def display(self, value: Any, question: Question) -> str:
        """``119.412345°``."""
        return f"{self.typed(value)}°"

    def display_en(self, value: Any, question: Question) -> str:
        """``119.412345°``."""
        return f"{self.typed(value)}°"

    def mask(self, value: Any) -> str:
        """The whole degree, which is as wide as a city."""
        return f"{self.typed(value).partition('.')[0]}.******"
