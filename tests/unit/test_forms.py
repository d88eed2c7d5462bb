"""The shipped forms: complete, publishable, and right about the situations their papers describe."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest
import rfc8785
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from asked_papers import asked_papers
from xiangtong.cases.parties import parties, village_of
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms import contract_fit
from xiangtong.forms.cli import forms
from xiangtong.forms.contract_fit import LARGEST_INLINE, LARGEST_MESSAGE, worst_message_bytes
from xiangtong.forms.library import Library, NoSuchForm
from xiangtong.forms.publishing import check_form
from xiangtong.validation.validate import decide, validate

FOLDER = Path(__file__).resolve().parents[2] / "form_schemas"
LIBRARY = Library.from_folder(FOLDER)
FACTS = Facts(date(2026, 3, 10))
ALLOWANCE = LIBRARY.form("old-age-allowance").plan
RELIEF = LIBRARY.form("temporary-relief").plan
HOMESTEAD = LIBRARY.form("homestead").plan


def sample(code, name="sample"):
    return copy.deepcopy(LIBRARY.samples[code][name])


def materials(plan, data):
    return asked_papers(plan, decide(plan, data, FACTS).effective)


def codes(plan, data, facts=FACTS):
    return [(one.pointer, one.code) for one in validate(plan, data, facts)]


@pytest.mark.parametrize("code", sorted(LIBRARY.forms))
def test_a_shipped_form_can_be_published(code):
    form = LIBRARY.form(code)
    assert check_form(form, LIBRARY.samples[code]) == []


@pytest.mark.parametrize("code", sorted(LIBRARY.forms))
def test_a_shipped_form_fits_the_contract(code):
    form = LIBRARY.form(code)
    for answers in LIBRARY.samples[code].values():
        stored = decide(form.plan, answers, FACTS).stored
        assert len(rfc8785.dumps(stored)) <= LARGEST_INLINE
        assert parties(stored, form.plan.form)["applicant"].keys() >= {"name", "id_type", "id_number", "phone"}
        assert village_of(stored, form.plan.form)
    assert worst_message_bytes(form) <= LARGEST_MESSAGE


@pytest.mark.parametrize("code", sorted(LIBRARY.forms))
def test_every_question_has_words_and_every_limit_a_source(code):
    plan = LIBRARY.form(code).plan
    for question in plan.by_pattern.values():
        assert question.label
        assert "格式" not in question.label + question.hint
    for declared in plan.schema.get("x-params", {}).values():
        assert declared.get("example") or declared.get("source")


def test_a_form_without_its_applicant_is_not_published():
    form = LIBRARY.form("old-age-allowance")
    schema = copy.deepcopy(dict(form.schema))
    del schema["x-form"]["applicant"]["phone"]
    other = type(form)(form.code, 1, "0", schema, form.vocabulary)
    assert [one.pointer for one in check_form(other, LIBRARY.samples[form.code])] == ["/x-form/applicant"]
    assert [one.sentence for one in check_form(form, {})] == ["还没有样例，请至少准备一份填好的样例"]


def test_a_party_may_stand_in_one_of_several_places():
    form = LIBRARY.form("old-age-allowance")
    schema = copy.deepcopy(dict(form.schema))
    schema["x-form"]["applicant"]["name"] = ["/agent/name", "/applicant/name"]
    other = type(form)(form.code, 1, "1", schema, form.vocabulary)
    assert check_form(other, LIBRARY.samples[form.code]) == []
    assert parties(sample(form.code), other.plan.form)["applicant"]["name"] == "张三"
    assert parties(sample(form.code, "sample-agent"), other.plan.form)["applicant"]["name"] == "李四"
    schema["x-form"]["applicant"]["name"] = ["/agent/name", "/nobody"]
    lost = type(form)(form.code, 1, "2", schema, form.vocabulary)
    assert [one.pointer for one in check_form(lost, LIBRARY.samples[form.code])] == ["/x-form/applicant/name"]


def changed(code, change):
    """A form of the library with something else in its document."""
    form = LIBRARY.form(code)
    schema = copy.deepcopy(dict(form.schema))
    change(schema)
    return type(form)(form.code, 1, "0", schema, form.vocabulary)


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (lambda one: one["x-form"]["applicant"].update(name="/nobody"), ["/x-form/applicant/name"]),
        (lambda one: one["x-form"]["applicant"].update(phone="/applicant/age"), ["/x-form/applicant/phone"]),
        (lambda one: one["x-form"]["applicant"].update(id_type={"const": "id"}), ["/x-form/applicant/id_type"]),
        (lambda one: one["x-form"]["applicant"].update(id_type="/band"), ["/x-form/applicant/id_type"]),
        (
            lambda one: one["x-form"]["agent"].update(relation="/applicant/registered_address"),
            ["/x-form/agent/relation"],
        ),
        (lambda one: one["x-form"]["agent"].update(id_number="/agent/name"), ["/x-form/agent/id_number"] * 2),
        (lambda one: one["x-form"].update(co_applicants=[{"name": "/nobody"}]), ["/x-form/co_applicants/0/name"]),
        (lambda one: one["properties"]["materials"]["properties"]["household_book"].update(maxItems=200), [""]),
    ],
)
def test_a_form_that_the_province_could_not_take_is_not_published(change, places):
    form = changed("old-age-allowance", change)
    assert [one.pointer for one in check_form(form, LIBRARY.samples[form.code])] == places


def test_the_limits_are_those_of_the_contract():
    contract = json.loads((FOLDER.parent / "platform/xiangtong/province/contract.json").read_text("utf-8"))["$defs"]
    party = contract["Party"]["properties"]
    assert {role: party[role]["maxLength"] for role in contract_fit.LONGEST} == contract_fit.LONGEST
    assert party["id_number"]["minLength"] == contract_fit.SHORTEST_ID
    assert set(contract["IdType"]["enum"]) == contract_fit.ID_TYPES


def test_a_sample_that_does_not_hold_stops_publishing():
    form = LIBRARY.form("old-age-allowance")
    broken = sample("old-age-allowance")
    del broken["promise"]
    assert [one.pointer for one in check_form(form, {"broken": broken})] == ["/promise"]


def test_a_parameter_that_changes_nothing_stops_publishing():
    idle = {"title": "提前几个月", "kind": "integer", "default": 1, "example": True}
    form = changed("old-age-allowance", lambda one: one["x-params"].update({"old_age.ahead": idle}))
    (finding,) = check_form(form, LIBRARY.samples[form.code])
    assert (finding.pointer, "没有用到" in finding.sentence) == ("/x-params/old_age.ahead", True)


def test_equal_forms_have_equal_hashes():
    again = Library.from_folder(FOLDER)
    assert {form.hash for form in again.forms.values()} == {form.hash for form in LIBRARY.forms.values()}
    with pytest.raises(NoSuchForm):
        LIBRARY.form("nobody")


def test_the_browser_gets_no_office_part_and_no_words():
    text = json.dumps(LIBRARY.form("homestead").client_plan, ensure_ascii=False)
    assert "township_opinion" not in text
    assert "x-label" not in text
    assert LIBRARY.form("homestead").client_plan["formats"]["resident-id"]["check"] == "resident-id"


class TestOldAgeAllowance:
    @pytest.mark.parametrize(
        ("today", "band", "problems"),
        [
            (date(2020, 2, 4), None, [("/applicant/id_number", "too-young")]),
            (date(2020, 2, 5), "80-89", []),
            (date(2020, 3, 5), "80-89", []),
            (date(2030, 3, 4), "80-89", []),
            (date(2030, 3, 5), "90-99", []),
            (date(2040, 3, 5), "100+", []),
        ],
    )
    def test_the_band_follows_from_the_age_and_one_month_ahead_is_enough(self, today, band, problems):
        decision = decide(ALLOWANCE, sample("old-age-allowance"), Facts(today))
        assert decision.stored.get("band") == band
        assert [(one.pointer, one.code) for one in decision.problems] == problems

    def test_an_agent_brings_two_papers(self):
        data = sample("old-age-allowance")
        data["by_agent"] = True
        assert codes(ALLOWANCE, data) == [
            ("/agent/name", "missing"),
            ("/agent/id_number", "missing"),
            ("/agent/phone", "missing"),
            ("/agent/relation", "missing"),
            ("/materials/authority_letter", "missing"),
            ("/materials/agent_id_card", "missing"),
        ]

    def test_nobody_is_one_s_own_agent(self):
        data = sample("old-age-allowance", "sample-agent")
        data["agent"]["id_number"] = data["applicant"]["id_number"]
        assert codes(ALLOWANCE, data) == [("/agent/id_number", "own-agent")]

    def test_a_passbook_has_no_check_digit(self):
        data = sample("old-age-allowance", "sample-agent")
        data["bank"]["card_number"] = "1"
        decision = decide(ALLOWANCE, data, FACTS)
        assert decision.problems == ()
        assert "card_number" not in decision.stored["bank"]

    def test_the_parties_are_read_from_the_answers(self):
        stored = decide(ALLOWANCE, sample("old-age-allowance", "sample-agent"), FACTS).stored
        assert parties(stored, ALLOWANCE.form)["applicant"]["name"] == "张三"
        assert parties(stored, ALLOWANCE.form)["agent"]["relation"] == "family"
        alone = decide(ALLOWANCE, sample("old-age-allowance"), FACTS).stored
        assert parties(alone, ALLOWANCE.form)["agent"] is None


class TestTemporaryRelief:
    def test_sums_are_computed(self):
        stored = decide(RELIEF, sample("temporary-relief"), FACTS).stored
        assert (stored["family_size"], stored["family_income"], stored["income_per_head"]) == (3, 400000, 133333)
        assert stored["expenses"]["total"] == 6500000

    def test_an_emergency_may_bring_its_proof_later(self):
        wanted = materials(RELIEF, sample("temporary-relief", "sample-emergency"))
        assert wanted["cause_proof"] is False
        assert "finances" not in wanted
        wanted = materials(RELIEF, sample("temporary-relief"))
        assert wanted["cause_proof"] is True
        assert wanted["finance_authorisation"] is True

    def test_the_same_cause_only_once_a_year(self):
        data = sample("temporary-relief")
        data["earlier"]["same_cause"] = True
        assert codes(RELIEF, data) == [("/earlier/same_cause", "same-cause")]

    def test_none_excludes_the_others(self):
        data = sample("temporary-relief")
        data["other_policies"] = ["none", "minimum"]
        assert codes(RELIEF, data) == [("/other_policies", "none-or-some")]
        data["other_policies"] = ["minimum", "disability", "poverty"]
        assert codes(RELIEF, data) == []

    def test_only_one_spouse_and_nobody_twice(self):
        data = sample("temporary-relief")
        for row in data["household"]:
            row["relation"] = "10"
        data["household"][1]["id_number"] = data["applicant"]["id_number"]
        assert codes(RELIEF, data) == [("/household", "one-spouse"), ("/household/1/id_number", "same-person")]

    def test_nothing_happens_tomorrow(self):
        data = sample("temporary-relief")
        data["happened_on"] = "2026-03-11"
        assert codes(RELIEF, data) == [("/happened_on", "in-future")]


class TestHomestead:
    def test_what_happens_to_the_old_site_decides_what_is_asked(self):
        data = sample("homestead")
        assert materials(HOMESTEAD, data).keys() >= {
            "return_promise",
            "neighbours_statement",
        }
        data["current"]["disposal"] = "1"
        assert codes(HOMESTEAD, data) == [("/current/kept_area", "missing")]
        data["current"]["kept_area"] = 12001
        assert codes(HOMESTEAD, data) == [("/current/kept_area", "kept-too-large")]
        data["current"]["disposal"] = "3"
        assert codes(HOMESTEAD, data) == [("/current/disposal_words", "missing")]

    def test_farmland_asks_which(self):
        data = sample("homestead")
        del data["farmland_kind"]
        assert codes(HOMESTEAD, data) == [("/farmland_kind", "missing")]
        data["land_class"] = "1"
        decision = decide(HOMESTEAD, data, FACTS)
        assert decision.problems == ()
        assert "/conversion_notice" not in decision.effective.visible

    def test_the_parts_make_the_whole(self):
        data = sample("homestead")
        data["site"]["housing_area"] = 9999
        assert codes(HOMESTEAD, data) == [("/site/area", "parts-sum")]

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [("floor_area", 25001, "floor-area-limit"), ("floors", 4, "floors-limit"), ("height", 1201, "height-limit")],
    )
    def test_limits_of_the_township(self, name, value, code):
        data = sample("homestead")
        data["house"][name] = value
        assert codes(HOMESTEAD, data) == [(f"/house/{name}", code)]

    def test_without_a_site_only_a_new_one_is_possible(self):
        data = sample("homestead", "sample-agent")
        data["build_kind"] = "1"
        assert codes(HOMESTEAD, data) == [("/build_kind", "const")]


def test_the_schema_of_facts_is_a_schema():
    schema = json.loads((FOLDER / "_common/facts.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)


def test_the_command_checks_and_plans():
    result = CliRunner().invoke(forms, ["check", "--folder", str(FOLDER)])
    assert result.exit_code == 0, result.output
    assert "homestead" in result.output
    assert CliRunner().invoke(forms, ["check", str(FOLDER)]).output == result.output
    shown = CliRunner().invoke(forms, ["plan", "old-age-allowance"])
    assert json.loads(shown.output)["code"] == "old-age-allowance"
