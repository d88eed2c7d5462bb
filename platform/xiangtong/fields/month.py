"""A month."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class Month(Kind):
    """A month of a year, stored as ``2026-01``."""

    name = "month"
    normal = "month"
    schema = {"type": "string", "format": "month"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """What is no month."""
        if isinstance(value, str) and CHECKERS["month"](value):
            return []
        sentence = "请写成几几年几月，比如 2026年3月"
        return [Sentence("format", sentence, "Please write year and month, such as 2026-03")]

    def display(self, value: Any, question: Question) -> str:
        """``2026年1月``."""
        if not isinstance(value, str) or not CHECKERS["month"](value):
            return str(value)
        year, month = value.split("-")
        return f"{year}年{int(month)}月"

    def display_en(self, value: Any, question: Question) -> str:
        """``2026-01``."""
        return str(value)
