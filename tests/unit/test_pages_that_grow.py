"""A page without script comes back with more questions: what nobody was asked is no mistake, what was typed is judged."""

from __future__ import annotations

import copy
from typing import Any

from door_services import library
from sample_answers import VILLAGE
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.publishing import SAMPLE_DAY
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_step
from xiangtong.validation.validate import Decision, appeared, decide, not_asked_before

PLOTS = library().form("farmland-subsidy").plan
LIVING = library().form("minimum-living").plan
NOWHERE = {"villages": {VILLAGE: "永和村"}, "divisions": {}}


def decided(plan: Any, data: dict[str, Any]) -> Decision:
    return decide(plan, data, as_of_today(plan, Facts(SAMPLE_DAY, {}, NOWHERE)))


def answers(code: str) -> dict[str, Any]:
    return copy.deepcopy(dict(library().samples[code]["sample"]))


def test_a_rule_waits_for_a_question_that_has_only_now_appeared() -> None:
    data = answers("farmland-subsidy")
    row = next(place for place, one in enumerate(data["plots"]) if len(one) > len(data["plots"][0]))
    new = [name for name in data["plots"][row] if name not in data["plots"][0]]
    for name in new:
        del data["plots"][row][name]
    found, fresh = decided(PLOTS, data).problems, {f"/plots/{row}/{name}" for name in new}
    assert [one for one in found if one.code not in ("missing", "too-few")], "the sum does not come out"
    assert not_asked_before(PLOTS, found, fresh) == list(found)
    assert not_asked_before(PLOTS, found, set()) == []


def test_rows_that_appear_are_not_missed_at_once() -> None:
    data = answers("minimum-living")
    del data["bound"]
    found = decided(LIVING, data).problems
    assert [one.pointer for one in not_asked_before(LIVING, found, {"/bound"})] == ["/bound"]


def test_what_was_typed_into_a_question_that_appeared_is_judged() -> None:
    data = answers("minimum-living")
    data["household"][1]["certificate"] = "44040220101112005799"
    decision = decided(LIVING, data)
    assert not_asked_before(LIVING, decision.problems, {"/household/1/certificate"}) == []


def test_a_question_that_may_stay_empty_has_to_be_seen() -> None:
    data, fresh = answers("minimum-living"), {"/household/1/certificate"}
    assert not appeared(LIVING, "family", decided(LIVING, data).stored, fresh)
    del data["household"][1]["certificate"]
    stored = decided(LIVING, data).stored
    assert appeared(LIVING, "family", stored, fresh)
    assert not appeared(LIVING, "head", stored, fresh), "it is asked elsewhere"
    assert not appeared(LIVING, "family", stored, {"/household/1/sex", "/household"}), "nobody answers these"


def test_a_page_does_not_say_its_title_twice() -> None:
    step = LIVING.step("head")
    assert step is not None
    assert f'<legend class="unseen">{step.title}</legend>' in render_step(LIVING, step, {}, [], RenderContext())
    family = LIVING.step("family")
    assert family is not None
    assert 'class="unseen"' not in render_step(LIVING, family, {}, [], RenderContext())


def test_no_help_for_what_is_filled_in_and_locked() -> None:
    step = LIVING.step("who")
    assert step is not None
    known = RenderContext(locked=frozenset({"/applicant/name"}), sources={"/applicant/name": "来自实名登录"})
    page = render_step(LIVING, step, {"applicant": {"name": "张三"}}, [], known)
    assert 'id="f-applicant-name-hint"' not in page
    assert 'aria-describedby="f-applicant-name-source' in page
