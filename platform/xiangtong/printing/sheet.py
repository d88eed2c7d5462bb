"""What stands on the paper: rows of boxes on a grid of 24 columns. No markup, no fonts, no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

#: Columns of the grid. Everything on the paper is so many of them wide.
GRID = 24

Role = Literal["heading", "label", "value", "head", "cell", "opinion", "signature"]


@dataclass(frozen=True, slots=True)
class Tick:
    """One option of a choice: its words, and whether it was chosen."""

    words: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the grid. `tall` leaves room to write; `under` is the line an opinion is signed on."""

    role: Role
    span: int
    text: str = ""
    ticks: tuple[Tick, ...] = ()
    picture: str = ""  # a data address
    under: str = ""
    tall: bool = False


Row = tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the list of papers: the material, and the files that came for it (or when it is wanted)."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a printed case checkable: the code to type, the address behind the picture, the picture itself."""

    code: str
    address: str
    picture: str  # a data address
    digest: str

    @property
    def words(self) -> str:
        """What stands at the foot of the sheet."""
        return f"核验码：{self.code}　　内容摘要：{self.digest}　　扫右上角的码，或打开下面的网址，可以核对这张表是不是真的。"


@dataclass(frozen=True)
class Sheet:
    """A whole form on paper. `over` are (label, value) above the grid; `notes` stand below it."""

    title: str
    rows: tuple[Row, ...]
    papers: tuple[Paper, ...] = ()
    over: Sequence[tuple[str, str]] = ()
    notes: tuple[str, ...] = ()
    landscape: bool = False
    stamp: Stamp | None = None
    papers_title: str = "附件清单"
    missing: tuple[str, ...] = field(default=())  # characters no font here can draw

    def texts(self) -> Iterator[str]:
        """Every text that has to be drawn."""
        yield self.title
        yield from self.notes
        for label, value in (*self.over, *((one.name, one.said) for one in self.papers)):
            yield from (label, value)
        yield self.papers_title
        if self.stamp:
            yield self.stamp.words
        for box in (box for row in self.rows for box in row):
            yield from (box.text, box.under, *(tick.words for tick in box.ticks))
