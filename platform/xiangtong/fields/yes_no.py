"""A question that is answered with yes or no."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Option, Question
from xiangtong.fields.choice import Choice

#: The words of a question that says none of its own.
YES_NO = (Option("true", "是", "Yes"), Option("false", "不是", "No"))


class YesNo(Choice):
    """Yes or no; neither is chosen beforehand."""

    name = "yes-no"
    normal = "boolean"
    schema = {"type": "boolean"}
    needs = ()

    def chosen(self, value: Any, question: Question) -> Option | None:
        """The question's own words (有, 没有), or 是 and 不是: as the choices say."""
        written = self.typed(value) if isinstance(value, bool) else ""
        return next((one for one in question.options or YES_NO if one.value == written), None)
