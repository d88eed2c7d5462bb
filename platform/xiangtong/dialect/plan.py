"""What a form version is once it has been compiled: plain, frozen values.

A ``Plan`` is made once per content hash by ``dialect.compile.compile_plan`` and
read by everybody else (rendering, validation, the browser). Nothing in it knows
of a submission. ``docs/dialect.md`` says in words what each part means.

Two sorts of pointers occur. A *pattern* names a question of the form and writes
``*`` for "any row": ``/household/*/id_number``. A *pointer* names one value of one
submission: ``/household/1/id_number``. ``Plan.question_at`` takes either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from xiangtong.dialect.vocabulary import GROUP_KINDS

#: A guard holds when every condition in it gives the wanted answer.
#: The empty guard always holds.
Guard: TypeAlias = tuple[tuple[int, bool], ...]

_ROW_NUMBER = re.compile(r"/(?:0|[1-9][0-9]*)(?=/|$)")


#: A pointer into answers: names need no escapes, row numbers have no leading zeros, eight levels are the deepest.
POINTER = re.compile(r"(?:/[a-z][a-z0-9_]{0,63}|/(?:0|[1-9][0-9]{0,3})){1,8}")


def pattern_of(pointer: str) -> str:
    """Give the pattern of a pointer: row numbers become ``*``."""
    return _ROW_NUMBER.sub("/*", pointer)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen: what is stored, and what people read."""

    value: str
    label: str
    label_en: str = ""
    hint: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class RowWords:
    """How a repeating row is spoken of: 第 2 位家人, 再加一位家人."""

    noun: str = "项"
    measure: str = "个"
    add: str = "再加一个"

    def ordinal(self, index: int) -> str:
        """Name the row with the zero-based ``index``: ``第 2 位家人``."""
        return f"第 {index + 1} {self.measure}{self.noun}"


@dataclass(frozen=True, slots=True)
class Material:
    """A file question that is also a material of the service guide."""

    code: str
    name: str
    necessity: str  # required | optional | later (容缺)
    source: str  # applicant | government | other
    form: str  # original | copy | electronic
    when: str = ""  # the condition in words, for the guide
    licence: str = ""  # the electronic licence that can stand in for it
    name_en: str = ""
    when_en: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Neighbouring questions of one object that are always asked and hold one value each; or one of another sort.

    Most of a form is such runs: what counts of them is read in one go.
    """

    questions: tuple[Question, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One property of the form: a single question, a group of them, or rows of them."""

    pattern: str
    name: str
    kind: str
    schema: Mapping[str, Any]  # its own part of the schema, references resolved
    label: str  # the question as a person would ask it
    title: str  # the official name of the field, as printed
    position: int  # place in the one order of all questions
    hint: str = ""
    example: str = ""
    unit: str = ""
    text: str = ""  # the text of a notice or a consent
    options: tuple[Option, ...] = ()
    options_from: str = ""  # name of a list in Facts.options, instead of `options`
    children: tuple[Question, ...] = ()  # of a group, or of one row
    runs: tuple[Run, ...] = field(default=(), compare=False)  # the same children
    row: RowWords = RowWords()
    hidden_when: tuple[Guard, ...] = ()
    required_when: tuple[Guard, ...] = ()
    always_required: bool = False  # whenever it is shown
    derive: Mapping[str, Any] | None = None
    compute: Callable[[Any, Any], Any] | None = field(default=None, compare=False)  # of (frames, facts)
    rules: tuple[Rule, ...] = ()  # rules that this object (group or row) states
    has_rules: bool = False  # it, or something in it, states rules
    material: Material | None = None
    sensitive: bool = False
    office: bool = False  # filled by the office, never by the applicant
    prefill: str = ""  # name of a known value, like citizen.name
    locked: bool = False  # a pre-filled value of it may not be changed
    default: Any = None  # what stands in its input while nobody has answered
    read_only: bool = False  # shown, never typed
    write_only: bool = False  # typed, never shown again
    deprecated: bool = False  # not asked any more; an answer that is there counts
    messages: Mapping[str, str] = field(default_factory=dict)  # code of a problem → its own sentence
    notes: Mapping[str, Any] = field(default_factory=dict)  # all its x- keywords
    english: Mapping[str, str] = field(default_factory=dict)  # title, label, hint, text, unit, example, add

    @property
    def is_group(self) -> bool:
        """Say whether its value is an object of further questions."""
        return self.kind in GROUP_KINDS

    @property
    def is_rows(self) -> bool:
        """Say whether its value is a list of rows of further questions."""
        return self.kind == "rows"

    @property
    def is_derived(self) -> bool:
        """Say whether its value is computed and never typed."""
        return self.derive is not None

    @property
    def title_en(self) -> str:
        """Its short name in English; in Chinese where nobody has said."""
        return str(self.english.get("title") or self.english.get("label") or self.title)

    @property
    def line_kind(self) -> str:
        """The kind that each line of ``lines`` is read as: that of its format, which has the same name, or a plain one."""
        items = self.schema.get("items", {})
        return str(items.get("format") or ("integer" if items.get("type") == "integer" else "text"))

    @property
    def line(self) -> Question:
        """One line of ``lines`` as a question of its own."""
        return replace(self, kind=self.line_kind, schema=self.schema.get("items", {}))

    @property
    def is_plain(self) -> bool:
        """Say whether it is always asked, and what is given is what counts."""
        special = self.hidden_when or self.children or self.office or self.is_derived
        return not special and self.kind != "notice"


@dataclass(frozen=True, slots=True)
class Condition:
    """One ``if`` of the form. ``holds`` is given the effective object it stands in."""

    index: int
    depth: int  # how many objects enclose it: 0 for the form itself
    scope: str  # pattern of the object it stands in
    test: Mapping[str, Any]  # the `if` schema
    reads: tuple[str, ...]  # patterns it tests
    holds: Callable[[Any], bool] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must hold between answers, from the closed list of operators."""

    code: str
    op: str
    spec: Mapping[str, Any]  # op, of, and the operator's own settings
    scope: str  # pattern of the object that states it
    at: str  # pattern of the question that shows the problem
    message: str
    message_en: str
    reads: tuple[str, ...]
    check: Callable[[Any, Any], Any] = field(compare=False)  # of (frames, facts)
    answers: tuple[Callable[[Any, Any], Any], ...] = field(compare=False)  # one for each path it reads


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form: a title and the patterns of the questions it asks."""

    id: str
    title: str
    asks: tuple[str, ...]
    hint: str = ""
    title_en: str = ""
    hint_en: str = ""


@dataclass(frozen=True)
class Plan:
    """A compiled form version."""

    digest: str  # SHA-256 of the canonical form with its references resolved
    code: str
    title: str
    schema: Mapping[str, Any]  # plain JSON Schema 2020-12, references resolved
    root: Question  # kind "group", pattern ""
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...]
    params: Mapping[str, Any]  # tenant parameters with their 示例 defaults
    dated: frozenset[str]  # those of them whose value depends on the day
    form: Mapping[str, Any]  # the x-form block

    @cached_property
    def watched(self) -> tuple[Question, ...]:
        """The questions whose answers only the facts of the day can judge."""
        return tuple(one for one in self.by_pattern.values() if one.options_from or one.kind == "resident-id")

    @cached_property
    def lists(self) -> frozenset[str]:
        """The names of its parameters that are lists of options."""
        asked = (one.options_from for one in self.by_pattern.values())
        return frozenset(name for name in asked if name in self.params)

    @cached_property
    def by_pattern(self) -> Mapping[str, Question]:
        """Every question of the form by its pattern, in the form's order."""
        found: dict[str, Question] = {}
        _collect(self.root.children, found)
        return found

    def question_at(self, pointer: str) -> Question | None:
        """Find the question of a pattern or a pointer; None where there is none."""
        return self.by_pattern.get(pointer) or self.by_pattern.get(pattern_of(pointer))

    def step(self, step_id: str) -> Step | None:
        """Find a step by its id; None where there is none."""
        return next((step for step in self.steps if step.id == step_id), None)

    def questions_of(self, step: Step) -> tuple[Question, ...]:
        """Give the questions a step asks, in the form's order."""
        asked = [self.by_pattern[pattern] for pattern in step.asks]
        return tuple(sorted(asked, key=lambda question: question.position))


def _collect(questions: tuple[Question, ...], found: dict[str, Question]) -> None:
    for question in questions:
        found[question.pattern] = question
        _collect(question.children, found)
