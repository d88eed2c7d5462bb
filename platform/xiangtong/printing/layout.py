"""From a form and its answers to what stands on the paper. docs/dialect.md §9 says the rules in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.effective import Effective
from xiangtong.dialect.plan import Plan, Question
from xiangtong.dialect.vocabulary import PARAMETER_GAP
from xiangtong.fields.parameters import with_parameters
from xiangtong.printing.columns import pair, spans
from xiangtong.printing.papers import FILES, papers_of, wanted
from xiangtong.printing.sheet import GRID, Box, Paper, Row, Sheet
from xiangtong.printing.words import Reader

#: Groups that are asked and read as one thing, and so have one box.
_COMPOSED = frozenset({"date-range", "document", "full-address", "location"})
_LABEL, _NARROW_LABEL = 4, 3
_BLANK_LINES, _BLANK_BLOCKS = 5, 3
_SIGNED = "签名（盖章）：　　　　　　　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the office wrote into a box, who, and the day in words."""

    text: str
    signer: str = ""
    day: str = ""

    @property
    def under(self) -> str:
        """The line it is signed on."""
        return f"经办人：{self.signer}　　{self.day}" if self.signer else self.day


@dataclass(frozen=True)
class Filled:
    """What a form is filled with. `opinions` by the title of their box; `pictures` by the id of a signature's file."""

    answers: Mapping[str, Any]
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    result: Opinion | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def blank(plan: Plan, params: Mapping[str, Any] | None = None) -> Sheet:
    """The form with nothing in it, every question of it; `params` are the township's, which its texts may name."""
    work = _Layout(plan, Reader(blank=True), Filled({}, params=params or {}), None)
    return work.sheet(wanted(plan))


def named_on_blank(plan: Plan, params: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the township's parameters that the blank form names: where it names none, all townships' are alike."""
    texts = [one.text for one in plan.by_pattern.values() if one.kind == "notice"]
    return {name: params[name] for text in texts for name in PARAMETER_GAP.findall(text) if name in params}


def filled(plan: Plan, content: Filled) -> Sheet:
    """The form as it was filed: without what conditions hide."""
    visible = frozenset(Effective(plan, _whole(plan.root.children, content.answers), {}).visible)
    work = _Layout(plan, Reader(options=content.options), content, visible)
    return work.sheet(papers_of(plan, content.answers))


class _Layout:
    """One pass over the questions; pairs wait in `line` until the line is full."""

    def __init__(self, plan: Plan, reader: Reader, content: Filled, visible: Collection[str] | None) -> None:
        self.plan, self.reader, self.content, self.visible = plan, reader, content, visible
        said = plan.schema.get("x-print") or {}
        self.title = str(said.get("title") or plan.title)
        self.landscape, self.columns = bool(said.get("landscape")), int(said.get("columns", 2))
        self.rows: list[Row] = []
        self.line: list[tuple[Question, Any, int]] = []
        self.headings: list[str] = []  # wait for something to stand under them
        self.notes: list[str] = []

    def sheet(self, papers: tuple[Paper, ...]) -> Sheet:
        """Lay out the whole form."""
        self._questions(self.plan.root.children, self.content.answers, "")
        self._flush()
        if self.content.result is not None:
            self._add(_opinion("办理结果", self.content.result))
        return Sheet(self.title, tuple(self.rows), papers, notes=tuple(self.notes), landscape=self.landscape)

    def _questions(self, questions: Sequence[Question], data: Mapping[str, Any], prefix: str) -> None:
        for question in questions:
            pointer = f"{prefix}/{question.name}"
            said = question.notes.get("x-print", {})
            if said.get("skip") or question.kind in FILES or self._hidden(question, pointer):
                continue
            if "section" in said:
                self._heading(said["section"])
            self._question(question, data.get(question.name), pointer)

    def _question(self, question: Question, value: Any, pointer: str) -> None:
        if question.kind == "notice":
            self.notes += [with_parameters(question.text, self.plan, self.content.params)] if self.reader.blank else []
        elif question.is_rows:
            self._table(question, value if isinstance(value, list) else [], pointer)
        elif question.kind == "matrix":
            self._matrix(question, value if isinstance(value, Mapping) else {}, pointer)
        elif question.children and question.kind not in _COMPOSED:
            self._heading(question.title)
            self._questions(question.children, value if isinstance(value, Mapping) else {}, pointer)
            self._flush()
            self.headings.clear()
        elif question.office:
            self._flush()
            self._add(_opinion(question.title, self.content.opinions.get(question.title)))
        else:
            self._pair(question, value)

    def _hidden(self, question: Question, pointer: str) -> bool:
        return self.visible is not None and not question.office and pointer not in self.visible

    def _heading(self, text: str) -> None:
        self._flush()
        self.headings = [text]

    def _add(self, row: Row) -> None:
        self.rows += [(Box("heading", GRID, text),) for text in self.headings]
        self.headings.clear()
        self.rows.append(row)

    def _pair(self, question: Question, value: Any) -> None:
        width = pair(question, self.columns)
        if sum(used for _, _, used in self.line) + width > 12:
            self._flush()
        self.line.append((question, value, width))

    def _flush(self) -> None:
        """End the line; its last pair reaches to the edge."""
        if not self.line:
            return
        boxes: list[Box] = []
        left = GRID
        for place, (question, value, width) in enumerate(self.line):
            span = left if place == len(self.line) - 1 else 2 * width
            left -= span
            label = min(_LABEL if span >= 3 * _LABEL else _NARROW_LABEL, span - 1)
            boxes += [Box("label", label, question.title), self._value(question, value, span - label)]
        self.line.clear()
        self._add(tuple(boxes))

    def _value(self, question: Question, value: Any, span: int) -> Box:
        if question.kind == "signature":
            files = value if isinstance(value, list) else []
            picture = next((self.content.pictures.get(str(one.get("id")), "") for one in files), "")
            return Box("signature", span, "" if picture or not files else "（见附件）", picture=picture, tall=True)
        tall = bool(question.notes.get("x-print", {}).get("box")) or question.kind in ("long-text", "lines")
        ticks = self.reader.ticks(question, value)
        text = question.text if question.kind == "consent" else "" if ticks else self.reader.text(question, value)
        return Box("value", span, text, ticks, tall=tall)

    def _table(self, question: Question, rows: Sequence[Any], pointer: str) -> None:
        self._heading(question.title)
        columns = list(_leaves(question.children))
        shares = spans([leaf for leaf, _ in columns], landscape=self.landscape)
        given = [row if isinstance(row, Mapping) else {} for row in rows]
        if shares is None:
            self._blocks(question, given or [{}] * self._lines(question, _BLANK_BLOCKS), pointer)
        elif given or self.reader.blank:
            lines = self._lines(question, _BLANK_LINES)
            self._head(["序号", *(leaf.title for leaf, _ in columns)], [1, *shares])
            for number, row in enumerate(given or [{}] * lines, 1):
                self._cells(str(number), [(leaf, _at(row, path)) for leaf, path in columns], [1, *shares])
        if not given and not self.reader.blank:
            self._add((Box("cell", GRID, "无"),))
        self.headings.clear()

    def _lines(self, question: Question, usual: int) -> int:
        """How many empty rows a blank form leaves; a filed one leaves none."""
        most = int(question.schema.get("maxItems", usual))
        return int(question.notes.get("x-print", {}).get("lines", min(usual, most))) if self.reader.blank else 0

    def _blocks(self, question: Question, rows: Sequence[Mapping[str, Any]], pointer: str) -> None:
        """Too many columns for the paper: each row is a block of pairs."""
        for index, row in enumerate(rows):
            self._add((Box("head", GRID, question.row.ordinal(index)),))
            self._questions(question.children, row, f"{pointer}/{index}")
            self._flush()

    def _matrix(self, question: Question, data: Mapping[str, Any], pointer: str) -> None:
        self._heading(question.title)
        lines = [one for one in question.children if not self._hidden(one, f"{pointer}/{one.name}")]
        columns = list(lines[0].children) if lines else []
        shares = spans([lines[0], *columns], landscape=self.landscape) if lines else None
        if shares is None:
            self._questions(lines, data, pointer)
            return
        shares[0] += 1
        self._head(["", *(one.title for one in columns)], shares)
        for line in lines:
            row = data.get(line.name)
            given = row if isinstance(row, Mapping) else {}
            self._cells(line.title, [(one, given.get(one.name)) for one in line.children], shares)

    def _head(self, titles: Sequence[str], shares: Sequence[int]) -> None:
        self._add(tuple(Box("head", span, title) for title, span in zip(titles, shares, strict=True)))

    def _cells(self, first: str, values: Sequence[tuple[Question, Any]], shares: Sequence[int]) -> None:
        texts = [first, *(self._short(question, value) for question, value in values)]
        self._add(tuple(Box("cell", span, text) for text, span in zip(texts, shares, strict=True)))

    def _short(self, question: Question, value: Any) -> str:
        """In a table a choice is the one answer in words."""
        if question.kind == "yes-no" and not question.options:
            return {True: "是", False: "否"}.get(value, "")
        return self.reader.text(question, value)


def _whole(questions: Sequence[Question], data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with every group and list of the form in place: an older version may have had fewer of them."""
    whole = dict(data)
    for question in questions:
        value = whole.get(question.name)
        if question.is_rows:
            rows = value if isinstance(value, list) else []
            whole[question.name] = [_whole(question.children, row if isinstance(row, Mapping) else {}) for row in rows]
        elif question.children:
            whole[question.name] = _whole(question.children, value if isinstance(value, Mapping) else {})
    return whole


def _leaves(questions: Sequence[Question], path: tuple[str, ...] = ()) -> Iterator[tuple[Question, tuple[str, ...]]]:
    """The columns of a row: its questions, those of its groups among them; files are listed elsewhere."""
    for question in questions:
        here = (*path, question.name)
        if question.kind in FILES or question.kind == "notice" or question.notes.get("x-print", {}).get("skip"):
            continue
        if question.children and not question.is_rows and question.kind not in _COMPOSED:
            yield from _leaves(question.children, here)
        else:
            yield question, here


def _at(row: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _opinion(title: str, opinion: Opinion | None) -> Row:
    label = Box("label", _LABEL, title)
    if opinion is None:
        return label, Box("opinion", GRID - _LABEL, under=_SIGNED, tall=True)
    return label, Box("opinion", GRID - _LABEL, opinion.text, under=opinion.under, tall=True)
