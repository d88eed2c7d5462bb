"""The name of a person."""

from __future__ import annotations

import re
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence

_DIGITS = re.compile("[0-9]")


class PersonName(Kind):
    """A name; rare characters, ``·`` and inner spaces are part of it."""

    name = "person-name"
    normal = "name"
    schema = {"type": "string", "pattern": "^[^0-9]*$"}
    needs = ("maxLength",)

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """A name with digits in it was meant for another field."""
        if isinstance(value, str) and _DIGITS.search(value):
            return [Sentence("pattern", "姓名里有数字，请照身份证上的姓名填写", "A name holds no digits")]
        return []

    def mask(self, value: Any) -> str:
        """Hide the first character: 张三 becomes *三 (domain facts §8.2)."""
        return "*" + str(value)[1:]
