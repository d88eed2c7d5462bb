"""A postcode."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class Postcode(Kind):
    """Six digits."""

    name = "postcode"
    normal = "code"
    schema = {"type": "string", "format": "postcode"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say how many digits there are."""
        text = str(value)
        if CHECKERS[self.name](text):
            return []
        if text.isascii() and text.isdigit():
            sentence = f"邮编是 6 位数字，现在是 {len(text)} 位"
            return [Sentence("format", sentence, f"A postcode has 6 digits; there are {len(text)}")]
        return [Sentence("format", "邮编是 6 位数字，比如 225009", "A postcode has 6 digits, such as 225009")]
