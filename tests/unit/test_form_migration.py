"""What becomes of a filing when its form gets a new version: compared, judged, carried over. No rows, no network."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from form_versions import another_promise, as_form, edited, new_question, reworded, without_portrait
from xiangtong.dialect.vocabulary import Facts
from xiangtong.drafts.moving import carried_over, look, placed
from xiangtong.drafts.typed import Typed
from xiangtong.forms.columns import merged
from xiangtong.forms.difference import differences
from xiangtong.forms.library import Form
from xiangtong.forms.migration import Verdict, compare
from xiangtong.forms.versions import findings
from xiangtong.kernel import sheets

FACTS = Facts(date(2026, 3, 10), {}, {"villages": {"321003100200": "太平村"}})
PHOTO = [{"id": "1", "name": "a.jpg", "size": 1, "media_type": "image/jpeg", "digest": "0" * 64}]
TYPED = Typed({
    "/by_agent": "false", "/applicant/phone": "13800138004", "/bank/holder": "钱七", "/promise": "true",
    "/materials/portrait": PHOTO,
})  # fmt: skip


def _looked(*edits: Any, typed: Typed = TYPED, old: Form | None = None) -> Verdict:
    return look(typed, old=old or as_form(edited()), new=as_form(edited(*edits), 2), facts=FACTS)


def _reasons(verdict: Verdict) -> set[tuple[str, str]]:
    return {(one.pattern, one.why) for one in (*verdict.asks, *verdict.stays)}


def test_a_form_that_differs_in_a_hint_takes_everything_as_it_is() -> None:
    def hint(schema: dict[str, Any]) -> None:
        schema["properties"]["by_agent"]["x-hint"] = "老人自己办的，请选“不是”"

    verdict = _looked(hint)
    assert (verdict.group, verdict.carried, _reasons(verdict)) == ("moves", 5, set())


def test_a_new_question_is_asked() -> None:
    assert _reasons(_looked(new_question("more"))) == {("/more", "added")}
    verdict = _looked(new_question("more", required=True))
    assert (verdict.group, _reasons(verdict)) == ("asks", {("/more", "added")})


def test_other_words_are_read_again_by_whoever_answered_the_old_ones() -> None:
    assert _reasons(_looked(reworded)) == {("/by_agent", "reworded")}
    assert _looked(reworded, typed=Typed({"/bank/holder": "钱七"})).group == "moves"


def test_what_is_asked_no_more_stays_only_where_something_was_given() -> None:
    verdict = _looked(without_portrait)
    assert (verdict.group, _reasons(verdict)) == ("stays", {("/materials/portrait", "removed")})
    assert _looked(without_portrait, typed=Typed({"/by_agent": "false"})).group == "moves"


def test_an_agreement_to_another_text_is_no_agreement() -> None:
    verdict = _looked(another_promise)
    assert _reasons(verdict) == {("/promise", "meaning")}
    old, new = as_form(edited()), as_form(edited(another_promise), 2)
    carried = carried_over(TYPED, compare(old.plan, new.plan), number=1)
    assert "/promise" not in carried.values
    assert carried.values["@1/promise"] == "true"


def test_an_answer_that_the_new_version_refuses_stays() -> None:
    def short(schema: dict[str, Any]) -> None:
        new_question("word")(schema)
        schema["properties"]["word"]["maxLength"] = 3

    typed = Typed({"/by_agent": "false", "/word": "五个字的话"})
    verdict = _looked(short, typed=typed, old=as_form(edited(new_question("word"))))
    assert (verdict.group, _reasons(verdict)) == ("stays", {("/word", "narrower")})


def _choice(*options: tuple[str, str]) -> Any:
    def edit(schema: dict[str, Any]) -> None:
        new_question("way")(schema)
        schema["properties"]["way"] = {
            "type": "string", "title": "怎么领", "x-kind": "choice", "x-label": "怎么领", "enum": [one for one, _ in options],
            "x-options": [{"value": value, "label": label} for value, label in options],
        }  # fmt: skip

    return edit


@pytest.mark.parametrize(
    ("options", "group", "why"),
    [
        ((("a", "打到卡上"), ("b", "去柜台领")), "moves", None),
        ((("a", "打到卡上"), ("b", "去柜台领"), ("c", "送到家")), "moves", None),
        ((("b", "去柜台领"),), "stays", "narrower"),
        ((("a", "打到存折上"), ("b", "去柜台领")), "asks", "reworded"),
        ((("a", "打到卡上"), ("b", "到镇里领")), "moves", None),
    ],
)
def test_options_matter_to_those_who_chose_them(options: Any, group: str, why: str | None) -> None:
    old = as_form(edited(_choice(("a", "打到卡上"), ("b", "去柜台领"))))
    verdict = _looked(_choice(*options), typed=Typed({"/by_agent": "false", "/way": "a"}), old=old)
    assert verdict.group == group
    assert _reasons(verdict) == ({("/way", why)} if why else set())


def test_what_is_set_aside_keeps_its_number_and_what_is_remembered_follows() -> None:
    old, new = as_form(edited()), as_form(edited(without_portrait), 2)
    typed = Typed({**TYPED.values, "@0/gone": "早先", "/_known": ["/applicant/phone", "/materials/portrait"],
                   "_other": {"/bank/holder": "王五"}})  # fmt: skip
    carried = carried_over(typed, compare(old.plan, new.plan), number=1).values
    assert carried["@1/materials/portrait"] == PHOTO
    assert carried["@0/gone"] == "早先"
    assert carried["/_known"] == ["/applicant/phone", "@1/materials/portrait"]
    assert carried["_other"] == {"/bank/holder": "王五"}
    assert len(carried) == len(typed.values), "nothing is dropped"


def test_a_question_with_an_id_of_its_own_is_followed_to_its_new_place() -> None:
    def named(name: str) -> Any:
        def edit(schema: dict[str, Any]) -> None:
            new_question(name)(schema)
            schema["properties"][name] |= {"x-id": "way-home", "title": "怎么走", "x-label": "怎么走"}

        return edit

    old, new = as_form(edited(named("road"))), as_form(edited(named("street")), 2)
    assert findings(new) == []
    typed = Typed({"/by_agent": "false", "/road": "向东"})
    verdict = look(typed, old=old, new=new, facts=FACTS)
    assert (verdict.group, verdict.carried) == ("moves", 2)
    assert carried_over(typed, compare(old.plan, new.plan), number=1).values["/street"] == "向东"
    twice = as_form(edited(named("road"), named("street")), 3)
    assert [one.pointer for one in findings(twice)] == ["/road"]


def test_differences_are_told_in_words() -> None:
    old, new = as_form(edited()), as_form(edited(new_question("more"), reworded, without_portrait, another_promise), 2)
    told = {line.pattern: (line.sort, line.sentences) for line in differences(old.plan, new.plan)}
    assert told["/more"] == ("added", ("新加的问题：新问题 more",))
    assert told["/materials/portrait"] == ("removed", ("不再问了",))
    assert told["/by_agent"][1] == ("问法：“您是替老人来办的吗” → “您是不是替老人来办的”",)
    assert told["/promise"][1][0].startswith("问的不是同一件事了")
    assert differences(old.plan, old.plan) == []


def test_the_columns_of_all_versions_are_one_set() -> None:
    plans = [(1, as_form(edited()).plan), (2, as_form(edited(new_question("more"), without_portrait), 2).plan)]
    columns = merged(plans)
    assert columns.at(1, "/applicant/phone") == columns.at(2, "/applicant/phone")
    assert columns.at(1, "/more") is None
    assert columns.heads[columns.at(2, "/more") or 0] == "新问题 more"
    assert columns.at(1, "/materials/portrait") is not None
    assert columns.at(2, "/materials/portrait") is None


def test_no_cell_of_a_csv_is_a_formula() -> None:
    text = sheets.write_csv(["甲", "乙"], [["=1+1", "@SUM(A1)"], ["-2", "好"]]).decode("utf-8-sig")
    assert text == "甲,乙\r\n'=1+1,'@SUM(A1)\r\n'-2,好\r\n"


def test_a_version_carries_the_shared_parts_of_its_day() -> None:
    form = as_form(edited())
    assert "urn:xiangtong:common:person" in form.vocabulary.documents
    changed = dict(form.vocabulary.documents["urn:xiangtong:common:person"]) | {"title": "别的"}
    from dataclasses import replace

    from xiangtong.forms.library import form_of, read_back, written

    other = replace(form.vocabulary, documents={**form.vocabulary.documents, "urn:xiangtong:common:person": changed})
    assert form_of(form.schema, other).hash != form.hash
    body, parts = written(form)
    again = read_back(body, parts, other, code=form.code, number=1, digest=form.hash)
    assert again.plan.digest == form.plan.digest


PLACES = {
    "320000000000": "江苏省", "321000000000": "扬州市", "321003000000": "邗江区", "321003100000": "公道镇",
    "321003100200": "太平村", "110000000000": "北京市",
}  # fmt: skip


def _address_in_words(schema: dict[str, Any]) -> None:
    """As the form was before the list of divisions."""
    asked = {"type": "string", "maxLength": 200, "x-kind": "address", "x-label": "现在住在哪里"}
    schema["properties"]["home"] = {**asked, "title": "现住址"}
    schema["x-steps"][0]["ask"].append("/home")


def _address_by_list(schema: dict[str, Any]) -> None:
    home = {"$ref": "urn:xiangtong:common:full-address", "title": "现住址", "x-label": "现在住在哪里"}
    schema["properties"]["home"] = {**home, "required": ["detail"]}
    schema["x-steps"][0]["ask"].append("/home")


@pytest.mark.parametrize(
    ("words", "division", "rest"),
    [
        ("江苏省扬州市邗江区公道镇太平村三组12号", "321003100200", "三组12号"),
        ("江苏省 扬州市 邗江区方巷镇一组", "321003000000", "方巷镇一组"),
        ("邗江区公道镇太平村三组12号", "321003100200", "三组12号"),
        ("北京市海淀区1号", "110000000000", "海淀区1号"),
        ("太平村三组12号", None, "太平村三组12号"),
        ("公道镇太平村", None, "公道镇太平村"),
    ],
)
def test_an_address_in_words_is_taken_apart_as_far_as_it_is_known(words: str, division: str | None, rest: str) -> None:
    class Places(dict[str, str]):
        home = "321003100200"

    old, new = as_form(edited(_address_in_words)), as_form(edited(_address_by_list), 2)
    typed = Typed({"/home": words})
    carried = carried_over(typed, compare(old.plan, new.plan), number=1, divisions=Places(PLACES)).values
    assert (carried.get("/home/division"), carried["/home/detail"]) == (division, rest)
    # A page that still asks in words says no more than the draft holds by now.
    assert placed("/home", words, old=old, new=new, divisions=Places(PLACES)).items() <= carried.items()
    # Whoever it belongs to is asked to look at it; nothing is called lost.
    verdict = look(typed, old=old, new=new, facts=Facts(date(2026, 3, 10), {}, {**FACTS.options, "divisions": PLACES}))
    assert ("/home/detail", "reworded") in _reasons(verdict)
    assert verdict.stays == ()


def test_what_is_hidden_from_its_reader_is_not_taken_apart() -> None:
    old, new = as_form(edited(_address_in_words)), as_form(edited(_address_by_list), 2)
    typed = Typed({"/home": "北京市海淀区1号", "/_covered": {"/home": "digest"}})
    carried = carried_over(typed, compare(old.plan, new.plan), number=1, divisions=PLACES).values
    assert (carried.get("/home/division"), carried["/home/detail"]) == (None, "北京市海淀区1号")
