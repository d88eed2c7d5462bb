"""Sentences for what is wrong, and the differential against plain ``jsonschema``."""

import copy
import json
import random
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plain_validator import plain_validator, refused_plainly
from xiangtong.dialect.effective import effective
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.kind import CODES
from xiangtong.forms.library import Library
from xiangtong.kernel.errors import Problems
from xiangtong.validation.compiled import validator_of
from xiangtong.validation.form_data import put_value
from xiangtong.validation.validate import decide, problems_of_step, validate

LIBRARY = Library.from_folder(Path(__file__).resolve().parents[2] / "form_schemas")
FACTS = Facts(date(2026, 3, 10))
HOMESTEAD = LIBRARY.form("homestead").plan
SAMPLE = LIBRARY.samples["homestead"]["sample"]


def changed(**paths):
    """Copy the sample with some pointers changed; ``__`` stands for ``/``."""
    data = copy.deepcopy(SAMPLE)
    for name, value in paths.items():
        *holders, last = name.split("__")
        here = data
        for token in holders:
            here = here[int(token)] if isinstance(here, list) else here[token]
        here[last] = value
    return data


def summaries(data, plan=HOMESTEAD, facts=FACTS):
    return [one.summary for one in validate(plan, data, facts)]


class TestSentences:
    def test_a_row_is_named_and_the_number_explained(self):
        problems = validate(HOMESTEAD, changed(household__1__id_number="44040220101112005"), FACTS)
        assert [one.pointer for one in problems] == ["/household/1/id_number"]
        assert problems[0].message == "现在是 17 位，还少 1 位，请对照身份证再看一遍"
        assert problems[0].summary == "第 2 位家人的身份证号码：现在是 17 位，还少 1 位，请对照身份证再看一遍"
        assert problems[0].message_en

    def test_a_group_is_named(self):
        assert summaries(changed(site__east="")) == ["拟申请宅基地：请填写四至：东至"]

    def test_a_parameter_is_written_in_its_unit(self):
        assert summaries(changed(site__area=13600, site__housing_area=10100)) == [
            "拟申请宅基地的宅基地用地面积：超过了每户 135 平方米的上限，请改小一些"
        ]

    def test_the_township_sets_its_own_limit(self):
        facts = Facts(FACTS.today, {"homestead.max_area": 9000})
        assert "超过了每户 90 平方米的上限" in summaries(SAMPLE, facts=facts)[0]

    def test_what_earlier_answers_leave_is_said(self):
        assert summaries(changed(has_current=False, build_kind="1")) == ["按前面填的情况，这里只能选“新申请宅基地”"]

    def test_all_problems_come_together_in_the_order_of_the_form(self):
        data = changed(reason="短", household__0__relation="x", by_agent=None, signature=[])
        assert [one.pointer for one in validate(HOMESTEAD, data, FACTS)] == [
            "/by_agent",
            "/household/0/relation",
            "/reason",
            "/signature",
        ]

    def test_nobody_is_told_of_formats(self):
        for form in LIBRARY.forms.values():
            for one in validate(form.plan, {}, FACTS):
                assert "格式" not in one.summary
                assert one.message_en

    def test_a_number_of_somebody_unborn(self):
        facts = Facts(date(1980, 1, 1))
        plan = LIBRARY.form("old-age-allowance").plan
        found = validate(plan, LIBRARY.samples["old-age-allowance"]["sample-agent"], facts)
        assert ("/agent/id_number", "format") in [(one.pointer, one.code) for one in found]

    def test_a_broken_attachment_is_told_at_its_question(self):
        data = changed(materials__drawing=[{"id": "1", "name": "a.exe", "size": 5, "media_type": "x", "digest": "y"}])
        assert [one.pointer for one in validate(HOMESTEAD, data, FACTS)] == ["/materials/drawing"]

    def test_a_step_shows_its_own_problems(self):
        problems = validate(HOMESTEAD, {}, FACTS)
        here = problems_of_step(HOMESTEAD, "family", problems)
        assert [one.pointer for one in here] == ["/other_homestead"]
        parted = [one for step in HOMESTEAD.steps for one in problems_of_step(HOMESTEAD, step.id, problems)]
        assert len(parted) == len(problems)

    def test_a_refusal_holds_them_all(self):
        with pytest.raises(Problems) as raised:
            decide(HOMESTEAD, {}, FACTS).refuse()
        assert len(raised.value.problems) == len(validate(HOMESTEAD, {}, FACTS))
        decide(HOMESTEAD, SAMPLE, FACTS).refuse()


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just("\ud800")
    | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(pointer=st.sampled_from(sorted(HOMESTEAD.by_pattern)), junk=JSON_VALUES)
@settings(max_examples=300, deadline=None)
def test_nothing_a_client_sends_makes_it_fail(pointer, junk):
    data = copy.deepcopy(SAMPLE)
    here = data
    *holders, last = pointer.replace("*", "0").split("/")[1:]
    for token in holders:
        here = here[int(token)] if isinstance(here, list) else here.setdefault(token, {})
    if isinstance(here, dict):
        here[last] = junk
    decision = decide(HOMESTEAD, data, FACTS)
    json.dumps(decision.stored, allow_nan=False).encode()
    decide(HOMESTEAD, junk, FACTS)


def mutants(code, count, seed):
    """Samples with answers taken away, swapped and broken, by a fixed seed."""
    chance = random.Random(seed)
    plan = LIBRARY.form(code).plan
    pool = [
        "",
        None,
        True,
        False,
        "1",
        "2",
        "3",
        "x",
        0,
        1,
        99,
        10**8,
        [],
        ["other"],
        "321003198801010016",
        "2026-02-30",
    ]
    for _ in range(count):
        data = copy.deepcopy(chance.choice(list(LIBRARY.samples[code].values())))
        for _ in range(chance.randint(1, 6)):
            pattern = chance.choice(list(plan.by_pattern)).replace("*", "0")
            question = plan.question_at(pattern)
            if question and not question.children:
                put_value(plan, data, pattern, chance.choice(pool))
        yield plan, data


@pytest.mark.parametrize("code", sorted(LIBRARY.forms))
def test_the_fast_validator_and_the_plain_one_agree(code):
    for plan, data in mutants(code, 60, seed=7):
        decision = decide(plan, data, FACTS)
        schema_ones = {one.pointer for one in decision.problems if one.code not in rule_codes(plan)} - listed(plan)
        theirs = {shown_at(plan, pointer) for pointer, _ in refused_plainly(plan, decision.stored)} - listed(plan)
        assert schema_ones == theirs


def listed(plan):
    """Questions whose options only the township's parameters know: no schema says anything of them."""
    return {one.pattern for one in plan.by_pattern.values() if one.options_from}


@pytest.mark.parametrize("code", sorted(LIBRARY.forms))
def test_rules_have_names_of_their_own(code):
    assert not rule_codes(LIBRARY.form(code).plan) & set(CODES.values()) - {"missing"}


def rule_codes(plan):
    return {rule.code for question in (plan.root, *plan.by_pattern.values()) for rule in question.rules}


def shown_at(plan, pointer):
    while plan.question_at(pointer) is None:
        pointer = pointer.rpartition("/")[0]
    return pointer


def test_validation_is_a_twentieth_of_the_plain_one():
    data = copy.deepcopy(SAMPLE)
    row = data["household"][0]
    numbers = (
        "321002200002291230",
        "421303195708152040",
        "522701194510013175",
        "340802199206300427",
        "440402201011120057",
    )
    data["household"] = [{**row, "id_number": number, "relation": "20"} for number in numbers]
    decision = decide(HOMESTEAD, data, FACTS)
    assert decision.problems == ()
    ours, plain = validator_of(HOMESTEAD), plain_validator(HOMESTEAD)
    fast = best_of(lambda: ours.is_valid(decision.stored))
    slow = best_of(lambda: list(plain.iter_errors(decision.stored)))
    assert fast * 20 <= slow, f"{fast * 1e6:.0f} µs against {slow * 1e6:.0f} µs"


def best_of(work, rounds=12):
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(5):
            work()
        found.append((time.process_time() - begun) / 5)
    return min(found)


def test_one_pass_decides_what_is_visible():
    counted = effective(HOMESTEAD, SAMPLE, FACTS)
    assert counted.visible == tuple(sorted(counted.visible, key=counted.visible.index))
    assert len(set(counted.visible)) == len(counted.visible)
    assert set(counted.required) <= set(counted.visible)
    assert counted.derived["/family_size"] == 3
