"""What default, readOnly, writeOnly, deprecated, dated parameters and translations do on a page and on a case."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from xiangtong.dialect.english import words_in
from xiangtong.dialect.known import as_filed, as_of_today, kept, version_of
from xiangtong.dialect.vocabulary import Facts, Vocabulary
from xiangtong.doors.shared.posted import Reader
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.fields.formats import FORMATS
from xiangtong.forms.library import Form, form_of
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_form
from xiangtong.validation.form_data import put_value, without_secrets
from xiangtong.validation.validate import validate

_TEXT = {"type": "string", "x-kind": "text", "maxLength": 9}
_TIERS = [
    {"from": "2025-01-01", "value": [{"value": "1", "label": "一档"}]},
    {"from": "2026-01-01", "value": [{"value": "2", "label": "二档"}]},
]


def a_form() -> Form:
    """A form with one question for each annotation."""
    questions: dict[str, Any] = {
        "a": {**_TEXT, "x-label": "甲", "default": "起初", "x-i18n": {"en": {"label": "A"}, "zh-Hant": {"label": "甲繁"}}},
        "seen": {**_TEXT, "x-label": "乙", "readOnly": True},
        "pin": {**_TEXT, "x-label": "丙", "writeOnly": True, "x-hint": "记住它"},
        "long": {**_TEXT, "x-label": "丁", "x-messages": {"too-long": "写短一点"}, "x-en": {"too-long": "Shorter, please"}},
        "tier": {"type": "string", "x-kind": "choice", "x-label": "档", "x-options-from": "tiers"},
        "way": {
            "type": "string", "x-kind": "choice", "x-label": "怎么领", "enum": ["1", "2"], "x-options": [
                {"value": "1", "label": "自取", "label_en": "Fetch it", "hint": "带上身份证"},
                {"value": "2", "label": "邮寄"},
            ],
        },
        "town": {**_TEXT, "x-kind": "select", "x-label": "哪里", "enum": ["1"], "x-options": [{"value": "1", "label": "镇上"}]},
        "rows": {
            "type": "array", "maxItems": 3, "x-kind": "rows", "x-label": "行",
            "x-row": {"noun": "人", "measure": "位", "add": "再加一位"}, "x-i18n": {"en": {"add": "One more person"}},
            "items": {"type": "object", "additionalProperties": False, "properties": {
                "b": {**_TEXT, "x-label": "子", "default": "行里"}, "key": {**_TEXT, "x-label": "密", "writeOnly": True},
            }},
        },
    }  # fmt: skip
    return form_of(
        {
            "$schema": "urn:xiangtong:form-dialect:1", "title": "表", "x-form": {"code": "notes"},
            "x-steps": [{"id": "all", "title": "填", "ask": [f"/{name}" for name in questions]}],
            "x-params": {
                "tiers": {"title": "档次", "dated": True, "default": _TIERS},
                "most": {"title": "最多", "dated": True, "default": [{"from": "2026-03-01", "value": 7}]},
            },
            "type": "object", "additionalProperties": False, "properties": questions,
        },
        Vocabulary(documents={}, kinds={}, formats=FORMATS),
    )  # fmt: skip


FORM = a_form()
PLAN = FORM.plan


def page(data: dict[str, Any], locale: str = "zh_CN") -> str:
    """The form as a page shows it."""
    return str(render_form(PLAN, data, [], RenderContext(locale=locale)))


def saved(values: dict[str, Raw], pointer: str, value: Raw) -> dict[str, Raw]:
    """What a draft of `values` is given when a page posts an answer, and when its script sends it alone."""
    draft = OpenDraft(SimpleNamespace(revisions={}), None, Typed(values))  # type: ignore[arg-type]
    reader = Reader(FORM, FORM, draft, lambda *_: False)
    posted = reader.posted([(pointer, str(value))])
    sent = reader.sent([{"pointer": pointer, "value": value}])
    assert [(one.pointer, one.value) for one in posted] == [(one.pointer, one.value) for one in sent]
    return {one.pointer: one.value for one in posted}


def test_a_default_stands_in_the_input_until_somebody_answers() -> None:
    assert 'value="起初"' in page({})
    assert 'value="行里"' in page({"rows": [{}]})
    assert "起初" not in page({"a": ""})
    assert "行里" not in page({"rows": [{"b": ""}]})


def test_what_is_read_only_is_shown_and_never_typed() -> None:
    assert saved({}, "/seen", "x") == {}
    assert saved({"/seen": "已知"}, "/seen", "x") == {}
    data: dict[str, Any] = {}
    assert put_value(PLAN, data, "/seen", "已知")
    shown = page(data)
    assert "已知" in shown
    assert "readonly" in shown.split('name="/seen"')[1].split(">")[0]


def test_what_is_write_only_never_comes_back_and_stays_when_left_empty() -> None:
    data: dict[str, Any] = {"pin": "1234", "rows": [{"key": "99"}]}
    assert "1234" not in page(data)
    assert saved({"/pin": "1234"}, "/pin", "") == {}
    assert saved({"/rows/0/key": "99"}, "/rows/0/key", "") == {}
    assert saved({"/pin": "1234"}, "/pin", "5678") == {"/pin": "5678"}
    assert without_secrets(PLAN, data) == {"rows": [{}]}
    assert PLAN.question_at("/pin").sensitive  # type: ignore[union-attr]


def test_a_form_says_a_problem_in_its_own_words() -> None:
    problems = validate(PLAN, {"long": "0123456789"}, Facts(date(2026, 3, 10)))
    assert [(one.code, one.message, one.message_en) for one in problems] == [
        ("too-long", "写短一点", "Shorter, please")
    ]


def test_a_case_keeps_what_it_was_decided_by() -> None:
    known = kept(
        PLAN, Facts(date(2026, 2, 1), {"most": [{"from": "2026-01-15", "value": 9}]}, {"villages": {"1": "甲村"}})
    )
    version = version_of({"2": "二档"})
    dated = {"most": "2026-01-15", "tiers": "2026-01-01"}
    assert known == {
        "day": "2026-02-01", "params": {"most": 9}, "dated": dated, "lists": {"tiers": version},
        "options": {"tiers": {"2": "二档"}},
    }  # fmt: skip
    assert version != version_of({"2": "三档"})


def test_a_case_reads_years_later_as_it_did_then() -> None:
    known = kept(PLAN, Facts(date(2026, 2, 1), {"most": 9}))
    years_later = Facts(
        date(2029, 2, 1), {"most": 1, "tiers": [{"value": "2", "label": "新二档"}]}, {"villages": {"1": "甲村"}}
    )
    then = as_filed(PLAN, known, years_later)
    assert (then.today, then.params["most"]) == (date(2026, 2, 1), 9)
    assert then.options == {"tiers": {"2": "二档"}, "villages": {"1": "甲村"}}
    assert as_filed(PLAN, {}, years_later).options["tiers"] == {"2": "新二档"}


def test_what_is_in_force_is_chosen_once() -> None:
    facts = as_of_today(PLAN, Facts(date(2026, 2, 1)))
    assert facts.params["most"] is None
    assert facts.options["tiers"] == {"2": "二档"}
    assert as_of_today(PLAN, facts) == facts


def test_words_fall_back_from_the_region_to_the_language_to_chinese() -> None:
    question = PLAN.by_pattern["/a"]
    assert words_in(question, "label", "en_GB") == ("A", "en")
    assert words_in(question, "label", "zh-Hant-HK") == ("甲繁", "zh-Hant")
    assert words_in(question, "label", "zh_CN") == ("甲", "zh-CN")
    assert words_in(question, "label", "bo") == ("甲", "zh-CN")


def test_words_in_another_language_than_the_page_say_so() -> None:
    english = page({}, "en")
    assert '<span lang="zh-CN">丙</span>' in english
    assert '<span lang="zh-CN">记住它</span>' in english
    assert ">A<" in english
    assert "lang=" not in page({})


def test_options_rows_and_steps_in_another_language_than_the_page_say_so() -> None:
    english = page({"rows": [{}]}, "en")
    assert '<span>Fetch it<br><small class="soft" lang="zh-CN">带上身份证</small></span>' in english
    assert '<span lang="zh-CN">邮寄</span>' in english
    assert '<option value="1" lang="zh-CN">镇上</option>' in english
    assert '<h2><span lang="zh-CN">填</span></h2>' in english
    assert "<legend>No. 1</legend>" in english
    assert ">One more person<" in english
    tibetan = page({"rows": [{}]}, "bo")
    assert '<legend><span lang="zh-CN">第 1 位人</span></legend>' in tibetan
    assert '<span lang="zh-CN">再加一位</span>' in tibetan
