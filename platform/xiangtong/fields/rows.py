"""The same questions for each of several things: members of a household, machines, plots."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind


class Rows(Kind):
    """A list of objects of questions."""

    name = "rows"
    normal = ""
    schema = {"type": "array"}
    needs = ("items", "maxItems")

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """How many rows are wanted."""
        words = f"{limit} {question.row.measure}{question.row.noun}"
        if keyword == "minItems":
            return f"请至少填写 {words}", f"At least {limit} are wanted"
        return f"最多填写 {words}，请去掉几{question.row.measure}", f"At most {limit} are possible"

    def display_en(self, value: Any, question: Question) -> str:
        """How many there are."""
        return str(len(value) if isinstance(value, list) else 0)

    def display(self, value: Any, question: Question) -> str:
        """How many there are."""
        return f"{len(value) if isinstance(value, list) else 0} {question.row.measure}"
