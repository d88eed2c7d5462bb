"""Kinds of fields: the sentences they say, how they write values, that nothing about them is forgotten."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangtong.dialect import identity_numbers
from xiangtong.dialect.plan import Option, Question
from xiangtong.fields.formats import CHECKERS, CHECKS, FORMATS
from xiangtong.fields.kinds import KINDS
from xiangtong.fields.normal import NORMAL_FORMS, hundredths, scrub

ROOT = Path(__file__).resolve().parents[2]


def question(kind, **more):
    return Question(pattern="/q", name="q", kind=kind, schema={}, label="问题", title="名称", position=1, **more)


def said(kind, value):
    return [one.message for one in KINDS[kind].problems(value, question(kind, text="全文"))]


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("resident-id", "32100319880101001", "现在是 17 位，还少 1 位，请对照身份证再看一遍"),
        ("resident-id", "3210031988010100161", "现在是 19 位，多了 1 位，请对照身份证再看一遍"),
        ("resident-id", "321003198801010017", "号码里有一位对不上，可能抄错了，请对照身份证再看一遍"),
        ("resident-id", "321003198813320016", "第 7 到 14 位是出生日期，19881332 不是一个日子，请对照身份证再看一遍"),
        ("resident-id", "32100319880101AB16", "号码只有数字，最后一位可能是 X，请对照身份证再看一遍"),
        ("mobile-phone", "1380000000", "手机号是 11 位，现在是 10 位，还少 1 位"),
        ("mobile-phone", "23800000000", "手机号是 1 开头的 11 位数字，请再看一遍"),
        ("phone", "87654321", "请填 11 位手机号；固定电话请加上区号，比如 0514-87654321"),
        ("bank-card", "62220200", "银行卡号是 16 到 19 位数字，请对照卡片再看一遍"),
        ("bank-card", "6222020000000000001", "卡号里有一位对不上，可能抄错了，请对照卡片再看一遍"),
        ("date", "2026-02-30", "请写成年月日，比如 1946年3月5日，并看看这一天有没有写错"),
        ("integer", "三", "请填数字，比如 3"),
        ("area", "很大", "请填数字，最多两位小数，比如 120.5"),
        ("person-name", "张3", "姓名里有数字，请照身份证上的姓名填写"),
        ("consent", False, "请读一读“名称”，同意后打勾"),
    ],
)
def test_a_sentence_says_what_to_do(kind, value, sentence):
    assert said(kind, value) == [sentence]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("resident-id", "11010519491231002X"),
        ("resident-id", "440524188001010014"),
        ("mobile-phone", "13800000000"),
        ("phone", "051487654321"),
        ("bank-card", "6222020000000000000"),
        ("date", "2024-02-29"),
        ("integer", 0),
        ("money", 0),
        ("person-name", "阿布·买买提"),
        ("consent", True),
    ],
)
def test_nothing_is_said_about_what_is_right(kind, value):
    assert said(kind, value) == []


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("money", 1234560, "12,345.60 元"),
        ("money", 150000, "1,500 元"),
        ("area", 12050, "120.5 平方米"),
        ("length", 900, "9 米"),
        ("yes-no", False, "不是"),
        ("consent", True, "已同意"),
        ("date", "2026-01-31", "2026年1月31日"),
        ("photo", [{"name": "a.jpg"}, {"name": "b.jpg"}], "a.jpg、b.jpg"),
        ("rows", [{}, {}], "2 个"),
    ],
)
def test_a_value_is_written_for_reading(kind, value, shown):
    assert KINDS[kind].display(value, question(kind)) == shown


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("resident-id", "321003198801010016", "3****************6"),
        ("person-name", "张三", "*三"),
        ("mobile-phone", "13712349050", "137****9050"),
        ("bank-card", "6222020000000000000", "622202*********0000"),
        ("address", "江苏省扬州市邗江区杨寿镇", "江苏省扬州市******"),
    ],
)
def test_a_mask_lets_one_recognise_and_not_read(kind, value, masked):
    assert KINDS[kind].mask(value) == masked


def test_a_yes_no_is_read_in_its_own_words():
    words = (Option("true", "有", "Yes, one"), Option("false", "没有"))
    asked = question("yes-no", options=words)
    kind = KINDS["yes-no"]
    assert [kind.display(value, asked) for value in (True, False, "也许")] == ["有", "没有", "也许"]
    assert [kind.display_en(value, asked) for value in (True, False)] == ["Yes, one", "没有"]


def test_every_kind_says_no_word_that_a_person_would_not_use():
    for kind in KINDS.values():
        for value in ("", "坏", 0, None, [], {}):
            for one in kind.problems(value, question(kind.name)):
                assert "格式" not in one.message
                assert one.message_en


def test_every_kind_has_its_name_its_file_and_its_row_in_the_docs():
    docs = (ROOT / "docs/dialect.md").read_text("utf-8")
    for name, kind in KINDS.items():
        assert kind.name == name
        assert f"`{name}`" in docs
        assert (ROOT / f"platform/xiangtong/fields/{name.replace('-', '_')}.py").exists()
        assert kind.normal in {"", *NORMAL_FORMS}


def test_every_format_is_a_portable_pattern_with_a_known_check():
    for entry in FORMATS.values():
        assert entry["pattern"].startswith("^")
        assert entry["pattern"].endswith("$")
        assert "\\" not in entry["pattern"]
        assert entry.get("check", "date") in CHECKS


GOOD_CODES = ("91350100M000100Y43", "91440300708461136T", "11440100007482575H", "11100000000013338W")


@pytest.mark.parametrize("code", GOOD_CODES)
def test_a_right_credit_code(code):
    assert CHECKERS["credit-code"](code)


@pytest.mark.parametrize("code", ["911101087000421011", "11330000002482373F", "1144010000748257", ""])
def test_a_wrong_credit_code(code):
    assert not CHECKERS["credit-code"](code)


def test_fifteen_digits_become_eighteen_by_the_check_digit():
    assert identity_numbers.check_digit("13050319670401001") == "6"


@given(st.text(max_size=30))
def test_normal_forms_are_stable_and_never_fail(raw):
    for form in NORMAL_FORMS.values():
        once = form(raw)
        if isinstance(once, str):
            assert form(once) == once
        json.dumps(once).encode()


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_money_survives_being_shown_and_typed_again(value):
    assert hundredths(KINDS["money"].typed(value)) == value


@given(st.text(alphabet=st.characters(), max_size=30))
def test_scrubbed_text_can_be_stored(raw):
    assert "\x00" not in scrub(raw)
    scrub(raw).encode("utf-8")
