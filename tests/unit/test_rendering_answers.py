"""Answers for reading: words instead of codes, masks, rows under their names, nothing unescaped."""

from __future__ import annotations

import pytest

from rendering_form import a_plan
from xiangtong.rendering.answers import answer_rows, answers, render_answers
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.tongue import spoken
from xiangtong.rendering.values import size_in_words, typed

PLAN = a_plan()
CTX = RenderContext(options={"villages": {"321003100201": "太平村"}})
STORED = {
    "applicant": {"name": "张三", "id_number": "11010519491231002X", "phone": "13800138000"},
    "village": "321003100201",
    "leased": False,
    "area": 13550,
    "relation": "child",
    "troubles": ["ill", "disabled"],
    "household": [{"name": "李四"}, {"name": "王五"}],
}


def test_answers_are_in_words_and_in_the_forms_order() -> None:
    rows = answer_rows(PLAN, STORED, ctx=CTX)
    assert ("您是哪个村的", "太平村") in rows
    assert ("一共多大", "135.5 平方米") in rows
    assert ("与户主的关系", "子女") in rows
    assert ("有哪些困难", "重病、残疾") in rows
    assert rows[0] == ("您叫什么名字", "张三")


def test_numbers_that_identify_are_masked_unless_asked_otherwise() -> None:
    masked = dict(answer_rows(PLAN, STORED))
    assert masked["您的身份证号码"] == "1****************X"
    assert masked["您的手机号"] == "138****8000"
    assert dict(answer_rows(PLAN, STORED, masked=False))["您的手机号"] == "13800138000"


def test_rows_stand_under_their_names() -> None:
    assert ("第 2 位家人 姓名", "王五") in answer_rows(PLAN, STORED)
    html = str(render_answers(PLAN, STORED))
    assert html.count("<dl") == html.count("</dl>") == 3
    assert "<h3>第 2 位家人</h3>" in html


def test_an_answer_knows_its_pointer() -> None:
    assert {"/household/0/name", "/area"} <= {one.pointer for one in answers(PLAN, STORED)}


def test_answers_are_escaped_and_an_empty_form_is_nothing() -> None:
    assert "<b>" not in str(render_answers(PLAN, {"title": "<b>x</b>"}))
    assert str(render_answers(PLAN, {})) == ""


def test_values_are_typed_again_as_they_were() -> None:
    assert typed("money", 120050) == "1200.5"
    assert typed("area", "不知道") == "不知道"
    assert typed("yes-no", False) == "false"
    assert typed("text", None) == ""


def test_sizes_of_files_in_words() -> None:
    assert (size_in_words(1_234_567), size_in_words(340_000), size_in_words(3)) == ("1.2 MB", "340 KB", "1 KB")


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("Sex", "Sex"),
        ("张三", '<span lang="zh-CN">张三</span>'),
        ("No. 12, 永和村三组12号 (2)", 'No. 12, <span lang="zh-CN">永和村三组12号</span> (2)'),
        ("a<b\n甲 & 乙", 'a&lt;b\n<span lang="zh-CN">甲 &amp; 乙</span>'),
    ],
)
def test_chinese_on_an_english_page_says_so(words: str, heard: str) -> None:
    assert str(spoken(words, "en")) == heard
    assert "lang" not in spoken(words, "zh_CN")


def test_answers_on_an_english_page_are_heard_in_their_language() -> None:
    html = str(render_answers(PLAN, STORED, masked=False, ctx=RenderContext(locale="en")))
    assert '<dd><span lang="zh-CN">李四</span></dd>' in html
    assert "lang=" not in str(render_answers(PLAN, STORED))


def test_a_village_that_is_no_more_keeps_its_name() -> None:
    options = {"villages": {}, "divisions": {"321003100201": "江苏省扬州市邗江区公道镇太平村委会"}}
    rows = dict(answer_rows(PLAN, STORED, ctx=RenderContext(options=options)))
    assert rows["您是哪个村的"] == "江苏省扬州市邗江区公道镇太平村委会"
    assert dict(answer_rows(PLAN, STORED))["您是哪个村的"] == "321003100201"
