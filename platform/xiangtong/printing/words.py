"""A stored value as it is written on the official paper: in full, in Chinese, a choice with all its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.plan import Option, Question
from xiangtong.printing.sheet import Tick
from xiangtong.rendering.answers import value_words
from xiangtong.rendering.context import RenderContext

_YES_NO = (Option("true", "是"), Option("false", "否"))
_AGREED = (Option("true", "本人同意并确认"),)
_FIXED = {"yes-no": _YES_NO, "consent": _AGREED}
#: Longer lists are written as the one answer that was given: ticks are for choices taken in at a glance.
_MOST_TICKED = 60
#: On a blank form, too, nobody looks for theirs among 58 boxes: a line to write on is quicker.
_MOST_BOXES = 16
_JOINTS = {"date-range": " 至 "}


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns values into words. A `blank` form shows every option of a choice."""

    blank: bool = False
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def text(self, question: Question, value: Any) -> str:
        """The value in words; nothing for what was not answered."""
        if question.children:
            return self._joined(question, value)
        if value is None or value in ("", []):
            return ""
        return value_words(question, value, masked=False, ctx=RenderContext(options=self.options))

    def ticks(self, question: Question, value: Any) -> tuple[Tick, ...]:
        """The options with what was chosen ticked; nothing for what is no choice, or too long a one."""
        options = _options(question)
        if not options or question.is_derived or len(options) > _MOST_BOXES:
            return ()
        if not self.blank and sum(len(one.label) + 2 for one in options) > _MOST_TICKED:
            return ()
        chosen = _chosen(value)
        return tuple(Tick(one.label, one.value in chosen) for one in options)

    def _joined(self, question: Question, value: Any) -> str:
        given = value if isinstance(value, Mapping) else {}
        parts = [self.text(child, given.get(child.name)) for child in question.children]
        return _JOINTS.get(question.kind, "　").join(part for part in parts if part)


def _options(question: Question) -> tuple[Option, ...]:
    """Its own words first: 有 and 没有 where a question of yes and no says so."""
    return question.options or _FIXED.get(question.kind, ())


def _chosen(value: Any) -> frozenset[str]:
    if isinstance(value, bool):
        return frozenset(("true" if value else "false",))
    if isinstance(value, list):
        return frozenset(one for one in value if isinstance(one, str))
    return frozenset((value,)) if isinstance(value, str) else frozenset()
