"""The number of a disability certificate."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect import identity_numbers
from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence

_AGAIN = "请对照残疾人证再看一遍"
_AGAIN_EN = "please compare it with the certificate"


class DisabilityCertificate(Kind):
    """The citizen's number, category and grade; ``B`` and a digit where the certificate was renewed."""

    name = "disability-certificate"
    normal = "code"
    schema = {"type": "string", "format": "disability-certificate"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say which part of the number is wrong."""
        text = str(value)
        if CHECKERS[self.name](text):
            return []
        sentence, english = _wrong(text)
        return [Sentence("format", f"{sentence}，{_AGAIN}", f"{english}; {_AGAIN_EN}")]

    def mask(self, value: Any) -> str:
        """Only the first character: the last ones say what ails a person."""
        text = str(value)
        return f"{text[:1]}{'*' * max(len(text) - 1, 0)}"


def _wrong(number: str) -> tuple[str, str]:
    size = len(number)
    if size not in (20, 22):
        sentence = f"残疾人证号是 20 位，补发过的后面还有 B 和 1 位数字，现在是 {size} 位"
        return sentence, f"There are 20 characters, and B with a digit after a renewal; now {size}"
    if not identity_numbers.is_right(number[:18]):
        return (
            "前 18 位和身份证号码一样，里面有一位对不上",
            "The first 18 characters are the identity number; one is wrong",
        )
    return (
        "第 19 位是残疾类别（1 到 7），第 20 位是等级（1 到 4），不太对",
        "Characters 19 and 20 are category and grade",
    )
