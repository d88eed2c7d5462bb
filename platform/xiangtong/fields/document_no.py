"""The number of a person's document whose type stands beside it."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence


class DocumentNo(Kind):
    """The number of a passport, a permit, a certificate; its shape follows from the type."""

    name = "document-no"
    normal = "code"
    needs = ("maxLength",)

    def explain(self, value: Any, question: Question, keyword: str, limit: Any) -> Sentence:
        """A number that does not fit its type: either of the two may be wrong."""
        if keyword != "pattern":
            return super().explain(value, question, keyword, limit)
        sentence = "号码和所选的证件对不上，请看看证件选对了没有、号码抄全了没有"
        return Sentence("pattern", sentence, "The number does not fit the chosen document; please check both")

    def mask(self, value: Any) -> str:
        """Show the first and the last character only, as of an identity number, which it may be."""
        text = str(value)
        return f"{text[:1]}{'*' * max(len(text) - 2, 0)}{text[-1:]}"
