"""What stands on paper, where, and in which characters."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from threading import BoundedSemaphore
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from door_services import library
from xiangtong.attachments.photos import thumbnail
from xiangtong.dialect.effective import effective
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import form_of
from xiangtong.kernel.errors import NotFound, TooMany
from xiangtong.printing import glyphs, paper
from xiangtong.printing.codes import case_of, code_of, grouped
from xiangtong.printing.layout import Filled, Opinion, blank, filled
from xiangtong.printing.sheet import GRID, Box, Row, Sheet, Stamp
from xiangtong.tenancy.keys import KeyRing
from xiangtong.wiring import ROOT

SAMPLES = sorted((ROOT / "form_schemas").glob("*/sample*.json"))
KEYS = KeyRing(b"master-key-of-the-printing-tests")


def a_plan(properties: dict[str, Any], **root: Any) -> Plan:
    schema = {
        "$schema": "urn:xiangtong:form-dialect:1", "title": "试印表", "x-form": {"code": "try"}, "type": "object",
        "additionalProperties": False, "properties": properties,
        "x-steps": [{"id": "all", "title": "填", "ask": [f"/{name}" for name in properties]}], **root,
    }  # fmt: skip
    return form_of(schema, library().vocabulary, version=1).plan


def text(label: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": 50, "x-kind": "text", "x-label": label, **more}


@cache
def sample(form: str, name: str = "sample") -> dict[str, Any]:
    plan = library().form(form).plan
    given = json.loads((ROOT / "form_schemas" / form / f"{name}.json").read_text(encoding="utf-8"))
    return dict(effective(plan, given, Facts(date(2026, 9, 28), plan.params, {"villages": {}})).data)


def boxes(sheet: Sheet, role: str) -> list[Box]:
    return [box for row in sheet.rows for box in row if box.role == role]


def values(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """(label, what stands beside it) of every pair."""
    for row in sheet.rows:
        for label, value in zip(row[::2], row[1::2], strict=False):
            if label.role == "label":
                yield label.text, value.text or "".join(tick.words for tick in value.ticks if tick.on)


def row_of(sheet: Sheet, label: str) -> Row:
    return next(row for row in sheet.rows if any(box.text == label for box in row))


@pytest.mark.parametrize("form", sorted(library().forms))
def test_every_form_fills_the_grid_from_edge_to_edge(form: str) -> None:
    plan = library().form(form).plan
    given = [sample(form, path.stem) for path in SAMPLES if path.parent.name == form]
    for sheet in (blank(plan), *(filled(plan, Filled(answers)) for answers in given)):
        assert sheet.rows
        assert {sum(box.span for box in row) for row in sheet.rows} == {GRID}
        assert min(box.span for row in sheet.rows for box in row) >= 1


def test_a_blank_form_asks_everything_and_a_filled_one_what_counted() -> None:
    plan = library().form("temporary-relief").plan
    empty, full = blank(plan), filled(plan, Filled(sample("temporary-relief")))
    assert "代办人" in {box.text for box in boxes(empty, "heading")}
    assert "代办人" not in {box.text for box in boxes(full, "heading")}, "nobody filed for them"
    assert all(not tick.on for row in empty.rows for box in row for tick in box.ticks)
    told = dict(values(full))
    assert told["身份证号码"] == "421303195708152040", "in full"
    assert told["救助类型"] == "支出型"
    assert told["发生日期"] == "2026年3月5日"
    assert "镇里会上门" in empty.notes[0]
    assert full.notes == ()


def test_a_household_is_a_table_with_a_line_a_person() -> None:
    full = filled(library().form("temporary-relief").plan, Filled(sample("temporary-relief")))
    heads = [box.text for box in boxes(full, "head")]
    assert heads == ["序号", "姓名", "身份证号码", "年龄", "与户主关系", "健康状况", "是否有收入", "职业", "月收入"]
    cells = [box.text for box in boxes(full, "cell")]
    assert cells[:4] == ["1", "张三", "321003198801010016", "38 岁"]
    assert cells[6] == "有"
    empty = blank(library().form("temporary-relief").plan)
    assert [row[0].text for row in empty.rows if row[0].role == "cell"] == ["1", "2", "3", "4", "5"]


def test_opinions_stand_in_their_boxes_and_the_ending_below() -> None:
    plan = library().form("temporary-relief").plan
    said = Filled(
        sample("temporary-relief"), opinions={"村（社区）意见": Opinion("同意。情况属实", "李四", "2026年3月10日")},
        result=Opinion("准予。", "赵六", "2026年3月20日"),
    )  # fmt: skip
    sheet = filled(plan, said)
    _, box = row_of(sheet, "村（社区）意见")
    assert (box.text, box.under) == ("同意。情况属实", "经办人：李四　　2026年3月10日")
    assert "年" in row_of(sheet, "县（区）民政部门审批意见")[1].under, "what nobody decided waits for a pen"
    assert sheet.rows[-1][0].text == "办理结果"


def test_photos_are_listed_and_a_signature_is_pictured() -> None:
    answers = sample("temporary-relief")
    signature = answers["signature"][0]["id"]
    plan = library().form("temporary-relief").plan
    sheet = filled(plan, Filled(answers, pictures={signature: "data:image/jpeg;base64,AAAA"}))
    assert [box.picture for box in boxes(sheet, "signature")] == ["data:image/jpeg;base64,AAAA"]
    assert ("居民身份证", "1 份：身份证.jpg") in [(one.name, one.said) for one in sheet.papers]
    unread = filled(plan, Filled(answers))
    assert [box.text for box in boxes(unread, "signature")] == ["（见附件）"]
    assert ("授权委托书", "必须交，请人代办时") in [(one.name, one.said) for one in blank(plan).papers]


def test_x_print_says_what_should_stand_otherwise() -> None:
    plan = a_plan(
        {
            "a": text("甲"), "b": text("乙"), "c": text("丙"),
            "wide": text("丁", **{"x-print": {"width": 12}}),
            "box": text("戊", **{"x-print": {"box": True, "section": "下面由本人写"}}),
            "gone": text("己", **{"x-print": {"skip": True}}),
            "rows": {"type": "array", "maxItems": 9, "x-kind": "rows", "x-label": "庚", "x-print": {"lines": 2}, "items": {
                "type": "object", "additionalProperties": False, "properties": {"d": text("辛")}}},
        },
        **{"x-print": {"title": "印出来的题目", "landscape": True, "columns": 3}},
    )  # fmt: skip
    sheet = blank(plan)
    assert (sheet.title, sheet.landscape) == ("印出来的题目", True)
    assert [box.text for box in sheet.rows[0][::2]] == ["甲", "乙", "丙"]
    assert [box.span for box in row_of(sheet, "丁")] == [4, 20]
    assert row_of(sheet, "戊")[1].tall
    assert [box.text for box in boxes(sheet, "heading")] == ["下面由本人写", "庚"]
    assert "己" not in list(sheet.texts())
    assert [box.text for box in boxes(sheet, "cell")][::2] == ["1", "2"]


def test_rows_with_more_questions_than_columns_fit_become_blocks() -> None:
    asked = {f"q{at}": text(f"第{at}个很长的问题的名字", maxLength=500) for at in range(12)}
    items = {"type": "object", "additionalProperties": False, "properties": asked}
    rows = {
        "type": "array",
        "maxItems": 3,
        "x-kind": "rows",
        "x-label": "地块",
        "x-row": {"noun": "地", "measure": "块"},
    }
    sheet = filled(a_plan({"plots": {**rows, "items": items}}), Filled({"plots": [{"q0": "东边"}, {}]}))
    assert [box.text for box in boxes(sheet, "head")] == ["第 1 块地", "第 2 块地"]
    assert ("第0个很长的问题的名字", "东边") in list(values(sheet))
    assert [box.text for box in boxes(filled(a_plan({"plots": {**rows, "items": items}}), Filled({})), "cell")] == [
        "无"
    ]


def test_a_code_leads_back_to_its_case_and_a_made_up_one_to_none() -> None:
    number, following = "3210031002611210000420", "3210031002611210000438"
    code = code_of(KEYS, number)
    assert re.fullmatch(r"[A-Z2-7]{26}", code)
    assert number[9:] not in code
    misread = grouped(code).lower().replace("o", "0").replace("i", "1").replace("b", "8")
    assert case_of(KEYS, f" {misread} ") == number
    assert code_of(KEYS, following)[:8] != code[:8]
    for wrong in ("A" * 26, "", code[:-1], code[1:] + "A", "钱" * 26, "!" * 26, code_of(KeyRing(b"another"), number)):
        with pytest.raises(NotFound):
            case_of(KEYS, wrong)


# One of each: extension B (𠮷), G (𰻝), A (㐀), the dot in names of minorities; then ones that no everyday font has:
# B only in HanaMinB, G only in BabelStone Han.
RARE = "𠮷𰻝·㐀𠀣𰀀"
#: No font of the paper has a character of extension I yet.
UNDRAWN = "\U0002ebf0"


def rare_sheet(name: str) -> Sheet:
    return filled(a_plan({"name": text("姓名")}), Filled({"name": name}))


def test_rare_characters_are_drawn_by_embedded_fonts() -> None:
    printed = paper.print_sheet(rare_sheet(f"阿{RARE}提"), style_url="")
    assert printed.is_pdf, "tools/system.sh installs what is needed"
    assert printed.missing == ()
    (page,) = PdfReader(io.BytesIO(printed.body)).pages
    assert f"阿{RARE}提" in page.extract_text()
    fonts = [one.get_object()["/DescendantFonts"][0].get_object() for one in page["/Resources"]["/Font"].values()]
    names = {str(font["/BaseFont"]) for font in fonts}
    assert all(re.match(r"/[A-Z]{6}\+", name) for name in names), "subsets only"
    assert {"Noto-Serif-CJK-SC", "BabelStone-Han", "HanaMinB-Medium"} <= {name.split("+")[1] for name in names}
    assert all({"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object()) for font in fonts)


def test_what_cannot_be_drawn_is_named_and_never_a_silent_box() -> None:
    printed = paper.print_sheet(rare_sheet(f"张{UNDRAWN}"), style_url="")
    assert printed.missing == (UNDRAWN,)
    (page,) = PdfReader(io.BytesIO(printed.body)).pages
    words = page.extract_text()
    assert f"张{glyphs.GETA}" in words
    assert "有字打不出来" in words
    assert "U+2EBF0" in words
    assert glyphs.named("𠮷") == "𠮷（U+20BB7）"


def test_without_the_systems_parts_the_same_sheet_is_a_page_for_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "can_make_pdf", lambda: False)
    sheet = blank(library().form("homestead").plan)
    printed = paper.print_sheet(sheet, style_url="/static/x/print.css")
    page = printed.body.decode()
    assert (printed.is_pdf, printed.missing) == (False, ())
    assert '<link rel="stylesheet" href="/static/x/print.css">' in page
    assert not re.search(r"<script|<style|\sstyle=", page)
    assert sheet.title in page


def test_a_busy_printer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_PATIENCE", 0.01)
    with paper._ONE_AT_A_TIME, pytest.raises(TooMany, match="打印的人多"):
        paper.print_sheet(rare_sheet("张三"), style_url="")


def test_only_a_few_stand_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_IN_LINE", BoundedSemaphore(1))
    with paper._IN_LINE, pytest.raises(TooMany, match="打印的人多"):
        paper.print_sheet(rare_sheet("张三"), style_url="")


def test_the_foot_of_a_sheet_says_how_to_check_it() -> None:
    stamp = Stamp("ABCDE-FGHIJ", "https://example.test/verify/ABCDEFGHIJ", "", "0123456789abcdef")
    page = paper.page(Sheet("表", ((Box("cell", GRID, "x"),),), stamp=stamp), style_url="")
    assert "核验码：ABCDE-FGHIJ" in page
    assert stamp.address in page


def test_a_signature_drawn_on_nothing_is_ink_on_white() -> None:
    drawn = Image.new("RGBA", (60, 20), (0, 0, 0, 0))
    drawn.putpixel((30, 10), (0, 0, 0, 255))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    with Image.open(io.BytesIO(thumbnail(out.getvalue()))) as small:
        assert small.getpixel((2, 2)) == (255, 255, 255)


def test_a_blank_form_leaves_room_for_what_is_long() -> None:
    """A list of peoples is a line to write on; a household too wide for a table has three blocks."""
    sheet = blank(library().form("minimum-living").plan)
    assert max(len(box.ticks) for row in sheet.rows for box in row) <= 16
    blocks = [row[0].text for row in sheet.rows if row[0].role == "head" and row[0].span == 24]
    assert len(blocks) >= 3, blocks
