"""Spreadsheets as people save them."""

from __future__ import annotations

import io
import time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from xiangtong.kernel import sheets


def test_what_is_written_reads_back_as_text() -> None:
    data = sheets.write(("工号", "手机号"), [("001", "13800138000"), ("002", "=1+1")])
    rows = sheets.read(data)
    assert [row.cells for row in rows] == [
        {"工号": "001", "手机号": "13800138000"},
        {"工号": "002", "手机号": "=1+1"},
    ]
    assert [row.line for row in rows] == [2, 3]
    assert load_workbook(io.BytesIO(data)).worksheets[0]["B3"].data_type == "s", "never a formula"


def test_numbers_lose_nothing_and_empty_rows_keep_the_count() -> None:
    book = Workbook()
    for line in (["工号", "手机号"], [7, 13800138000.0], [None, None], ["8", None]):
        book.worksheets[0].append(line)
    packed = io.BytesIO()
    book.save(packed)
    rows = sheets.read(packed.getvalue())
    assert [(row.line, row.cells["工号"], row.cells["手机号"]) for row in rows] == [
        (2, "7", "13800138000"),
        (4, "8", ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_offices_use(encoding: str) -> None:
    rows = sheets.read("工号,姓名\n001, 张三 \n".encode(encoding))
    assert rows[0].cells == {"工号": "001", "姓名": "张三"}


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04not a workbook", b"\x00\x01\x02", b"\xff\xff\xff\xff", b"x" * (sheets.MOST_BYTES + 1)]
)
def test_what_is_no_spreadsheet_is_a_sentence(data: bytes) -> None:
    with pytest.raises(sheets.SheetUnreadable) as refused:
        sheets.read(data)
    assert refused.value.message


_SHEET = "xl/worksheets/sheet1.xml"
_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def with_part(name: str, content: bytes) -> bytes:
    """A workbook in which one part is another."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(sheets.write(["a"], [["1"]]))) as good, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for part in {*good.namelist(), name}:
            made.writestr(part, content if part == name else good.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        with_part(_SHEET, _HEAD + b"<row>" + b"<c/>" * 5_000_000 + b"</row></sheetData></worksheet>"),
        with_part(_SHEET, _HEAD + b"<row/>" * 5_000_000 + b"</sheetData></worksheet>"),
        with_part("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 5_000_000 + b"</sst>"),
        with_part(_SHEET, (_HEAD.decode() + "<row>" + "<c/>" * 2_500_000).encode("utf-16")),
        with_part("xl/more.xml", bytes(50_000_000)),
        b"a\n" * 2_500_000,
    ],
    ids=["cells", "rows", "strings", "another encoding", "bytes", "csv"],
)
def test_a_bomb_is_refused_before_it_is_read(data: bytes) -> None:
    started = time.thread_time()
    with pytest.raises(sheets.SheetUnreadable, match="请分成几份"):
        sheets.read(data)
    assert time.thread_time() - started < 10


def test_a_row_that_ends_early_is_empty_there() -> None:
    assert sheets.read(b"a,b\n1\n") == [sheets.Row(2, {"a": "1", "b": ""})]


def test_columns_far_to_the_right_cost_nothing_and_formulas_are_no_bomb() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>7</v></c><c r="XFD%d"><v>1</v></c></row>' % (n, n, n) for n in (1, 2))
    far = with_part(_SHEET, _HEAD + rows + b"</sheetData></worksheet>")
    assert sheets.read(far) == [sheets.Row(2, {"7": "7"})]
    chain = with_part("xl/calcChain.xml", b"<calcChain>" + b'<c r="A1"/>' * 9_000 + b"</calcChain>")
    assert sheets.read(chain) == [sheets.Row(2, {"a": "1"})]
