"""A day."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class Date(Kind):
    """A day of the calendar, stored as ``2026-01-31``."""

    name = "date"
    normal = "date"
    schema = {"type": "string", "format": "date"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """What is no day."""
        if isinstance(value, str) and CHECKERS["date"](value):
            return []
        return [
            Sentence(
                "format",
                "请写成年月日，比如 1946年3月5日，并看看这一天有没有写错",
                "Please write year, month and day, such as 1946-03-05",
            )
        ]

    def display(self, value: Any, question: Question) -> str:
        """``2026年1月31日``."""
        if not isinstance(value, str) or not CHECKERS["date"](value):
            return str(value)
        year, month, day = value.split("-")
        return f"{int(year)}年{int(month)}月{int(day)}日"

    def display_en(self, value: Any, question: Question) -> str:
        """``2026-01-31``, which nobody misreads."""
        return str(value)
