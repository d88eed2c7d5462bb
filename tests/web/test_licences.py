"""Electronic licences fill a fresh draft only with consent, only for oneself, say where each answer came from, and what
is certain stays; asked of the demo province over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from citizen_desk import VILLAGE, Desk, make_desk
from door_services import library, make_services
from xiangtong.doors.citizen import _licences
from xiangtong.drafts.typed import Typed
from xiangtong.identity.licences import NoLicences
from xiangtong.identity.ports import Claims, Licence, LicencesUnavailable
from xiangtong.items.models import Item
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

FORM, NUMBER = "disability-subsidies", "52270119451001317542"
START = f"/321003100/apply/{FORM}"
ZHOU_JIU = Claims("test", "zhoujiu", "周九", "resident_id", "522701194510013175", "13800138006", assurance=3)
ADDRESS = "江苏省扬州市邗江区公道镇太平村三组12号"
FOUND = (
    Licence("disability_certificate", "残疾人证", "周九", NUMBER, None, {"number": NUMBER}, demo=True),
    Licence("household_register", "居民户口簿", "周九", "", None, {"address": ADDRESS}, demo=True),
)


class _Source:
    """A source that is asked in the same process."""

    kinds = ("household_register", "disability_certificate")

    def __init__(self, found: Sequence[Licence] | None) -> None:
        self.found, self.asked = found, 0

    def of(self, **asked: object) -> Sequence[Licence]:
        self.asked += 1
        assert {"claims", "kinds", "city_code", "purpose", "consent_ref"} == set(asked)
        if self.found is None:
            raise LicencesUnavailable
        return self.found


def _desk(db: Database, keys: KeyRing, folder: Path, source: object) -> Desk:
    services = replace(make_services(db, keys, folder), licences=source)  # type: ignore[arg-type]
    desk = make_desk(services, ZHOU_JIU)
    with db.scope(Scope(tenant_id=1)) as session:
        item = session.get_one(Item, (1, "old-age"))
        item.form_code = FORM
    return desk


def _begin(desk: Desk, **more: str) -> Typed:
    answer = desk.client.post(START, data={"who": "self", "village": VILLAGE} | more)
    assert answer.status_code == 303, answer.text
    return desk.draft(answer.location).typed


@pytest.fixture
def place(
    db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path
) -> Iterator[tuple[Database, KeyRing, Path]]:
    yield db, keys, tmp_path


def test_with_consent_licences_fill_in_and_what_is_certain_stays(place: tuple[Database, KeyRing, Path]) -> None:
    desk = _desk(*place, _Source(FOUND))
    assert "居民户口簿、残疾人证" in desk.client.get(START).text
    answer = desk.client.post(START, data={"who": "self", "village": VILLAGE, "licences": "yes"})
    draft = answer.location
    page = unescape(desk.client.get(f"{draft}/disability").text)
    assert "来自电子证照：残疾人证（演示数据）" in page
    assert "来自电子证照：居民户口簿（演示数据），请再看一眼" in unescape(desk.client.get(f"{draft}/who").text)
    changed = {"/disability/number": "52270119451001317511", "/applicant/registered_address": "太平村五组5号"}
    for step in ("disability", "who"):
        desk.client.post(f"{draft}/{step}", data=changed)
    typed = desk.draft(draft).typed.values
    assert (typed["/disability/number"], typed["/applicant/registered_address"]) == (NUMBER, "太平村五组5号")
    assert "居民户口簿（演示数据）" not in desk.client.get(f"{draft}/who").text
    assert typed["/_licence_consent"].endswith("household_register disability_certificate")
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        sql = "select detail from audit_entry where action = 'licences.asked'"
        (noted,) = session.connection().exec_driver_sql(sql).one()
    assert noted["found"] == ["disability_certificate", "household_register"]
    assert NUMBER not in str(noted)


def test_nobody_is_asked_for_without_consent_or_for_somebody_else(place: tuple[Database, KeyRing, Path]) -> None:
    source = _Source(FOUND)
    desk = _desk(*place, source)
    assert desk.client.post(START, data={"who": "self", "village": "", "licences": "yes"}).status_code == 200
    assert "/disability/number" not in _begin(desk, who="other", licences="yes").values
    assert source.asked == 0


@pytest.mark.parametrize(
    ("found", "sentence"), [(None, "电子证照暂时没有回应，请自己填写"), ((), "没有查到您的电子证照")]
)
def test_a_source_that_has_nothing_to_say_hinders_nobody_and_is_not_silent(
    place: tuple[Database, KeyRing, Path], found: Sequence[Licence] | None, sentence: str
) -> None:
    desk = _desk(*place, _Source(found))
    answer = desk.client.post(START, data={"who": "self", "village": VILLAGE, "licences": "yes"})
    assert "/disability/number" not in desk.draft(answer.location).typed.values
    assert sentence in desk.client.get(f"{answer.location}/who").text
    assert sentence not in desk.client.get(f"{answer.location}/papers").text


def test_without_a_source_there_is_no_box(place: tuple[Database, KeyRing, Path]) -> None:
    assert "电子证照" not in _desk(*place, NoLicences()).client.get(START).text


def test_what_has_run_out_or_is_another_s_is_left_out() -> None:
    old = replace(FOUND[0], valid_until=date(2020, 1, 1))
    assert _licences.usable([old, replace(FOUND[1], holder="李四"), FOUND[1]], ZHOU_JIU) == [FOUND[1]]


@pytest.mark.parametrize("code", ["disability-subsidies", "birth-registration", "elder-card"])
def test_three_forms_name_what_licences_say(code: str) -> None:
    named = {q.prefill for q in library().form(code).plan.by_pattern.values() if q.prefill.startswith("licence.")}
    assert "licence.household_register.address" in named
    assert not [q for q in library().form(code).plan.by_pattern.values() if "*" in q.pattern and q.prefill]
