"""A whole number."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence


class Integer(Kind):
    """A whole number: how many people, how many storeys."""

    name = "integer"
    normal = "integer"
    schema = {"type": "integer"}
    needs = ("minimum", "maximum")

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """What is no whole number."""
        if isinstance(value, bool) or not isinstance(value, int):
            return [Sentence("type", "请填数字，比如 3", "Please write a whole number, such as 3")]
        return []

    def display(self, value: Any, question: Question) -> str:
        """Write the number with its unit: ``3 层``."""
        return f"{value} {question.unit}".rstrip()

    def display_en(self, value: Any, question: Question) -> str:
        """Write the number with its unit: ``3 floors``."""
        return f"{value} {question.english.get('unit', '')}".rstrip()
