"""The number of a bank card."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class BankCard(Kind):
    """Sixteen to nineteen digits with a Luhn check digit. Passbooks have other numbers."""

    name = "bank-card"
    normal = "code"
    schema = {"type": "string", "format": "bank-card"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say whether the length or a digit is wrong."""
        text = str(value)
        if CHECKERS[self.name](text):
            return []
        if not (text.isascii() and text.isdigit()) or not 16 <= len(text) <= 19:
            sentence = "银行卡号是 16 到 19 位数字，请对照卡片再看一遍"
            return [Sentence("format", sentence, "A card number has 16 to 19 digits")]
        sentence = "卡号里有一位对不上，可能抄错了，请对照卡片再看一遍"
        return [Sentence("format", sentence, "One digit does not fit the others")]

    def mask(self, value: Any) -> str:
        """First six and last four digits (domain facts §8.2)."""
        text = str(value)
        return f"{text[:6]}{'*' * max(len(text) - 10, 0)}{text[-4:]}"
