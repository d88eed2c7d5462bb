"""A stored value as it stands in an input, ready to be typed over."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kinds import KINDS


def typed(kind: str, value: Any) -> str:
    """Give what would have to be typed to store ``value``; what was never understood stands as it was typed."""
    if value is None:
        return ""
    return KINDS[kind].typed(value)


def shown_value(question: Question, value: Any, *, english: bool = False) -> str:
    """Give a value that was computed in the words of its kind; nothing where nothing could be computed."""
    if value is None:
        return ""
    found = next((one for one in question.options if one.value == value), None)
    if found is not None:
        return (english and found.label_en) or found.label
    kind = KINDS[question.kind]
    return kind.display_en(value, question) if english else kind.display(value, question)


def size_in_words(size: int) -> str:
    """Give a file's size as people read it: 1.2 MB, 340 KB."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{max(1, round(size / 1000))} KB"


def chosen_values(value: Any) -> frozenset[str]:
    """Give the option values that an answer chooses, whichever kind of choice it is."""
    if isinstance(value, list):
        return frozenset(one for one in value if isinstance(one, str))
    return frozenset((typed("choice", value),))
