"""What is known of whoever signed in, in a fresh draft: a document is its type and its number."""

from pathlib import Path

import pytest

from xiangtong.doors.citizen._known import locked_in, prefilled
from xiangtong.forms.library import Library
from xiangtong.identity.ports import Claims

LIBRARY = Library.from_folder(Path(__file__).resolve().parents[2] / "form_schemas")
NUMBER = "321003194003051288"
ZHANG = Claims("test", "zhang", "张三", "resident_id", NUMBER, "13800138004", assurance=3)


@pytest.mark.parametrize("code", ["birth-registration", "medical-enrolment"])
def test_an_identity_card_fills_the_document_and_is_not_changed(code):
    plan = LIBRARY.form(code).plan
    typed = prefilled(plan, ZHANG, for_other=False, village="321003108215")
    place = "/applicant/document"
    assert (typed.values[f"{place}/type"], typed.values[f"{place}/number"]) == ("resident_id", NUMBER)
    assert {f"{place}/type", f"{place}/number", "/applicant/name"} <= locked_in(typed)
    assert "/partner/document/number" not in typed.values


def test_who_files_for_another_is_the_agent():
    typed = prefilled(LIBRARY.form("medical-enrolment").plan, ZHANG, for_other=True, village=None)
    assert typed.values["/agent/id_number"] == NUMBER
    assert "/applicant/document/number" not in typed.values


def test_a_foreign_document_is_typed():
    claims = Claims("test", "four", "阮·四", "passport", "E12345678", "", assurance=2)
    typed = prefilled(LIBRARY.form("medical-enrolment").plan, claims, for_other=False, village=None)
    assert "/applicant/document/number" not in typed.values
