"""A sheet of service items: its own template reads, and everything wrong with a sheet is said together."""

from __future__ import annotations

import pytest

from xiangtong.items import sheet
from xiangtong.kernel import sheets
from xiangtong.kernel.errors import Problems

GOOD = dict(zip(sheet.HEAD, sheet.EXAMPLE, strict=True))


def _bytes(*rows: dict[str, str]) -> bytes:
    return sheets.write(sheet.HEAD, [[row[name] for name in sheet.HEAD] for row in rows])


def _wrong(*rows: dict[str, str]) -> list[str]:
    with pytest.raises(Problems) as refused:
        sheet.read(_bytes(*rows))
    return [problem.where for problem in refused.value.problems]


def test_the_template_reads_as_it_shows() -> None:
    ((line, item),) = sheet.read(sheet.template())
    assert (line, item.key, item["item_type"], item["case_type"]) == (2, "tea-register", "07", "2")
    assert item["limits"] == {"promised": 5, "statutory": 20}
    assert [step["title"] for step in item["flow"]] == ["受理", "审核"]
    assert not item["online"], "what has no form is not applied for online"


def test_every_bad_row_is_told_at_once() -> None:
    rows = (
        GOOD | {"名称": "", "承诺工作日": "五天"},
        GOOD | {"事项代号": "茶园", "基本编码": "0007"},
        GOOD | {"事项代号": "b-2", "基本编码": "000720002000", "办件类型": "慢件", "条件": "字" * 2001},
    )
    assert _wrong(*rows) == [
        "第 2 行 承诺工作日", "第 2 行 名称", "第 3 行 基本编码", "第 3 行 事项代号", "第 4 行 条件",
        "第 4 行 办件类型",
    ]  # fmt: skip


def test_what_stands_twice_is_told_at_both_places() -> None:
    assert _wrong(GOOD, GOOD) == [f"第 {line} 行 {name}" for name in ("事项代号", "基本编码") for line in (2, 3)]


def test_a_sheet_without_its_columns_is_told_which() -> None:
    with pytest.raises(Problems, match="1"):
        sheet.read(sheets.write(["名称"], [["茶园登记"]]))
