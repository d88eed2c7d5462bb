"""The citizen's identity number."""

from __future__ import annotations

import re
from typing import Any

from xiangtong.dialect import identity_numbers
from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence

_AGAIN = "请对照身份证再看一遍"
_AGAIN_EN = "please compare it with the card"


class ResidentId(Kind):
    """Eighteen characters with a date of birth and a check digit (GB 11643—1999)."""

    name = "resident-id"
    normal = "code"
    schema = {"type": "string", "format": "resident-id"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say which part of the number is wrong, as far as the number itself can tell."""
        if not isinstance(value, str):
            return [Sentence("type", f"请填 18 位身份证号码，{_AGAIN}", "Please write the 18 characters of the number")]
        found = _wrong(value)
        return [Sentence("format", f"{found[0]}，{_AGAIN}", f"{found[1]}; {_AGAIN_EN}")] if found else []

    def mask(self, value: Any) -> str:
        """Show the first and the last character only (domain facts §8.2, strong)."""
        text = str(value)
        return f"{text[:1]}{'*' * max(len(text) - 2, 0)}{text[-1:]}"


def _wrong(number: str) -> tuple[str, str] | None:
    size = len(number)
    if not re.fullmatch("[0-9X]*", number) or "X" in number[:-1]:
        return "号码只有数字，最后一位可能是 X", "There are only digits, and perhaps an X at the end"
    if size < 18:
        return f"现在是 {size} 位，还少 {18 - size} 位", f"There are {size} characters, {18 - size} are missing"
    if size > 18:
        return f"现在是 {size} 位，多了 {size - 18} 位", f"There are {size} characters, {size - 18} too many"
    if identity_numbers.birth_date(number) is None:
        return f"第 7 到 14 位是出生日期，{number[6:14]} 不是一个日子", "Characters 7 to 14 are no date of birth"
    if identity_numbers.check_digit(number[:17]) != number[17]:
        return "号码里有一位对不上，可能抄错了", "One digit does not fit the others"
    return None
