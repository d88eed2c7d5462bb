"""What numbers copied from a paper share: their format tells that one is wrong, the kind tells where."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class CheckedCode(Kind, ABC):
    """A number with the format of its kind's name; a subclass names the paper and says which part is wrong."""

    normal = "code"
    paper = ""
    paper_en = ""

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say which part of the number is wrong, and what to compare it with."""
        text = str(value)
        if CHECKERS[self.name](text):
            return []
        sentence, english = self.wrong(text)
        again = f"请对照{self.paper}再看一遍"
        return [Sentence("format", f"{sentence}，{again}", f"{english}; please compare it with the {self.paper_en}")]

    @abstractmethod
    def wrong(self, code: str) -> tuple[str, str]:
        """The part of a code that does not have the format, in Chinese and English."""
