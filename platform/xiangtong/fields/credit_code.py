"""The unified social credit code of an organisation."""

from __future__ import annotations

import re
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence

_AGAIN = "请对照营业执照再看一遍"
_AGAIN_EN = "please compare it with the licence"


class CreditCode(Kind):
    """Eighteen characters with a check character (GB 32100—2015)."""

    name = "credit-code"
    normal = "code"
    schema = {"type": "string", "format": "credit-code"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say which part of the code is wrong."""
        text = str(value)
        if CHECKERS[self.name](text):
            return []
        sentence, english = _wrong(text)
        return [Sentence("format", f"{sentence}，{_AGAIN}", f"{english}; {_AGAIN_EN}")]


def _wrong(code: str) -> tuple[str, str]:
    size = len(code)
    if not re.fullmatch("[0-9A-Z]*", code):
        return "代码里只有数字和大写字母", "There are only digits and capital letters"
    if size != 18:
        sentence = f"还少 {18 - size} 位" if size < 18 else f"多了 {size - 18} 位"
        return f"代码是 18 位，现在是 {size} 位，{sentence}", f"There are {size} of 18 characters"
    if re.search("[IOSVZ]", code):
        return "代码里不会有字母 I、O、S、V、Z，可能是 1、0、5 看错了", "The letters I, O, S, V, Z do not occur"
    return "代码里有一位对不上，可能抄错了", "One character does not fit the others"
