"""A question that is answered with yes or no."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Option, Question
from xiangtong.fields.kind import Kind

#: The words of a question that says none of its own.
YES_NO = (Option("true", "是", "Yes"), Option("false", "不是", "No"))


class YesNo(Kind):
    """Yes or no; neither is chosen beforehand."""

    name = "yes-no"
    normal = "boolean"
    schema = {"type": "boolean"}
    ask = "请选择"
    ask_en = "Please choose"

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """Where earlier answers leave one answer only, say which."""
        if keyword == "const":
            label, english = self.display(limit, question), self.display_en(limit, question)
            return f"按前面填的情况，这里只能选“{label}”", f"Given the answers before, only this is possible: {english}"
        return super().generic(value, question, keyword, limit)

    def display(self, value: Any, question: Question) -> str:
        """The question's own words (有, 没有), or 是 and 不是: as the choices say."""
        found = self._chosen(value, question)
        return found.label if found else str(value)

    def display_en(self, value: Any, question: Question) -> str:
        """Its own words in English, or Yes and No."""
        found = self._chosen(value, question)
        return found.label_en or found.label if found else str(value)

    def _chosen(self, value: Any, question: Question) -> Option | None:
        written = self.typed(value) if isinstance(value, bool) else ""
        return next((one for one in question.options or YES_NO if one.value == written), None)
