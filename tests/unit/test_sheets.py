"""Spreadsheets as people save them."""

from __future__ import annotations

import io

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
