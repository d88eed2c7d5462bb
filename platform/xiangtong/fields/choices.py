"""Several of a few answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.choice import Choice


class Choices(Choice):
    """Any number of the options, each at most once."""

    name = "choices"
    schema = {"type": "array", "uniqueItems": True}
    needs = ("items", "maxItems")

    def gather(self, raws: Sequence[str]) -> list[str]:
        """All that were ticked; the empty one only says that the boxes were on the page."""
        return [raw for raw in raws if raw]

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """How many must be chosen."""
        if keyword == "minItems":
            return f"请至少选 {limit} 项", f"Please choose at least {limit}"
        if keyword == "maxItems":
            return f"最多选 {limit} 项，请去掉几项", f"Please choose at most {limit}"
        return "请在给出的选项里选", "Please choose from the options"

    def display(self, value: Any, question: Question) -> str:
        """The words of all chosen options."""
        if not isinstance(value, list):
            return str(value)
        return "、".join(super(Choices, self).display(one, question) for one in value)

    def display_en(self, value: Any, question: Question) -> str:
        """The words of all chosen options."""
        if not isinstance(value, list):
            return str(value)
        return ", ".join(super(Choices, self).display_en(one, question) for one in value)
