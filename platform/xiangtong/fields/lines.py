"""Several short answers, one to a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind, Sentence
from xiangtong.fields.normal import lines_of

#: More faulty lines than this are counted: nobody reads on.
_MOST_TOLD = 10


class Lines(Kind):
    """A list of texts or whole numbers that nobody has to choose from; each line is read as a kind of its own."""

    name = "lines"
    normal = "lines"
    schema = {"type": "array"}
    needs: Sequence[str] = ("items", "maxItems")

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        """`kinds`: all others, by name; those of a line are among them."""
        self._kinds = kinds

    def read(self, given: Sequence[Any], question: Question) -> list[Any]:
        """Give texts, split at their line ends, in the normal form of a line; empty lines are left out."""
        return lines_of(given, self._kinds[question.line_kind].parse)

    def explain_line(self, value: Any, question: Question, keyword: str, limit: Any) -> Sentence:
        """Say what is wrong with the value of one line, in the words of its kind."""
        return self._kinds[question.line_kind].explain(value, question.line, keyword, limit)

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """How many lines are wanted, and which of them say the same."""
        size = len(value) if isinstance(value, list) else 0
        match keyword:
            case "minItems":
                return f"请至少写 {limit} 行，现在是 {size} 行", f"At least {limit} lines are wanted; there are {size}"
            case "maxItems":
                said = f"最多写 {limit} 行，现在是 {size} 行，请去掉 {size - limit} 行"
                return said, f"At most {limit} lines; there are {size}"
            case "uniqueItems":
                first, again = _repeated(value)
                return f"第 {again} 行和第 {first} 行一样，请去掉一行", f"Line {again} repeats line {first}"
            case "type":
                return "请一行写一个", "One to a line, please"
        return super().generic(value, question, keyword, limit)

    def typed(self, value: Any) -> str:
        """Each on its line."""
        if not isinstance(value, list):
            return super().typed(value)
        return "\n".join(super(Lines, self).typed(one) for one in value)

    def display(self, value: Any, question: Question) -> str:
        """Each on its line, in the words of its kind."""
        kind, line = self._kinds[question.line_kind], question.line
        return "\n".join(kind.display(one, line) for one in value) if isinstance(value, list) else str(value)

    def display_en(self, value: Any, question: Question) -> str:
        """The same for readers of English."""
        kind, line = self._kinds[question.line_kind], question.line
        return "\n".join(kind.display_en(one, line) for one in value) if isinstance(value, list) else str(value)


def at_lines(sentences: Mapping[int, Sentence]) -> Sentence:
    """Say what is wrong with each faulty line, in their order, counted as the page shows them.

    ``sentences`` by the zero-based number of their line, the most telling first: the code is its.
    """
    told = sorted(sentences.items())
    shown, left = told[:_MOST_TOLD], len(told[_MOST_TOLD:])
    message = "；".join(f"第 {index + 1} 行：{one.message}" for index, one in shown)
    english = "; ".join(f"Line {index + 1}: {one.message_en}" for index, one in shown)
    if left:
        message, english = f"{message}；另外还有 {left} 行要改", f"{english}; and {left} more"
    return Sentence(next(iter(sentences.values())).code, message, english)


def _repeated(values: Sequence[Any]) -> tuple[int, int]:
    """The numbers of the first line that occurs again, and of where it does."""
    seen: dict[str, int] = {}
    for number, one in enumerate(values, 1):
        first = seen.setdefault(json.dumps(one, sort_keys=True), number)
        if first != number:
            return first, number
    raise ValueError("no value is repeated")
