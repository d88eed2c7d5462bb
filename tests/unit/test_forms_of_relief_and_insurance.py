"""Situations that the papers of relief, birth and insurance describe, and what the forms make of them."""

import copy
from datetime import date
from pathlib import Path

import pytest

from asked_papers import asked_papers
from xiangtong.cases.parties import parties
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import Library
from xiangtong.validation.validate import decide

LIBRARY = Library.from_folder(Path(__file__).resolve().parents[2] / "form_schemas")
TODAY = date(2026, 3, 10)
CHILD, OLD = "440402201011120057", "321003194003051288"


def sample(form, name="sample"):
    return copy.deepcopy(LIBRARY.samples[form][name])


def decided(form, data, today=TODAY, **params):
    return decide(LIBRARY.form(form).plan, data, Facts(today, params))


def problems(form, data, today=TODAY, **params):
    return [(one.pointer, one.code) for one in decided(form, data, today, **params).problems]


def wanted(form, data):
    return asked_papers(LIBRARY.form(form).plan, decided(form, data).effective)


class TestMinimumLiving:
    form = "minimum-living"

    def test_totals_follow_and_the_standard_is_that_of_town_or_country(self):
        data = sample(self.form)
        stored = decided(self.form, data, **{"minimum.standard": {"urban": 90000, "rural": 70000}}).stored
        assert (stored["family_size"], stored["covered_count"]) == (3, 3)
        assert (stored["income_total"], stored["income_per_head"], stored["standard"]) == (140000, 46666, 70000)
        data["residence"] = "urban"
        assert decided(self.form, data).stored["standard"] == 80000

    def test_kinds_of_income_agree_with_the_incomes_of_all_members(self):
        data = sample(self.form)
        data["household"][0]["income"] += 1
        assert problems(self.form, data) == [("/income/wages/month", "income-sum")]

    def test_a_child_is_not_asked_about_work_and_marriage(self):
        child = decided(self.form, sample(self.form)).stored["household"][1]
        assert child["age"] == 15
        assert not {"labour", "marriage", "education"} & child.keys()
        assert problems(self.form, sample(self.form), date(2026, 11, 12))[:1] == [("/household/1/labour", "missing")]

    def test_a_disability_in_the_family_brings_its_certificate(self):
        data = sample(self.form)
        assert decided(self.form, data).stored["household"][1]["category"] == "4"
        data["household"][1]["health"] = "healthy"
        assert "disability_certificates" not in wanted(self.form, data)
        data["head"]["health"] = "disabled"
        assert wanted(self.form, data)["disability_certificates"] is True

    def test_somebody_has_to_be_covered(self):
        data = sample(self.form, "sample-alone")
        data["head"]["covered"] = False
        assert problems(self.form, data) == [("/head/covered", "somebody-covered")]


class TestDestituteSupport:
    form = "destitute-support"

    @pytest.mark.parametrize(("lost", "level"), [(0, "full"), (1, "half"), (3, "half"), (4, "none"), (6, "none")])
    def test_the_level_of_care_follows_from_six_actions(self, lost, level):
        data = sample(self.form)
        data["self_care"] = {name: place >= lost for place, name in enumerate(data["self_care"])}
        assert decided(self.form, data).stored["self_care_level"] == level

    def test_who_could_work_says_why_not(self):
        data = sample(self.form, "sample-disabled")
        data["has_certificate"] = False
        assert problems(self.form, data) == [("/has_certificate", "const")]
        data["labour_lost"] = "ill"
        assert problems(self.form, data) == [("/materials/illness_proof", "missing")]
        data["applicant"]["id_number"] = OLD
        assert problems(self.form, data) == []

    def test_a_home_needs_no_carer_and_no_account(self):
        stored = decided(self.form, sample(self.form, "sample-disabled")).stored
        assert not {"carer", "bank"} & stored.keys()


class TestDisabilitySubsidies:
    form = "disability-subsidies"

    def test_category_and_grade_stand_in_the_certificate(self):
        stored = decided(self.form, sample(self.form)).stored
        assert (stored["disability"]["category"], stored["disability"]["grade"]) == ("4", "2")

    @pytest.mark.parametrize(
        ("place", "value", "told"),
        [
            ("minimum", False, ("/subsidies", "living-needs-minimum")),
            ("destitute", True, ("/welfare/destitute", "destitute-excluded")),
            ("injury_care", True, ("/welfare/injury_care", "injury-excluded")),
            ("others", ["orphan"], ("/subsidies", "orphan-excluded")),
            ("others", ["none", "duty"], ("/welfare/others", "none-or-some")),
        ],
    )
    def test_who_gets_other_help_is_told_at_once(self, place, value, told):
        data = sample(self.form)
        data["welfare"][place] = value
        assert problems(self.form, data) == [told]

    def test_nursing_is_for_the_two_heavy_grades(self):
        data = sample(self.form)
        data["disability"]["number"] = data["applicant"]["id_number"] + "43"
        assert problems(self.form, data) == [("/subsidies", "nursing-needs-grade")]

    def test_a_minor_has_a_guardian_without_being_asked(self):
        data = sample(self.form, "sample-minor")
        assert "/has_guardian" not in decided(self.form, data).effective.visible
        del data["guardian"]
        assert ("/guardian/name", "missing") in problems(self.form, data)


class TestPensionEnrolment:
    form = "pension-enrolment"

    def test_only_from_sixteen(self):
        data = sample(self.form)
        data["applicant"]["id_number"] = CHILD
        assert problems(self.form, data) == [("/applicant/id_number", "too-young")]
        assert problems(self.form, data, date(2026, 11, 12)) == []

    def test_the_tiers_are_the_township_s_of_the_day(self):
        tiers = [
            {"from": "2026-01-01", "value": [{"value": "500", "label": "500"}]},
            {"from": "2027-01-01", "value": [{"value": "600", "label": "600"}]},
        ]
        assert problems(self.form, sample(self.form), **{"pension.tiers": tiers}) == []
        later = problems(self.form, sample(self.form), date(2027, 1, 1), **{"pension.tiers": tiers})
        assert later == [("/tier", "choice")]

    def test_a_residence_permit_has_its_own_areas(self):
        data = sample(self.form)
        data["id_type"] = "hk_macau_taiwan_residence"
        assert ("/applicant/id_number", "format") in problems(self.form, data)
        assert "household_book" not in wanted(self.form, data)


class TestMedicalEnrolment:
    form = "medical-enrolment"

    def test_a_newborn_has_ninety_days_or_what_the_township_says(self):
        data = sample(self.form, "sample-newborn")
        assert problems(self.form, data, date(2026, 5, 1)) == []
        assert problems(self.form, data, date(2026, 5, 2)) == [("/insured_kind", "newborn-days")]
        assert problems(self.form, data, date(2026, 5, 2), **{"medical.newborn_days": 365}) == []

    def test_sex_and_birth_are_asked_where_the_number_does_not_tell(self):
        read = decided(self.form, sample(self.form)).stored["applicant"]
        assert (read["sex_known"], read["birth_known"], read["age"]) == ("1", "1988-01-01", 38)
        typed = decided(self.form, sample(self.form, "sample-assisted")).stored["applicant"]
        assert (typed["sex"], typed["age"], "birth_known" in typed) == ("1", 35, False)

    def test_next_year_opens_in_september(self):
        data = sample(self.form)
        data["insured_year"] = "2027"
        assert problems(self.form, data, date(2026, 8, 31)) == [("/insured_year", "choice")]
        assert problems(self.form, data, date(2026, 9, 1)) == []


class TestBirthRegistration:
    form = "birth-registration"

    def test_adopted_children_do_not_count(self):
        stored = decided(self.form, sample(self.form)).stored
        assert (stored["children_count"], stored["child_order"]) == (2, 2)

    def test_the_other_parent_is_told_to_the_province(self):
        plan = LIBRARY.form(self.form).plan
        told = parties(decided(self.form, sample(self.form)).stored, plan.form)
        assert [(one["name"], one["relation"]) for one in told["co_applicants"]] == [("张三", "husband")]
        assert parties(decided(self.form, sample(self.form, "sample-alone")).stored, plan.form)["co_applicants"] == []

    def test_marriage_is_needed_only_where_the_township_says_so(self):
        data = sample(self.form, "sample-alone")
        assert problems(self.form, data) == []
        wanted = {"birth.marriage_required": 1}
        assert problems(self.form, data, **wanted) == [("/has_partner", "const")]
        both = sample(self.form)
        assert problems(self.form, both, **wanted) == []
        del both["marriage_certificate"]["number"]
        assert problems(self.form, both) == []
        assert problems(self.form, both, **wanted) == [("/marriage_certificate/number", "missing")]

    @pytest.mark.parametrize(("due", "code"), [("2026-03-09", "due-past"), ("2027-03-10", "due-far")])
    def test_the_day_is_expected_soon(self, due, code):
        data = sample(self.form)
        data["due"] = due
        assert problems(self.form, data) == [("/due", code)]

    def test_not_here_means_elsewhere(self):
        data = sample(self.form)
        data["local"] = False
        assert problems(self.form, data) == [("/local", "not-local")]
