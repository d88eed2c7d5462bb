"""What money, area and length share: two decimals, stored as a whole number of hundredths."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence


class Hundredths(Kind):
    """A number with at most two decimals. Stored × 100, so that no machine rounds it."""

    normal = "hundredths"
    schema = {"type": "integer"}
    needs = ("minimum", "maximum")
    #: How many decimals are stored.
    places = 2
    unit = ""
    unit_en = ""
    example = "120.5"

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """What is no such number."""
        return [] if isinstance(value, int) and not isinstance(value, bool) else [self.wanted()]

    def wanted(self) -> Sentence:
        """What to write, with an example."""
        return Sentence(
            "type",
            f"请填数字，最多两位小数，比如 {self.example}",
            f"Please write a number with at most two decimals, such as {self.example}",
        )

    def typed(self, value: Any) -> str:
        """Write a stored value the way a person would type it: 12050 → ``120.5``."""
        if isinstance(value, bool) or not isinstance(value, int):
            return str(value)
        whole, part = divmod(abs(value), 10**self.places)
        sign = "-" if value < 0 else ""
        return f"{sign}{whole}.{part:0{self.places}}".rstrip("0") if part else f"{sign}{whole}"

    def display(self, value: Any, question: Question) -> str:
        """Write the number with its unit: ``120.5 平方米``."""
        return f"{self.typed(value)} {question.unit or self.unit}"

    def display_en(self, value: Any, question: Question) -> str:
        """Write the number with its unit: ``120.5 m²``."""
        return f"{self.typed(value)} {question.english.get('unit') or self.unit_en}"
