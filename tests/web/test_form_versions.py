"""A form is published anew while somebody fills it: nothing is lost, nothing is read otherwise, nobody is moved unasked."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from attachment_flow import jpeg
from citizen_desk import ACCOUNT, FORM, PHOTOS, START, WHO, Desk, make_desk, problems
from form_versions import (
    another_promise,
    count,
    edited,
    new_question,
    publish,
    put_in,
    reworded,
    shelved,
    without_portrait,
)
from xiangtong.cases.models import CaseRecord
from xiangtong.cases.record import open_case
from xiangtong.forms import versions
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import CITY, Database, Scope

VILLAGE_CODE = "321003100"


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(shelved(db, keys, tmp_path))


def _case(desk: Desk) -> tuple[CaseRecord, dict[str, Any]]:
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        row = session.scalars(select(CaseRecord)).one()
        return row, open_case(session, keys=desk.services.keys, tenant_id=1, case_id=row.id).body["answers"]


def _steps() -> list[tuple[str, dict[str, Any]]]:
    pictures = {f"/materials/{name}": (io.BytesIO(jpeg(shade)), f"{name}.jpg") for shade, name in enumerate(PHOTOS)}
    signed = {"/consent": "true", "/promise": "true", "/signature": (io.BytesIO(jpeg(90)), "签名.jpg")}
    return [("who", WHO), ("account", ACCOUNT), ("papers", pictures), ("confirm", signed)]


def _choose(desk: Desk, draft: str, choice: str, version: int) -> None:
    """The page that tells of the new version comes by itself; then one of its buttons."""
    assert desk.client.get(draft).location == f"{draft}/update"
    page = desk.client.get(f"{draft}/update")
    assert page.status_code == 200
    assert "这张表有更新" in page.text
    chosen = desk.client.post(f"{draft}/update", data={"choice": choice, "version": str(version)})
    assert chosen.location == draft, chosen.text[-2000:]


@pytest.mark.parametrize("choice", ["stay", "move"])
def test_published_between_every_pair_of_steps(desk: Desk, choice: str) -> None:
    """With every step another question is new; who stays files what they began, who moves is asked all of them."""
    draft, edits = desk.begin(), []
    for number, (step, fields) in enumerate(_steps(), start=2):
        before = dict(desk.draft(draft).typed.values)
        name = f"extra_{number}"
        edits.append(new_question(name, step=3))
        publish(desk.services, edited(*edits))
        answer = desk.client.post(f"{draft}/{step}", data=fields)
        assert answer.status_code == 303, problems(answer)
        _choose(desk, draft, choice, number)
        after = desk.draft(draft)
        assert before.items() <= after.typed.values.items(), "nothing is lost"
        assert after.row.form_version == (number if choice == "move" else 1)
    assert desk.client.get(f"{draft}/review").status_code == 200, "told once, never again"
    assert desk.client.post(f"{draft}/review").location == f"{draft}/receipt"
    row, answers = _case(desk)
    assert row.filed["form"]["version"] == (5 if choice == "move" else 1)
    assert answers["applicant"]["phone"] == WHO["/applicant/phone"]
    assert answers["bank"]["card_number"] == ACCOUNT["/bank/card_number"]
    assert len(answers["materials"]) == len(PHOTOS)
    shown = desk.client.get(f"/{VILLAGE_CODE}/cases/{row.case_no}")
    assert shown.status_code == 200
    publish(desk.services, edited(without_portrait))
    assert "一寸" in desk.client.get(f"/{VILLAGE_CODE}/cases/{row.case_no}").text, "a case is read with its own version"


def test_what_has_no_place_any_more_is_said_and_kept_in_the_draft(desk: Desk) -> None:
    draft = desk.begin()
    desk.fill(draft)
    before = desk.draft(draft).typed.values
    publish(desk.services, edited(without_portrait, another_promise, reworded))
    page = unescape(desk.client.get(f"{draft}/update").text)
    assert "一寸照片" in page
    assert "新表不再问了" in page
    assert "问法改了" in page
    _choose(desk, draft, "move", 2)
    after = desk.draft(draft).typed.values
    assert after["@1/materials/portrait"] == before["/materials/portrait"]
    assert after["@1/promise"] == before["/promise"]
    review = desk.client.get(f"{draft}/review").text
    assert "portrait.jpg" not in review
    assert desk.client.post(f"{draft}/review").location == f"{draft}/review", "the new promise is to be made first"
    desk.client.post(f"{draft}/confirm", data={"/consent": "true", "/promise": "true"})
    assert desk.client.post(f"{draft}/review").location == f"{draft}/receipt"
    _, answers = _case(desk)
    assert "portrait" not in answers["materials"]


def test_a_version_that_was_withdrawn_takes_no_more_filings_and_says_what_to_do(desk: Desk) -> None:
    draft = desk.begin()
    desk.fill(draft)
    publish(desk.services, edited(new_question("more")))
    _choose(desk, draft, "stay", 2)
    with desk.services.db.scope(CITY) as session:
        versions.withdraw(session, code=FORM, number=1)
    desk.services.library.forget()
    assert desk.client.post(f"{draft}/review").location == f"{draft}/update"
    page = desk.client.get(f"{draft}/update").text
    assert "旧表已经停用" in page
    assert 'value="stay"' not in page
    assert desk.client.post(f"{draft}/update", data={"choice": "stay", "version": "2"}).status_code == 422
    _choose(desk, draft, "move", 2)
    assert desk.client.post(f"{draft}/review").location == f"{draft}/receipt"


def test_without_a_live_version_nobody_begins_and_nothing_is_lost(desk: Desk) -> None:
    draft = desk.begin()
    assert desk.client.post(f"{draft}/who", data=WHO).status_code == 303
    with desk.services.db.scope(CITY) as session:
        versions.withdraw(session, code=FORM, number=1)
    desk.services.library.forget()
    assert desk.client.get(START).status_code == 404
    assert desk.client.get(f"{draft}/who").status_code == 200, "what was typed can still be read"
    refused = desk.client.post(f"{draft}/review")
    assert refused.status_code == 409
    assert "新表还没有发布" in refused.text
    assert desk.draft(draft).typed.values["/applicant/phone"] == WHO["/applicant/phone"]


def test_the_sheet_counts_every_filing_in_progress(desk: Desk) -> None:
    for fields in ({}, WHO, WHO):
        draft = desk.begin(again="1") if not fields else _another(desk)
        if fields:
            assert desk.client.post(f"{draft}/who", data=fields).status_code == 303
    sheet = count(desk.services, put_in(desk.services, edited(new_question("more"))))
    assert (sheet.moves, sheet.asks, sheet.stays, sheet.state) == (0, 3, 0, "done")
    assert [(one["label"], one["reason"], one["drafts"]) for one in sheet.fields] == [("新问题 more", "added", 3)]


def _another(desk: Desk) -> str:
    """A second tap within seconds finds the first draft, so the first is made older."""
    from datetime import timedelta

    from sqlalchemy import update

    from xiangtong.drafts.models import CitizenDraft
    from xiangtong.kernel import clock

    with desk.services.db.scope(Scope(citizen_id=desk.citizen_id)) as session:
        session.execute(update(CitizenDraft).values(updated_at=clock.now() - timedelta(hours=1)))
    return desk.begin()


def test_the_script_is_given_the_plan_of_the_version_its_page_shows(desk: Desk) -> None:
    old = desk.services.library.form(FORM).plan.digest
    publish(desk.services, edited(new_question("more")))
    new = desk.services.library.form(FORM).plan.digest
    fetch: Callable[[str], int] = lambda digest: desk.client.get(f"/forms/{FORM}/{digest}.json").status_code  # noqa: E731
    assert (old != new, fetch(old), fetch(new), fetch("0" * 64)) == (True, 200, 200, 404)


SENTENCE = "这张表已经换成新的一版"


def _moved_under_an_open_page(desk: Desk) -> tuple[str, dict[str, str]]:
    """A draft on version 3, and what a page of version 2 that is still open says of itself."""
    publish(desk.services, edited(new_question("gone"), new_question("kept")))
    draft = desk.begin()
    page = desk.client.get(f"{draft}/who").text
    old = dict(re.findall(r'name="(_form|_revision)" value="([^"]+)"', page))
    publish(desk.services, edited(new_question("kept")))
    _choose(desk, draft, "move", 3)
    return draft, old


def test_a_page_of_an_earlier_version_loses_nothing_without_script(desk: Desk) -> None:
    draft, old = _moved_under_an_open_page(desk)
    answer = desk.client.post(f"{draft}/who", data=WHO | old | {"/gone": "旧表上写的", "/kept": "两张表都问"})
    assert answer.location == f"{draft}/who?moved=1"
    assert SENTENCE in desk.client.get(answer.location).text
    typed = desk.draft(draft).typed.values
    assert (typed["@2/gone"], typed["/kept"], "/gone" in typed) == ("旧表上写的", "两张表都问", False)
    assert typed["/applicant/phone"] == WHO["/applicant/phone"]
    assert SENTENCE not in desk.client.get(f"{draft}/who").text


def test_the_script_of_such_a_page_is_told_and_what_it_sends_is_kept(desk: Desk) -> None:
    draft, old = _moved_under_an_open_page(desk)
    sent = [{"pointer": name, "value": f"写在 {name}", "revision": 0} for name in ("/gone", "/kept", "/never")]
    answers = [
        desk.client.post(f"{draft}/save", json=sent, headers={"Accept": "application/json", "X-Form-Digest": digest})
        for digest in (old["_form"], "0" * 64, "")
    ]
    assert [SENTENCE in (answer.json or {}).get("moved", "") for answer in answers] == [True, False, False]
    typed = desk.draft(draft).typed.values
    assert (typed["@2/gone"], typed["/kept"], "/never" in typed) == ("写在 /gone", "写在 /kept", False)


def test_a_photo_of_such_a_page_goes_where_it_belongs_or_is_refused(desk: Desk) -> None:
    draft, old = _moved_under_an_open_page(desk)
    pictures = {f"/materials/{name}": (io.BytesIO(jpeg(1)), "a.jpg") for name in ("portrait", "no_such")}
    assert desk.client.post(f"{draft}/papers", data=old | pictures).location == f"{draft}/papers?moved=1"
    assert "/materials/portrait" in desk.draft(draft).typed.values
