"""Something that is read and agreed to."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence


class Consent(Kind):
    """A text and one box to tick; only ``true`` is an answer."""

    name = "consent"
    normal = "boolean"
    schema = {"type": "boolean", "const": True}
    needs = ("x-text",)

    def missing(self, question: Question) -> Sentence:
        """Ask for the tick."""
        return Sentence(
            "missing", f"请读一读“{question.title}”，同意后打勾", f"Please read and tick: {question.title_en}"
        )

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """An unticked box."""
        if value is True:
            return []
        missing = self.missing(question)
        return [Sentence("const", missing.message, missing.message_en)]

    def display(self, value: Any, question: Question) -> str:
        """已同意, or what it is."""
        return "已同意" if value is True else "未同意"

    def display_en(self, value: Any, question: Question) -> str:
        """Agreed, or not."""
        return "agreed" if value is True else "not agreed"
