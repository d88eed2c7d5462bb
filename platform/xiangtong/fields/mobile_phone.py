"""A mobile phone's number."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class MobilePhone(Kind):
    """Eleven digits that begin with 1."""

    name = "mobile-phone"
    normal = "phone"
    schema = {"type": "string", "format": "mobile-phone"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say how many digits are missing."""
        text = str(value)
        if CHECKERS[self.name](text):
            return []
        if text.isascii() and text.isdigit() and len(text) != 11:
            less, more = f"还少 {11 - len(text)} 位", f"多了 {len(text) - 11} 位"
            sentence = f"手机号是 11 位，现在是 {len(text)} 位，{less if len(text) < 11 else more}"
            return [Sentence("format", sentence, f"A mobile number has 11 digits; there are {len(text)}")]
        return [Sentence("format", "手机号是 1 开头的 11 位数字，请再看一遍", "A mobile number is 11 digits from 1")]

    def mask(self, value: Any) -> str:
        """``137****9050`` (domain facts §8.2)."""
        text = str(value)
        return f"{text[:3]}****{text[-4:]}"
