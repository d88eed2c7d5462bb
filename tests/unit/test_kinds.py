"""The kinds beside the everyday ones: their sentences, how they are read and masked, divisions, composed answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rendering_form import DIVISIONS, a_plan
from xiangtong.dialect.check import check
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Plan, Question
from xiangtong.dialect.vocabulary import Facts, Vocabulary
from xiangtong.drafts.answers import answers, posted_fields
from xiangtong.drafts.typed import Typed
from xiangtong.fields import division
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.kinds import KINDS
from xiangtong.rendering.answers import answer_rows
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_form
from xiangtong.validation.validate import validate

PLAN = a_plan()
ORDINARY = RenderContext(options={"divisions": DIVISIONS})


def _question(kind: str, **more: Any) -> Question:
    return Question(pattern="/q", name="q", kind=kind, schema={}, label="问题", title="名称", position=1, **more)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("number", "一吨半", "请填数字，最多两位小数，比如 1.5"),
        ("area-mu", "三亩半", "请填数字，最多两位小数，比如 3.6"),
        ("month", "2026-13", "请写成几几年几月，比如 2026年3月"),
        ("time", "25:00", "请写成几点几分，比如 8点30分，下午两点写 14:00"),
        ("landline", "87654321", "座机号码前面请加上区号，比如 0514-87654321"),
        ("landline", "13800138000", "这是手机号，这里请填座机号码"),
        ("postcode", "22500", "邮编是 6 位数字，现在是 5 位"),
        ("postcode", "A", "邮编是 6 位数字，比如 225009"),
        ("email", "zhangsan", "邮箱中间要有一个 @，比如 zhangsan@example.cn"),
        ("email", "zhangsan@example", "邮箱写得不全，@ 后面要像 example.cn 这样，请再看一遍"),
        ("credit-code", "9144030070846113T", "代码是 18 位，现在是 17 位，还少 1 位，请对照营业执照再看一遍"),
        ("credit-code", "91440300708461136张", "代码里只有数字和大写字母，请对照营业执照再看一遍"),
        (
            "credit-code",
            "91440300708461136O",
            "代码里不会有字母 I、O、S、V、Z，可能是 1、0、5 看错了，请对照营业执照再看一遍",
        ),
        ("credit-code", "11330000002482373F", "代码里有一位对不上，可能抄错了，请对照营业执照再看一遍"),
        (
            "disability-certificate",
            "321003198801010016",
            "残疾人证号是 20 位，补发过的后面还有 B 和 1 位数字，现在是 18 位，请对照残疾人证再看一遍",
        ),
        (
            "disability-certificate",
            "32100319880101001743",
            "前 18 位和身份证号码一样，里面有一位对不上，请对照残疾人证再看一遍",
        ),
        (
            "disability-certificate",
            "32100319880101001683",
            "第 19 位是残疾类别（1 到 7），第 20 位是等级（1 到 4），不太对，请对照残疾人证再看一遍",
        ),
        ("degrees", "东边", "请填度数，比如 119.412345"),
    ],
)
def test_a_sentence_says_what_to_do(kind: str, value: str, sentence: str) -> None:
    [told] = KINDS[kind].problems(value, _question(kind))
    assert told.message == sentence
    assert told.message_en


def test_a_number_that_does_not_fit_its_document_says_that_either_may_be_wrong() -> None:
    told = KINDS["document-no"].explain("1", _question("document-no"), "pattern", "")
    assert told.message == "号码和所选的证件对不上，请看看证件选对了没有、号码抄全了没有"
    assert KINDS["document-no"].explain("12", _question("document-no"), "maxLength", 1).code == "too-long"


@pytest.mark.parametrize(
    ("kind", "value", "shown", "english"),
    [
        ("number", 150, "1.5 吨", "1.5 tons"),
        ("area-mu", 360, "3.6 亩", "3.6 mu"),
        ("month", "2026-01", "2026年1月", "2026-01"),
        ("time", "08:30", "08:30", "08:30"),
        ("degrees", 119412340, "119.41234°", "119.41234°"),
        ("degrees", -500000, "-0.5°", "-0.5°"),
    ],
)
def test_a_value_is_written_for_reading(kind: str, value: Any, shown: str, english: str) -> None:
    unit = {"unit": "吨", "english": {"unit": "tons"}} if kind == "number" else {}
    assert KINDS[kind].display(value, _question(kind, **unit)) == shown
    assert KINDS[kind].display_en(value, _question(kind, **unit)) == english


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("landline", "051487654321", "0514****4321"),
        ("email", "zhangsan@example.cn", "zha***"),
        ("disability-certificate", "32100319880101001643", "3*******************"),
        ("document-no", "E12345678", "E*******8"),
        ("degrees", 119412345, "119.******"),
    ],
)
def test_a_mask_lets_one_recognise_and_not_read(kind: str, value: Any, masked: str) -> None:
    assert KINDS[kind].mask(value) == masked


def test_what_is_chosen_counts_as_far_as_each_choice_lies_in_the_one_before() -> None:
    gather = division.Division().gather
    assert gather(["320000000000", "321000000000", "321003000000"]) == "321003000000"
    assert gather(["320000000000", "321000000000", "321002000000", "321003108000"]) == "321002000000"
    assert gather(["", "321000000000"]) == ""
    assert gather(["321003108209"]) == "321003108209"


def test_a_division_is_known_with_all_around_it() -> None:
    around = ["320000000000", "321000000000", "321003000000", "321003108000", "321003108209"]
    assert division.chain("321003108209") == around
    assert division.chain("") == []
    assert division.below(DIVISIONS, "") == {"110000000000": "北京市", "320000000000": "江苏省"}
    assert list(division.below(DIVISIONS, "321003108000")) == ["321003108209", "321003108210"]


def _chosen(html: str) -> int:
    return html.count(" selected>")


def test_the_lists_of_a_division_are_there_without_script_down_to_the_next_one() -> None:
    html = str(render_form(PLAN, {"full_home": {"division": "321003000000"}}, [], ORDINARY))
    assert html.count('name="/full_home/division" data-level=') == 4
    assert _chosen(html) == 3
    assert '<option value="321003000000" selected>邗江区</option>' in html
    assert '<option value="321003108000">杨寿镇</option>' in html
    assert 'value="add:/full_home/division"' in html


def test_an_unknown_division_begins_anew() -> None:
    html = str(render_form(PLAN, {"full_home": {"division": "<script>"}}, [], ORDINARY))
    assert html.count("data-level=") == 1
    assert "<script" not in html


class _Home(dict[str, str]):
    home = "321003108000"


def test_who_must_answer_begins_in_the_own_township() -> None:
    options = {"divisions": _Home(DIVISIONS)}
    wanted = RenderContext(options=options, required={"/full_home/division"})
    assert _chosen(str(render_form(PLAN, {}, [], wanted))) == 4
    assert _chosen(str(render_form(PLAN, {}, [], RenderContext(options=options, required=set())))) == 0


def test_composed_kinds_are_read_as_one_answer_and_a_matrix_line_by_line() -> None:
    stored = {
        "lease": {"from": "2026-01-01", "to": "2026-12-31"},
        "papers_of": {"type": "passport", "number": "E12345678"},
        "full_home": {"division": "321003108209", "detail": "三组"},
        "plot": {"note": "村口", "longitude": 119400000, "latitude": 32500000},
        "incomes": {"wages": {"amount": 120000}, "farm": {"amount": 30000}},
    }
    rows = answer_rows(PLAN, stored, ctx=ORDINARY)
    assert rows == [
        ("从哪天租到哪天", "2026年1月1日 至 2026年12月31日"),
        ("用什么证件", "护照 E*******8"),
        ("现在住在哪里", "东兴村 三组"),
        ("这块地在哪里", "村口（东经 119.4°，北纬 32.5°）"),
        ("工资 多少钱", "1,200 元"),
        ("种养 多少钱", "300 元"),
    ]
    english = dict(answer_rows(PLAN, stored, ctx=RenderContext(options={"divisions": DIVISIONS}, locale="en")))
    assert english["从哪天租到哪天"] == "2026-01-01 to 2026-12-31"
    assert english["这块地在哪里"] == "村口 (119.4° E, 32.5° N)"


def test_an_empty_composed_kind_is_no_answer() -> None:
    assert answer_rows(PLAN, {"lease": {}, "papers_of": {}, "plot": {}}, ctx=ORDINARY) == []


_LINES = {
    "type": "array", "minItems": 2, "maxItems": 3, "uniqueItems": True, "x-kind": "lines", "x-label": "电话",
    "items": {"type": "string", "format": "mobile-phone"},
}  # fmt: skip


def _listed(**more: Any) -> Plan:
    form = {"title": "表", "type": "object", "additionalProperties": False, "x-form": {"code": "l"}}
    return compile_plan({**form, "properties": {"q": {**_LINES, **more}}}, Vocabulary({}, {}, FORMATS))


@pytest.mark.parametrize(
    ("typed", "sentence", "english"),
    [
        ("13800000001", "请至少写 2 行，现在是 1 行", "At least 2 lines are wanted; there are 1"),
        (
            "13800000001\n\n13800000002\n13800000003\n13800000004",
            "最多写 3 行，现在是 4 行，请去掉 1 行",
            "At most 3 lines; there are 4",
        ),
        ("13800000001\n138 0000 0001", "第 2 行和第 1 行一样，请去掉一行", "Line 2 repeats line 1"),
        ("13800000001\n\n1380000000", "第 2 行：手机号是 11 位，现在是 10 位，还少 1 位", "Line 2: "),
    ],
)  # fmt: skip
def test_lines_say_how_many_and_which_one(typed: str, sentence: str, english: str) -> None:
    [told] = validate(_listed(), {"q": typed}, Facts(date(2026, 3, 10)))
    assert (told.pointer, told.message) == ("/q", sentence)
    assert told.message_en.startswith(english)


def test_a_sentence_of_the_form_about_a_line_says_which() -> None:
    plan = _listed(**{"x-messages": {"format": "这不是手机号"}})
    [told] = validate(plan, {"q": ["13800000001", "12"]}, Facts(date(2026, 3, 10)))
    assert told.message == "第 2 行：这不是手机号"


def test_every_faulty_line_is_told_in_its_place() -> None:
    plan = _listed(maxItems=30)
    [told] = validate(plan, {"q": "12\n13800000001\n1380000000"}, Facts(date(2026, 3, 10)))
    assert (
        told.message
        == "第 1 行：手机号是 11 位，现在是 2 位，还少 9 位；第 3 行：手机号是 11 位，现在是 10 位，还少 1 位"
    )
    assert told.message_en.count("Line ") == 2
    [told] = validate(plan, {"q": [str(number) for number in range(13)]}, Facts(date(2026, 3, 10)))
    assert "第 10 行" in told.message
    assert told.message.endswith("；另外还有 3 行要改")


def test_lines_are_read_masked_and_typed_one_by_one() -> None:
    plan, stored = _listed(), {"q": ["13800000001", "13800000002"]}
    assert answer_rows(plan, stored) == [("电话", "138****0001\n138****0002")]
    assert answer_rows(plan, stored, masked=False) == [("电话", "13800000001\n13800000002")]
    days = _listed(items={"type": "string", "format": "date"})
    assert answer_rows(days, {"q": ["2026-01-31", "2026-02-01"]}) == [("电话", "2026年1月31日\n2026年2月1日")]
    assert KINDS["lines"].typed(stored["q"]) == "13800000001\n13800000002"
    assert KINDS["lines"].parse("a \r\n\r\n b") == ["a", "b"]


def test_lines_are_one_box_that_posts_without_script() -> None:
    html = str(render_form(PLAN, {"crops": ["稻", "麦"]}, [], ORDINARY))
    assert ">\n稻\n麦</textarea>" in html
    assert "一行写一个" in html
    [saved] = posted_fields(PLAN, [("/crops", "稻\r\n\r\n 麦")])
    assert answers(PLAN, Typed().changed({saved.pointer: saved.value})) == {"crops": ["稻", "麦"]}


def test_every_format_has_a_kind_that_reads_a_line_of_it() -> None:
    assert FORMATS.keys() <= KINDS.keys()


def _matrix(**lines: dict[str, Any]) -> list[str]:
    kinds = {name: {} for name in KINDS}
    line = {"type": "object", "additionalProperties": False, "x-label": "行"}
    properties = {name: {**line, **one} for name, one in lines.items()}
    table = {**line, "x-kind": "matrix", "properties": properties}
    form = {
        "$schema": "urn:xiangtong:form-dialect:1", "$id": "urn:xiangtong:form:m", "title": "表", "type": "object",
        "x-form": {"code": "m"}, "additionalProperties": False, "properties": {"table": table},
    }  # fmt: skip
    return [one.pointer for one in check(form, Vocabulary({}, kinds, {}))]


def test_every_line_of_a_matrix_asks_the_same() -> None:
    cell = {"type": "string", "x-kind": "text", "x-label": "问"}
    good = {"x-kind": "group", "properties": {"a": cell}}
    assert _matrix(one=good, two=good) == []
    assert _matrix(one=good, two={"x-kind": "group", "properties": {"b": cell}}) == ["/properties/table/properties/two"]
    assert _matrix(one={"x-kind": "group", "properties": {}}) == ["/properties/table/properties/one"]


def test_a_page_without_script_posts_all_lists_under_one_name() -> None:
    name = "/full_home/division"
    pairs = [(name, "320000000000"), (name, "321000000000"), (name, "321002000000"), (name, "321003108000")]
    [saved] = posted_fields(PLAN, pairs)
    assert (saved.pointer, saved.value) == (name, "321002000000")
    assert answers(PLAN, Typed().changed({name: saved.value})) == {"full_home": {"division": "321002000000"}}
