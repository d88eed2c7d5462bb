"""Spreadsheets: rows out of xlsx or CSV as people save them, and xlsx out of rows. Knows nothing of the product."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from xiangtong.kernel.errors import Refusal

MOST_BYTES, MOST_UNPACKED, MOST_ROWS, MOST_COLUMNS = 5 * 1024 * 1024, 40 * 1024 * 1024, 20_000, 100
# Some three for each cell of a full sheet of thirty columns. They pack to almost nothing and unpack to gigabytes.
_MOST_ELEMENTS, _MOST_BESIDE = 2_000_000, 2_000
CSV = "text/csv; charset=utf-8"
# What a cell may not begin with, or a program computes it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetUnreadable(Refusal):
    """The file is no spreadsheet that can be read; the sentence says what to do."""

    code = "SHEET_UNREADABLE"
    status = 422


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line as the program shows it (the head is line 1), and its cells by the head's words."""

    line: int
    cells: dict[str, str]


def read(data: bytes) -> list[Row]:
    """The rows of an xlsx or CSV file (UTF-8 or GB 18030), text trimmed, empty rows left out.

    Raises SheetUnreadable when the file is too large, broken, or of another kind.
    """
    if len(data) > MOST_BYTES:
        raise SheetUnreadable("表格太大了，请分成几份，每份不超过 5 MB", "The file is larger than 5 MB")
    lines = _xlsx(data) if data[:2] == b"PK" else _csv(data)
    if len(lines) > MOST_ROWS + 1:
        raise SheetUnreadable("表格行数太多，请分成几份，每份不超过 2 万行", "More than 20,000 rows")
    if not lines:
        raise SheetUnreadable("表格是空的，请先填写再上传", "The file is empty")
    head = lines[0]
    missing = [""] * len(head)
    rows = (
        Row(number, dict(zip(head, [*cells, *missing], strict=False)))
        for number, cells in enumerate(lines[1:], start=2)
    )
    return [row for row in rows if any(row.cells.values())]


def _csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            if "\0" in text:
                break
            lines = islice(csv.reader(io.StringIO(text)), MOST_ROWS + 2)
            return [[cell.strip() for cell in line] for line in lines]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise SheetUnreadable("读不懂这个文件，请用 Excel 或 WPS 另存为 xlsx 再上传", "Save it as xlsx and try again")


def _xlsx(data: bytes) -> list[list[str]]:
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            _weigh(packed)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        lines = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [_trimmed([_text(cell) for cell in line]) for line in lines]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        raise SheetUnreadable("这个表格打不开，请另存为 xlsx 再上传", "The workbook is broken") from error


def _weigh(packed: ZipFile) -> None:
    """Refuse what would take minutes and gigabytes to read, before anything builds a tree of it."""
    if sum(member.file_size for member in packed.infolist()) > MOST_UNPACKED:
        raise _too_much()
    scale = _Scale()
    for member in packed.infolist():
        scale.begin()
        parser = expat.ParserCreate()
        parser.StartElementHandler = scale.element
        # What is no XML (a picture, say) nobody reads as XML either.
        with packed.open(member) as unpacked, suppress(expat.ExpatError):
            parser.ParseFile(unpacked)


class _Scale:
    """Counts the elements of a workbook, and the cells of a row: whole rows are read at once."""

    def __init__(self) -> None:
        self._elements = self._beside = 0
        self._in_rows = False

    def begin(self) -> None:
        """The next part of the workbook. Only in rows `c` is a cell."""
        self._beside, self._in_rows = 0, False

    def element(self, name: str, _attributes: object) -> None:
        """One more element begins; raises SheetUnreadable when that is one too many."""
        kind = name.rpartition(":")[2]
        self._elements += 1
        if kind == "row":
            self._beside, self._in_rows = 0, True
        elif kind == "c" and self._in_rows:
            self._beside += 1
        if self._elements > _MOST_ELEMENTS or self._beside > _MOST_BESIDE:
            raise _too_much()


def _too_much() -> SheetUnreadable:
    return SheetUnreadable("表格太大了，请分成几份再上传", "The file unpacks to too much")


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: object) -> str:
    if cell is None:
        return ""
    # A number typed into a cell comes back as 13800138000.0 when a program saved it as a float.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def write_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that spreadsheet programs open well: UTF-8 with its mark, and no cell that one takes for a formula."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    for line in (head, *rows):
        lines.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line])
    return text.getvalue().encode("utf-8-sig")


def write(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An xlsx file of one sheet; every cell is text, so that nothing is taken for a formula or loses a zero."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet()
    for number, line in enumerate((head, *rows), start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type, cell.number_format = value, "s", "@"
            if number == 1:
                cell.font = Font(bold=True)
                sheet.column_dimensions[get_column_letter(column)].width = 18
    sheet.freeze_panes = "A2"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
