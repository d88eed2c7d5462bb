"""One of a few answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xiangtong.dialect.plan import Option, Question
from xiangtong.fields.kind import Kind


class Choice(Kind):
    """One of the options; the value stored is the option's, never its words."""

    name = "choice"
    needs: Sequence[str] = ("enum",)
    ask = "请选择"
    ask_en = "Please choose"

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """Where earlier answers leave one option only, say which."""
        if keyword == "const":
            label, english = self.display(limit, question), self.display_en(limit, question)
            return f"按前面填的情况，这里只能选“{label}”", f"Given the answers before, only this is possible: {english}"
        return super().generic(value, question, keyword, limit)

    def display(self, value: Any, question: Question) -> str:
        """The words of the chosen option."""
        found = self.chosen(value, question)
        return found.label if found else str(value)

    def display_en(self, value: Any, question: Question) -> str:
        """The words of the chosen option, in English where there is any."""
        found = self.chosen(value, question)
        return (found.label_en or found.label) if found else str(value)

    def chosen(self, value: Any, question: Question) -> Option | None:
        """The option of a value; None where it is none of them."""
        return next((option for option in question.options if option.value == value), None)
