"""Answers for reading: the receipt, the page to review before sending, the clerk's record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from xiangtong.dialect.plan import Plan, Question
from xiangtong.fields.group import Composed
from xiangtong.fields.kinds import KINDS
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.tongue import spoken
from xiangtong.rendering.values import shown_value

#: Kinds that identify a person or reach into a purse: masked whether or not the form says so (domain facts §8.2).
_ALWAYS_MASKED = frozenset(
    {
        *("resident-id", "mobile-phone", "phone", "landline", "email", "bank-card", "certificate-no"),
        *("disability-certificate", "document-no"),
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in words. ``over`` names the row it stands in (第 2 位家人), or nothing."""

    pointer: str
    label: str
    value: str
    over: str = ""


def answers(
    plan: Plan, data: Mapping[str, Any], *, masked: bool = True, ctx: RenderContext | None = None
) -> list[Answer]:
    """Give every answer of stored data in the form's order; what was not answered is left out.

    With ``masked`` (the default), ids, phones, bank numbers and whatever a form calls sensitive are told apart but not
    read.
    """
    reader = _Reader(masked, ctx or RenderContext())
    return list(reader.read(plan.root.children, data, "", ""))


def answer_rows(
    plan: Plan, data: Mapping[str, Any], *, masked: bool = True, ctx: RenderContext | None = None
) -> list[tuple[str, str]]:
    """Give (label, value) of every answer; a label inside rows begins with the row's name."""
    return [
        (f"{one.over} {one.label}" if one.over else one.label, one.value)
        for one in answers(plan, data, masked=masked, ctx=ctx)
    ]


def render_answers(
    plan: Plan, data: Mapping[str, Any], *, masked: bool = True, ctx: RenderContext | None = None
) -> Markup:
    """Give all answers as a list of terms, each row of a table of rows under its own name."""
    parts: list[Markup] = []
    over = None
    page = (ctx or RenderContext()).locale
    for one in answers(plan, data, masked=masked, ctx=ctx):
        if one.over != over:
            parts.append(_opening(spoken(one.over, page), first=over is None))
            over = one.over
        label, value = spoken(one.label, page), spoken(one.value, page)
        parts.append(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(label, value))
    if over is not None:
        parts.append(Markup("</dl>"))
    return Markup("").join(parts)


def value_words(question: Question, value: Any, *, masked: bool, ctx: RenderContext) -> str:
    """One stored value in words, in the reader's language; with ``masked``, told apart but not read."""
    kind, english = KINDS[question.kind], ctx.locale == "en"
    if question.kind == "lines" and isinstance(value, list):
        return "\n".join(value_words(question.line, one, masked=masked, ctx=ctx) for one in value)
    if masked and (question.sensitive or question.kind in _ALWAYS_MASKED):
        return kind.mask_en(value) if english else kind.mask(value)
    if question.options_from:
        return _listed(question, str(value), ctx)
    if question.options and question.kind not in ("choice", "choices"):
        return shown_value(question, value, english=english)
    return kind.display_en(value, question) if english else kind.display(value, question)


def _listed(question: Question, value: str, ctx: RenderContext) -> str:
    """The name of what was chosen from a list; a village that is in it no more still has its place in the country."""
    found = ctx.options.get(question.options_from, {}).get(value)
    if found is None and question.kind == "village":
        found = ctx.options.get("divisions", {}).get(value)
    return value if found is None else found


def _opening(over: Markup, *, first: bool) -> Markup:
    title = Markup("<h3>{}</h3>").format(over) if over else Markup("")
    return (Markup("") if first else Markup("</dl>")) + title + Markup('<dl class="facts">')


@dataclass(frozen=True, slots=True)
class _Reader:
    masked: bool
    ctx: RenderContext

    def read(
        self, questions: tuple[Question, ...], data: Mapping[str, Any], prefix: str, over: str
    ) -> Iterator[Answer]:
        for question in questions:
            value = data.get(question.name)
            pointer = f"{prefix}/{question.name}"
            if question.is_rows:
                yield from self._rows(question, value, pointer)
            elif question.is_group:
                yield from self._group(question, value if isinstance(value, Mapping) else {}, pointer, over)
            elif value is not None and question.kind in KINDS:
                yield Answer(pointer, self._label(question), self._words(question, value), over)

    def _group(self, question: Question, value: Mapping[str, Any], pointer: str, over: str) -> Iterator[Answer]:
        kind = KINDS[question.kind]
        if isinstance(kind, Composed):
            words = self._together(kind, question, value)
            if words:
                yield Answer(pointer, self._label(question), words, over)
        elif question.kind == "matrix":
            for line in question.children:
                yield from self.read((line,), value, pointer, self._label(line))
        else:
            yield from self.read(question.children, value, pointer, over)

    def _together(self, kind: Composed, question: Question, values: Mapping[str, Any]) -> str:
        known = [one for one in question.children if values.get(one.name) is not None]
        words = {one.name: self._words(one, values[one.name]) for one in known}
        return kind.together_en(words) if self.ctx.locale == "en" else kind.together(words)

    def _rows(self, question: Question, value: Any, pointer: str) -> Iterator[Answer]:
        for index, row in enumerate(value if isinstance(value, list) else ()):
            over = question.row.ordinal(index) if self.ctx.locale != "en" else f"No. {index + 1}"
            yield from self.read(question.children, row if isinstance(row, Mapping) else {}, f"{pointer}/{index}", over)

    def _label(self, question: Question) -> str:
        return question.title_en if self.ctx.locale == "en" else question.title

    def _words(self, question: Question, value: Any) -> str:
        return value_words(question, value, masked=self.masked, ctx=self.ctx)
