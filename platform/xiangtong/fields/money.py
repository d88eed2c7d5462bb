"""An amount of money, stored in fen."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.hundredths import Hundredths


class Money(Hundredths):
    """An amount in yuan, stored as integer fen."""

    name = "money"
    unit = "元"
    unit_en = "yuan"
    example = "1500"

    def display(self, value: Any, question: Question) -> str:
        """Write the amount with thousands parted: ``12,345.60 元``; whole yuan without decimals."""
        return _amount(value, question.unit or self.unit)

    def display_en(self, value: Any, question: Question) -> str:
        """Write the amount with thousands parted: ``12,345.60 yuan``."""
        return _amount(value, question.english.get("unit") or self.unit_en)


def _amount(value: Any, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    amount = f"{value / 100:,.2f}".removesuffix(".00")
    return f"{amount} {unit}"
