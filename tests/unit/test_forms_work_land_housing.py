"""What the forms of work, farming, food and housing refuse, each with one change to an answer sheet that holds."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from asked_papers import asked_papers
from xiangtong.cases.parties import party
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import Library
from xiangtong.validation.validate import decide, validate

LIBRARY = Library.from_folder(Path(__file__).resolve().parents[2] / "form_schemas")
FACTS = Facts(date(2026, 3, 10))
_GONE = object()

#: Form, sample, pointer that is changed, its new value, and every problem that follows.
_CHANGES: list[tuple[str, str, str, Any, list[tuple[str, str]]]] = [
    ("employment-hardship", "sample", "/registered_on", "2025-03-11", [("/category", "not-long-enough")]),
    ("employment-hardship", "sample", "/registered_on", "2025-03-10", []),
    ("employment-hardship", "sample", "/registered_on", "2026-03-11", [
        ("/registered_on", "in-future"), ("/category", "not-long-enough"),
    ]),
    ("employment-hardship", "sample", "/category", "older", [("/category", "too-young")]),
    ("employment-hardship", "sample", "/category", "zero-job", [("/category", "family-has-work")]),
    ("employment-hardship", "sample", "/category", "veteran", [
        ("/service/joined_on", "missing"), ("/service/left_on", "missing"), ("/service/certificate", "missing"),
        ("/materials/discharge_paper", "missing"),
    ]),
    ("employment-hardship", "sample", "/wishes", ["job", "none"], [("/wishes", "none-or-some")]),
    ("flexible-employment-subsidy", "sample-last-months", "/months_had", 34, [("/months_had", "too-many-months")]),
    ("flexible-employment-subsidy", "sample-last-months", "/insurance/pension/wanted", 67, [
        ("/insurance/pension/wanted", "over-share"),
    ]),
    ("flexible-employment-subsidy", "sample", "/company_pays", True, [("/company_pays", "pays-already")]),
    ("flexible-employment-subsidy", "sample", "/draws_benefit", True, [("/draws_benefit", "draws-benefit")]),
    ("flexible-employment-subsidy", "sample", "/insurance/medical/paid", 10_000_001, [
        ("/insurance/medical/paid", "too-large"),
    ]),
    ("farm-machinery-subsidy", "sample-full-price", "/machines/0/central", 3_960_001, [
        ("/machines/0/central", "subsidy-over-price"),
    ]),
    ("farm-machinery-subsidy", "sample-cooperative", "/machines/1/serial_number", "SG904250001", [
        ("/machines/1/serial_number", "same-machine"),
    ]),
    ("farm-machinery-subsidy", "sample-cooperative", "/organisation/credit_code", "911101087000421011", [
        ("/organisation/credit_code", "format"),
    ]),
    ("farm-machinery-subsidy", "sample", "/materials/driving_licences", _GONE, [
        ("/materials/driving_licences", "missing"),
    ]),
    ("farmland-subsidy", "sample", "/plots/1/subsidised_area", 151, [("/plots/1/subsidised_area", "parts-sum")]),
    ("farmland-subsidy", "sample-all-idle", "/plots/1/code", "3210031082150000001", [("/plots/1/code", "same-plot")]),
    ("farmland-subsidy", "sample-all-idle", "/plots/1/reason_words", _GONE, [("/plots/1/reason_words", "missing")]),
    ("elder-card", "sample", "/applicant/id_number", "321003198801010016", [("/applicant/id_number", "too-young")]),
    ("elder-card", "sample", "/contact/phone", "13800000001", [("/contact/phone", "own-contact")]),
    ("elder-card", "sample", "/registered_local", False, [
        ("/residence_number", "missing"), ("/materials/residence_permit", "missing"),
    ]),
    ("food-stall", "sample-renewal", "/card_expires", "2026-04-10", [("/card_expires", "too-early")]),
    ("food-stall", "sample-renewal", "/card_expires", "2026-03-09", [("/card_expires", "expired")]),
    ("food-stall", "sample-renewal", "/own_health/expires", "2026-03-09", [("/own_health/expires", "expired")]),
    ("food-stall", "sample-eatery", "/shop/area", 5001, [("/shop/area", "shop-limit")]),
    ("food-stall", "sample-eatery", "/staff", [], [("/own_hands", "nobody-works")]),
    ("food-stall", "sample", "/stall/closes", "05:30", [("/stall/closes", "same-hours")]),
    ("public-rental", "sample-on-the-line", "/own_income", 450_001, [("/own_income", "income-limit")]),
    ("public-rental", "sample-on-the-line", "/own_area", 1501, [("/own_area", "area-limit")]),
    ("public-rental", "sample-on-the-line", "/property/savings", 15_000_001, [("/property/savings", "property-limit")]),
    ("public-rental", "sample-on-the-line", "/residence/insured_months", 11, [
        ("/residence/insured_months", "insured-too-short"),
    ]),
    ("public-rental", "sample", "/sold_house", True, [("/sold_house", "sold-house")]),
    ("public-rental", "sample", "/adults_signatures", _GONE, [("/adults_signatures", "missing")]),
    ("public-rental", "sample", "/support", "subsidy", [
        ("/bank/holder", "missing"), ("/bank/bank_name", "missing"), ("/bank/account_kind", "missing"),
    ]),
    ("job-registration", "sample", "/applicant/id_number", "440402201011120057", [
        ("/applicant/id_number", "too-young"),
    ]),
    ("job-registration", "sample", "/unemployment/since", "2026-03-11", [("/unemployment/since", "in-future")]),
    ("job-registration", "sample-employed", "/employment/employer", _GONE, [("/employment/employer", "missing")]),
]  # fmt: skip


def _changed(form: str, name: str, pointer: str, value: Any) -> dict[str, Any]:
    data: dict[str, Any] = copy.deepcopy(dict(LIBRARY.samples[form][name]))
    here: Any = data
    *outer, last = pointer.split("/")[1:]
    for token in outer:
        here = here[int(token)] if isinstance(here, list) else here[token]
    if value is _GONE:
        del here[last]
    else:
        here[last] = value
    return data


@pytest.mark.parametrize(("form", "name", "pointer", "value", "problems"), _CHANGES)
def test_one_change_is_refused_where_it_is_wrong(
    form: str, name: str, pointer: str, value: Any, problems: list[tuple[str, str]]
) -> None:
    found = validate(LIBRARY.form(form).plan, _changed(form, name, pointer, value), FACTS)
    assert [(one.pointer, one.code) for one in found] == problems


def _stored(form: str, name: str) -> Any:
    return decide(LIBRARY.form(form).plan, LIBRARY.samples[form][name], FACTS).stored


def test_a_cooperative_files_under_its_own_code() -> None:
    plan = LIBRARY.form("farm-machinery-subsidy").plan
    cooperative = party(_stored("farm-machinery-subsidy", "sample-cooperative"), plan.form["applicant"])
    assert (cooperative["name"], cooperative["id_type"]) == ("公道镇太平农机专业合作社", "uscc")
    assert cooperative["id_number"] == "91350100M000100Y43"
    farmer = party(_stored("farm-machinery-subsidy", "sample"), plan.form["applicant"])
    assert (farmer["name"], farmer["id_type"], farmer["id_number"]) == ("张三", "resident_id", "321003198801010016")


def test_ledgers_add_up() -> None:
    farm = _stored("farmland-subsidy", "sample")
    assert (farm["contract_total"], farm["measured_total"]) == (500, 511)
    assert (farm["deducted_total"], farm["subsidised_total"]) == (26, 485)
    flexible = _stored("flexible-employment-subsidy", "sample")
    assert (flexible["paid_total"], flexible["wanted_total"], flexible["months_total"]) == (325_800, 217_200, 6)
    machines = _stored("farm-machinery-subsidy", "sample-cooperative")
    assert (machines["price_total"], machines["wanted_total"], machines["machine_count"]) == (21_400_000, 4_980_000, 2)
    rental = _stored("public-rental", "sample-on-the-line")
    assert (rental["income_per_head"], rental["property"]["total"]) == (450_000, 20_000_000)


def test_certificates_and_numbers_give_what_follows_from_them() -> None:
    disability = _stored("employment-hardship", "sample-agent")["disability"]
    assert (disability["category"], disability["grade"]) == ("4", "3")
    assert _stored("elder-card", "sample")["age_band"] == "60-69"
    assert _stored("elder-card", "sample-from-elsewhere")["age_band"] == "70+"


@pytest.mark.parametrize(
    ("form", "name", "wanted", "not_wanted"),
    [
        ("employment-hardship", "sample-agent", "disability_paper", "minimum_paper"),
        ("farm-machinery-subsidy", "sample-cooperative", "licence", ""),
        ("farm-machinery-subsidy", "sample-full-price", "fitness", "driving_licences"),
        ("food-stall", "sample-eatery", "premises", "old_card"),
        ("public-rental", "sample-on-the-line", "residence_permit", "minimum_paper"),
        ("job-registration", "sample-employed", "contract", "leaving_paper"),
    ],
)
def test_papers_follow_the_situation(form: str, name: str, wanted: str, not_wanted: str) -> None:
    plan = LIBRARY.form(form).plan
    codes = asked_papers(plan, decide(plan, LIBRARY.samples[form][name], FACTS).effective)
    assert wanted in codes
    assert not_wanted not in codes
