"""The number of a disability certificate."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect import identity_numbers
from xiangtong.fields.checked_code import CheckedCode


class DisabilityCertificate(CheckedCode):
    """The citizen's number, category and grade; ``B`` and a digit where the certificate was renewed."""

    name = "disability-certificate"
    schema = {"type": "string", "format": "disability-certificate"}
    paper = "残疾人证"
    paper_en = "certificate"

    def wrong(self, code: str) -> tuple[str, str]:
        """The length, the identity number within, or the two characters after it."""
        size = len(code)
        if size not in (20, 22):
            sentence = f"残疾人证号是 20 位，补发过的后面还有 B 和 1 位数字，现在是 {size} 位"
            return sentence, f"There are 20 characters, and B with a digit after a renewal; now {size}"
        if not identity_numbers.is_right(code[:18]):
            return (
                "前 18 位和身份证号码一样，里面有一位对不上",
                "The first 18 characters are the identity number; one is wrong",
            )
        return (
            "第 19 位是残疾类别（1 到 7），第 20 位是等级（1 到 4），不太对",
            "Characters 19 and 20 are category and grade",
        )

    def mask(self, value: Any) -> str:
        """Only the first character: the last ones say what ails a person."""
        text = str(value)
        return f"{text[:1]}{'*' * max(len(text) - 1, 0)}"
