"""What a form's fields look like as HTML: names, ids, ties between words and inputs, escaping, rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from door_services import library
from rendering_form import a_plan
from xiangtong import rendering
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.vocabulary import Vocabulary
from xiangtong.fields.kinds import KINDS
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import problem_links, render_form, render_step


@dataclass(frozen=True)
class Problem:
    pointer: str
    message: str
    message_en: str = ""

    @property
    def summary(self) -> str:
        return f"在这里：{self.message}"


PLAN = a_plan()
PLAIN = RenderContext(options={"villages": {"321003100201": "太平村", "321003100202": "桑园村"}})
ANSWERS: dict[str, Any] = {
    "applicant": {"name": "张三", "phone": "13800138000"},
    "village": "321003100202",
    "leased": True,
    "area": 13550,
    "troubles": ["ill"],
    "household": [{"name": "李四"}, {"name": "王五"}],
    "photos": [{"id": "a1", "name": "户口簿.jpg", "size": 1_234_567, "media_type": "image/jpeg", "digest": "0"}],
}


class Page(HTMLParser):
    """Collects elements, so that tests ask for attributes instead of matching text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if attrs.get("name") == name]

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.elements if "id" in attrs]


def page(data: dict[str, Any] = ANSWERS, problems: list[Problem] | None = None, ctx: RenderContext = PLAIN) -> Page:
    return Page(render_form(PLAN, data, problems or [], ctx))


def test_an_inputs_name_is_the_pointer_of_its_value() -> None:
    assert page().named("/applicant/name")[0]["value"] == "张三"
    assert page().named("/household/1/name")[0]["value"] == "王五"


def test_area_stands_in_its_input_as_it_would_be_typed() -> None:
    assert page().named("/area")[0]["value"] == "135.5"


def test_what_was_never_understood_stands_as_it_was_typed() -> None:
    assert page({**ANSWERS, "area": "一百多"}).named("/area")[0]["value"] == "一百多"


def test_the_answer_is_chosen_and_no_other() -> None:
    chosen = [one["value"] for one in page().named("/leased") if "checked" in one]
    troubles = [one["value"] for one in page().named("/troubles") if "checked" in one]
    villages = [attrs["value"] for tag, attrs in page().elements if tag == "option" and "selected" in attrs]
    assert (chosen, troubles, villages) == (["true"], ["ill"], ["321003100202"])


def test_every_id_is_used_once() -> None:
    ids = page(problems=[Problem("/applicant/name", "请写上名字"), Problem("/household/1/name", "请写上名字")]).ids()
    assert len(ids) == len(set(ids))


def test_labels_and_descriptions_point_at_ids_that_exist() -> None:
    shown = page(problems=[Problem("/applicant/phone", "手机号是 11 位"), Problem("/leased", "请选一个")])
    ids = set(shown.ids())
    wanted = [attrs["for"] for _, attrs in shown.elements if "for" in attrs]
    for _, attrs in shown.elements:
        wanted += (attrs.get("aria-describedby") or "").split()
    assert wanted
    assert set(wanted) <= ids


def test_a_problem_marks_its_field_and_is_linked_from_the_summary() -> None:
    problem = Problem("/household/0/name", "第 1 位家人的名字还没有写")
    shown = page(problems=[problem])
    assert shown.named("/household/0/name")[0]["aria-invalid"] == "true"
    assert "aria-invalid" not in shown.named("/household/1/name")[0]
    [(anchor, sentence)] = problem_links([problem], PLAIN)
    assert anchor in shown.ids()
    assert sentence == problem.summary


def test_answers_and_problems_are_escaped() -> None:
    nasty = "<script>alert(1)</script>\"'&"
    answers = {**ANSWERS, "applicant": {"name": nasty}, "household": [{"name": nasty}], "story": nasty}
    html = str(render_form(PLAN, answers, [Problem("/area", nasty)], PLAIN))
    assert "<script" not in html
    assert page(answers).named("/applicant/name")[0]["value"] == nasty


def test_private_use_characters_in_answers_are_only_text() -> None:
    answers = {**ANSWERS, "applicant": {"name": "\ue000\ue001\ue100"}}
    assert page(answers).named("/applicant/name")[0]["value"] == "\ue000\ue001\ue100"


def test_one_readers_answers_never_reach_another() -> None:
    page()
    blank = str(render_form(PLAN, {}, [], PLAIN))
    assert "张三" not in blank
    assert " checked" not in blank
    assert "户口簿.jpg" not in blank


def test_rows_have_buttons_that_need_no_script() -> None:
    values = [attrs["value"] for attrs in page().named("_action")]
    assert {"add:/household", "remove:/household/0", "remove:/household/1", "drop:/photos:a1"} <= set(values)


def test_a_row_is_spoken_of_by_its_ordinal() -> None:
    html = str(render_form(PLAN, ANSWERS, [], PLAIN))
    assert "<legend>第 2 位家人</legend>" in html
    assert "去掉第 2 位家人" in html


def test_what_does_not_apply_is_there_but_hidden() -> None:
    ctx = replace(PLAIN, visible={"/leased", "/applicant", "/applicant/name"})
    hidden = {attrs["data-field"]: "hidden" in attrs for _, attrs in page(ctx=ctx).elements if "data-field" in attrs}
    assert hidden["/owner"]
    assert not hidden["/leased"]


def test_optional_questions_say_so() -> None:
    html = str(render_step(PLAN, PLAN.steps[0], {}, [], replace(PLAIN, required={"/applicant/name"})))
    assert re.search(r'for="f-applicant-phone">[^<]*<span class="field__optional">', html)
    assert re.search(r'for="f-applicant-name">[^<]*<span class="field__optional" hidden>', html)


def test_read_only_has_nothing_to_press() -> None:
    shown = page(ctx=replace(PLAIN, readonly=True))
    assert not shown.named("_action")
    assert not [tag for tag, attrs in shown.elements if attrs.get("type") == "file"]


def test_a_locked_value_says_where_it_came_from() -> None:
    ctx = replace(PLAIN, locked={"/applicant/name"}, sources={"/applicant/name": "来自您的实名登录"})
    shown = page(ctx=ctx)
    [name] = shown.named("/applicant/name")
    assert "readonly" in name
    assert "f-applicant-name-source" in str(name["aria-describedby"])


def test_derived_values_are_shown_and_not_asked() -> None:
    html = str(render_form(PLAN, ANSWERS, [], replace(PLAIN, derived={"/heads": 3})))
    assert re.search(r'<output id="f-heads"[^>]*>3 人</output>', html)
    assert not page().named("/heads")


def test_office_parts_are_never_asked() -> None:
    assert "镇里的意见" not in str(render_form(PLAN, ANSWERS, [], PLAIN))


def test_english_words_where_the_form_has_them() -> None:
    html = str(render_form(PLAN, ANSWERS, [], replace(PLAIN, locale="en")))
    assert "Is the land rented?" in html
    assert "No. 2" in html


def test_every_kind_of_the_dialect_has_its_partial() -> None:
    folder = Path(rendering.__file__).parents[1] / "templates" / "fields"
    partials = {path.stem for path in folder.glob("[a-z]*.html")}
    assert set(KINDS) | {"derived"} == partials


def test_a_text_names_the_parameters_of_its_township_in_the_pages_language() -> None:
    form = library().form("homestead")
    step = next(one for one in form.plan.steps if "/site" in one.asks)

    def hint(**known: Any) -> str:
        html = render_step(form.plan, step, {}, (), RenderContext(**known))
        return re.findall(r'id="f-site-area-hint">(.*?)</p>', html)[0]

    assert hint() == "每户最多 135 平方米"
    assert hint(params={"homestead.max_area": 20050}) == "每户最多 200.5 平方米"
    assert hint(params={"homestead.max_area": 20050}, locale="en") == "At most 200.5 m² a household"
    assert hint(params={"homestead.max_area": None}) == "每户最多 —"
    assert hint(params={"homestead.max_area": "<b>"}) == "每户最多 &lt;b&gt; 平方米"


def test_what_is_never_shown_again_says_that_it_is_there() -> None:
    secret = {"type": "string", "maxLength": 20, "x-kind": "text", "x-label": "口令", "writeOnly": True}
    form = {"title": "表", "type": "object", "additionalProperties": False, "x-form": {"code": "s"}}
    steps = [{"id": "one", "title": "一", "ask": ["/word"]}]
    plan = compile_plan({**form, "x-steps": steps, "properties": {"word": secret}}, Vocabulary({}, {}, {}))
    kept = str(render_form(plan, {"word": "芝麻"}, [], PLAIN))
    assert "已经填过了" in kept
    assert 'id="f-word-kept"' in kept
    assert "芝麻" not in kept
    assert "已经填过了" not in str(render_form(plan, {}, [], PLAIN))
