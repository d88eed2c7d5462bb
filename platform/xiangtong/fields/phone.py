"""A phone's number, mobile or fixed."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Sentence
from xiangtong.fields.mobile_phone import MobilePhone


class Phone(MobilePhone):
    """A mobile number, or a fixed one with its area code."""

    name = "phone"
    schema = {"type": "string", "format": "phone"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say what a phone number looks like."""
        if isinstance(value, str) and CHECKERS[self.name](value):
            return []
        return [
            Sentence(
                "format",
                "请填 11 位手机号；固定电话请加上区号，比如 0514-87654321",
                "Please write a mobile number, or a fixed one with its area code",
            )
        ]
