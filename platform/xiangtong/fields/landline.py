"""The number of a fixed telephone."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class Landline(Kind):
    """Area code and number without a dash: ``051487654321``."""

    name = "landline"
    normal = "phone"
    schema = {"type": "string", "format": "landline"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say what is missing: most often the area code."""
        if isinstance(value, str) and CHECKERS[self.name](value):
            return []
        if isinstance(value, str) and CHECKERS["mobile-phone"](value):
            return [
                Sentence("format", "这是手机号，这里请填座机号码", "This is a mobile number; a fixed one is wanted")
            ]
        sentence = "座机号码前面请加上区号，比如 0514-87654321"
        return [Sentence("format", sentence, "Please write area code and number, such as 0514-87654321")]

    def mask(self, value: Any) -> str:
        """Area code and last four digits (domain facts §8.2)."""
        text = str(value)
        return f"{text[:4]}****{text[-4:]}"
