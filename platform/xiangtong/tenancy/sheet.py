"""Reading a CSV file so that everything wrong with it is told at once, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiangtong.kernel.errors import Problem, Problems

_LONGEST_VALUE = 200
# A province has some twenty thousand villages. Whoever has so much to mend has sent the wrong file.
_MOST_ROWS, _MOST_BAD = 100_000, 500


@dataclass(frozen=True, slots=True)
class BadRow:
    """One value that cannot stand: file, line (1 is the heading; 0 the file as a whole), column, value, reason."""

    file: str
    line: int
    column: str
    value: str
    reason: str

    @property
    def where(self) -> str:
        """The place in words."""
        line = f"第 {self.line} 行" if self.line else ""
        return " ".join(part for part in (self.file, line, self.column) if part)


class BadFiles(Problems):
    """Files that cannot be provisioned from; `rows` names every bad value."""

    code = "BAD_FILES"

    def __init__(self, rows: Sequence[BadRow]) -> None:
        self.rows = tuple(rows)
        problems = [
            Problem(row.where, f"{row.reason}（现在是“{row.value}”）" if row.value else row.reason) for row in rows
        ]
        super().__init__(
            problems,
            f"文件里有 {len(rows)} 处要改，改好再来；现在什么都没有动",
            f"{len(rows)} value(s) in the files to put right; nothing was changed",
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: its line number and its values by column, trimmed."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


def read_rows(data: bytes, *, file: str, columns: Sequence[str], bad: list[BadRow]) -> list[Row]:
    """The rows of a CSV file with exactly these `columns` (in any order); what is wrong is appended to `bad`.

    UTF-8, with or without a byte order mark, or GB 18030 as spreadsheets of Chinese offices still write it.
    """
    text = _decoded(data)
    if text is None or "\x00" in text:
        bad.append(BadRow(file, 0, "", "", "不是文本文件，请另存为 CSV（UTF-8）再上传"))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [name.strip() for name in next(reader, [])]
        if missing := [name for name in columns if name not in heading]:
            bad.append(BadRow(file, 1, "、".join(missing), ",".join(heading)[:_LONGEST_VALUE], "表头缺少这些列"))
            return []
        return list(_rows(reader, file, heading, columns, bad))
    except csv.Error:
        bad.append(BadRow(file, reader.line_num, "", "", "这一行的引号没有成对，读不下去"))
        return []


def _rows(
    reader: Iterator[list[str]], file: str, heading: list[str], columns: Sequence[str], bad: list[BadRow]
) -> Iterator[Row]:
    for line, cells in enumerate(reader, start=2):
        if line > _MOST_ROWS or len(bad) >= _MOST_BAD:
            bad.append(BadRow(file, line, "", "", "后面的没有再看：行数太多，或者要改的太多"))
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heading):
            reason = f"这一行有 {len(cells)} 格，应当是 {len(heading)} 格"
            bad.append(BadRow(file, line, "", ",".join(cells)[:_LONGEST_VALUE], reason))
            continue
        values = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
        yield Row(line, {name: values[name] for name in columns})


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
