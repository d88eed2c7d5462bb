"""A time of day."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class Time(Kind):
    """Hours and minutes of a day in Beijing, stored as ``08:30``."""

    name = "time"
    normal = "time"
    schema = {"type": "string", "format": "time"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """What is no time of day."""
        if isinstance(value, str) and CHECKERS["time"](value):
            return []
        sentence = "请写成几点几分，比如 8点30分，下午两点写 14:00"
        return [Sentence("format", sentence, "Please write hours and minutes, such as 14:00")]
