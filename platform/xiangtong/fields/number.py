"""A number that is neither money nor a measure of ours: tons, hours, head of cattle."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.hundredths import Hundredths


class Number(Hundredths):
    """A number with at most two decimals; the question says its unit."""

    name = "number"
    example = "1.5"

    def display(self, value: Any, question: Question) -> str:
        """Write the number with its unit, where it has one: ``1.5 吨``."""
        return super().display(value, question).rstrip()

    def display_en(self, value: Any, question: Question) -> str:
        """Write the number with its unit, where it has one: ``1.5 tons``."""
        return super().display_en(value, question).rstrip()
