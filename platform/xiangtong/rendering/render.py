"""The fields of a step, as HTML. Doors put the frame, the progress and the buttons around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from xiangtong.dialect.plan import Plan, Question, Step
from xiangtong.fields.division import below, chain
from xiangtong.fields.parameters import parameter_words
from xiangtong.rendering.context import ProblemLike, RenderContext
from xiangtong.rendering.pieces import (
    BODY,
    FILE_ID,
    FILE_NAME,
    FILE_SIZE,
    FILE_URL,
    ORDINAL,
    PROBLEM,
    ROW,
    VALUE,
    choice_hole,
    parameter_hole,
)
from xiangtong.rendering.sheet import Look, options_of, sheet_of
from xiangtong.rendering.tongue import spoken
from xiangtong.rendering.values import chosen_values, shown_value, size_in_words, typed
from xiangtong.rendering.view import id_of

_FILES = frozenset({"file", "photo", "signature"})
_CHOICES = frozenset({"choice", "choices", "radio", "select", "yes-no", "consent", "village"})
_LISTS = frozenset({"select", "village"})


def render_step(
    plan: Plan, step: Step, data: Mapping[str, Any], problems: Iterable[ProblemLike], ctx: RenderContext
) -> Markup:
    """Give the fields of one step with their answers and problems, without form element or buttons."""
    questions = plan.questions_of(step)
    writer = _Writer(plan, problems, ctx, _titled(step, questions))
    fields = [writer.asked(question, data) for question in questions]
    return Markup("\n".join(fields))  # noqa: S704 - templates escaped their part, the writer every answer


def render_form(plan: Plan, data: Mapping[str, Any], problems: Iterable[ProblemLike], ctx: RenderContext) -> Markup:
    """Give the fields of all steps, each step under its title: for the preview and the blank form."""
    told = list(problems)
    sheet = sheet_of(plan, ctx.locale, ctx.gettext)
    titles = [sheet.step_title(step) for step in plan.steps]
    parts = [
        Markup("<h2>{}</h2>\n{}").format(title, render_step(plan, step, data, told, ctx))
        for title, step in zip(titles, plan.steps, strict=True)
    ]
    return Markup("\n").join(parts)


def problem_links(problems: Iterable[ProblemLike], ctx: RenderContext) -> list[tuple[str, str]]:
    """Give (id of the input, sentence) of every problem, as the component ``summary`` wants them."""
    return [(id_of(one.pointer), spoken(_summary(one, ctx), ctx.locale)) for one in problems]


def _summary(problem: ProblemLike, ctx: RenderContext) -> str:
    return (problem.summary_en or problem.message_en) if ctx.locale == "en" else problem.summary


def _sentence(problem: ProblemLike, ctx: RenderContext) -> str:
    return (problem.message_en or problem.message) if ctx.locale == "en" else problem.message


def _titled(step: Step, questions: Sequence[Question]) -> str:
    """The pattern of a step's first question where it is called what the step is called: nobody reads that twice."""
    return questions[0].pattern if questions and questions[0].label == step.title else ""


def _parameters(plan: Plan, ctx: RenderContext) -> dict[str, str]:
    """The words of the form's parameters by their holes."""
    english = ctx.locale == "en"
    return {
        parameter_hole(index): escape(parameter_words(plan, name, ctx.params, english=english))
        for index, name in enumerate(plan.params)
    }


class _Writer:
    """Writes questions one after the other, every answer escaped; knows the page, but no question in particular."""

    def __init__(self, plan: Plan, problems: Iterable[ProblemLike], ctx: RenderContext, titled: str = "") -> None:
        self._ctx = ctx
        self._titled = titled
        self._sheet = sheet_of(plan, ctx.locale, ctx.gettext)
        self._params = _parameters(plan, ctx)
        self._lists: dict[str, tuple[tuple[str, str], ...]] = {}
        self._problems: dict[str, str] = {}
        for problem in problems:
            self._problems.setdefault(problem.pointer, _sentence(problem, ctx))

    def asked(self, question: Question, data: Mapping[str, Any]) -> str:
        """Write a question that a step names, wherever in the data it stands."""
        *above, name = question.pattern[1:].split("/")
        holder: Any = data
        for step in above:
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        value = holder.get(name, question.default) if isinstance(holder, Mapping) else question.default
        return self._write(question, question.pattern, value, {})

    def _write(self, question: Question, pointer: str, value: Any, row: Mapping[str, str]) -> str:
        if question.office:
            return ""
        if question.is_rows:
            return self._rows(question, pointer, value)
        if question.is_group:
            return self._group(question, pointer, value, row)
        if question.is_derived:
            return self._derived(question, pointer, row)
        return self._single(question, pointer, value, row)

    def _single(self, question: Question, pointer: str, value: Any, row: Mapping[str, str]) -> str:
        look = self._look(question, pointer)
        if question.write_only and value not in (None, "", []):
            look = look._replace(kept=True)
        holes = dict(row)
        if question.kind in _CHOICES:
            chosen = chosen_values(value)
            word = " selected" if question.kind in _LISTS else " checked"
            for index, option in enumerate(options_of(question, look)):
                if option.value in chosen:
                    holes[choice_hole(index)] = word
        elif question.kind in _FILES:
            holes[BODY] = self._files(question, look, value, row)
        elif question.kind == "division":
            holes[BODY] = self._levels(question, look, value, row)
        else:
            # What is write-only never comes back to a page; an empty input leaves it as it was.
            holes[VALUE] = escape("" if question.write_only else typed(question.kind, value))
        return self._fill(look, question, pointer, holes)

    def _derived(self, question: Question, pointer: str, row: Mapping[str, str]) -> str:
        shown = shown_value(question, self._ctx.derived.get(pointer), english=self._ctx.locale == "en")
        look = self._look(question, pointer, "derived")
        return self._fill(look, question, pointer, {**row, VALUE: spoken(shown or "—", self._ctx.locale)})

    def _group(self, question: Question, pointer: str, value: Any, row: Mapping[str, str]) -> str:
        body = self._children(question, pointer, value, row)
        return self._fill(self._look(question, pointer), question, pointer, {**row, BODY: body})

    def _rows(self, question: Question, pointer: str, value: Any) -> str:
        rows: Sequence[Any] = value if isinstance(value, list) else ()
        body = "".join([self._row(question, pointer, index, one) for index, one in enumerate(rows)])
        return self._fill(self._look(question, pointer, "rows"), question, pointer, {BODY: body})

    def _row(self, question: Question, pointer: str, index: int, value: Any) -> str:
        row: dict[str, str] = {ROW: str(index), ORDINAL: str(escape(self._sheet.ordinal(question, index)))}
        body = self._children(question, f"{pointer}/{index}", value, row)
        look = Look(question.pattern, "_row", readonly=self._ctx.readonly)
        return self._sheet.pieces(look, question).fill({**row, BODY: body})

    def _children(self, question: Question, pointer: str, value: Any, row: Mapping[str, str]) -> str:
        answers = value if isinstance(value, Mapping) else {}
        parts = [
            self._write(child, f"{pointer}/{child.name}", answers.get(child.name, child.default), row)
            for child in question.children
        ]
        return "".join(parts)

    def _look(self, question: Question, pointer: str, partial: str = "") -> Look:
        ctx = self._ctx
        return Look(
            question=question.pattern,
            partial=partial or question.kind,
            problem=pointer in self._problems,
            optional=pointer not in ctx.required if ctx.required is not None else not question.always_required,
            hidden=ctx.visible is not None and pointer not in ctx.visible,
            readonly=ctx.readonly or question.read_only or pointer in ctx.locked,
            source=ctx.sources.get(pointer, ""),
            township_options=self._township_options(question),
            titled=question.pattern == self._titled,
        )

    def _township_options(self, question: Question) -> tuple[tuple[str, str], ...]:
        name = question.options_from
        if not name or question.kind == "division":
            return ()
        if name not in self._lists:
            self._lists[name] = tuple(self._ctx.options.get(name, {}).items())
        return self._lists[name]

    def _levels(self, question: Question, look: Look, value: Any, row: Mapping[str, str]) -> str:
        """One list for each level down to the one after the answer; who must answer begins in the own township."""
        places = self._ctx.options.get("divisions", {})
        begun = "" if look.optional else getattr(places, "home", "")
        chosen = chain(value if isinstance(value, str) and value in places else begun)
        parts = []
        for level, around in enumerate(("", *chosen)):
            listed = tuple(below(places, around).items())
            line = Look(question.pattern, "_level", readonly=look.readonly, township_options=listed, level=level)
            if listed:
                parts.append(self._level(question, line, chosen[level : level + 1], row))
        return "".join(parts)

    def _level(self, question: Question, line: Look, chosen: list[str], row: Mapping[str, str]) -> str:
        holes = dict(row)
        for index, (code, _) in enumerate(line.township_options):
            if code in chosen:
                holes[choice_hole(index)] = " selected"
        return self._sheet.pieces(line, question).fill(holes)

    def _files(self, question: Question, look: Look, value: Any, row: Mapping[str, str]) -> str:
        files = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
        return "".join([self._file(question, look, one, row) for one in files])

    def _file(self, question: Question, look: Look, file: Mapping[str, Any], row: Mapping[str, str]) -> str:
        name, size = str(file.get("id", "")), file.get("size")
        address = self._ctx.file_url(name)
        line = Look(question.pattern, "_file", readonly=look.readonly, has_address=bool(address))
        holes = {
            **row,
            FILE_ID: escape(name),
            FILE_NAME: escape(str(file.get("name", ""))),
            FILE_SIZE: escape(size_in_words(size if isinstance(size, int) else 0)),
            FILE_URL: escape(address),
        }
        return self._sheet.pieces(line, question).fill(holes)

    def _fill(self, look: Look, question: Question, pointer: str, holes: dict[str, str]) -> str:
        if look.problem:
            holes[PROBLEM] = spoken(self._problems[pointer], self._ctx.locale)
        return self._sheet.pieces(look, question).fill({**self._params, **holes})
