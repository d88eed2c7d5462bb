"""A draft on two phones, numbers that are masked, a worker at the root: the saving of a filling, through the door."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from citizen_desk import ACCOUNT, START, WHO, Desk, make_desk
from door_services import make_services
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

ADDRESS = "/applicant/registered_address"
HERE, THERE = WHO[ADDRESS], "江苏省扬州市邗江区公道镇桑园村一组3号"
CARD = ACCOUNT["/bank/card_number"]


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


def _revision(desk: Desk, page: str) -> str:
    found = re.search(r'name="_revision" value="([0-9]+)"', desk.client.get(page).text)
    assert found
    return found[1]


def _autosave(desk: Desk, draft: str, revision: int, **values: str) -> dict[str, object]:
    fields = [{"pointer": pointer, "value": value, "revision": revision} for pointer, value in values.items()]
    answer = desk.client.post(f"{draft}/save", json=fields, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    told: dict[str, object] = answer.json or {}
    return told


def test_without_script_the_later_page_wins_and_shows_the_other_value(desk: Desk) -> None:
    draft = desk.begin()
    page = f"{draft}/who"
    begun = _revision(desk, page)
    _autosave(desk, draft, 0, **{ADDRESS: THERE})
    answer = desk.client.post(page, data=WHO | {"_revision": begun, "_seen": ""})
    assert answer.status_code == 200
    assert "在另一台手机上改过" in answer.text
    assert THERE in answer.text
    assert desk.draft(draft).typed.values[ADDRESS] == HERE
    assert THERE in desk.client.get(page).text  # Shown until one of the two was chosen.
    taken = WHO | {"_revision": _revision(desk, page), "_action": f"take:{ADDRESS}"}
    assert desk.client.post(page, data=taken).status_code == 303
    assert desk.draft(draft).typed.values[ADDRESS] == THERE
    assert "在另一台手机上改过" not in desk.client.get(page).text


def test_who_saw_both_values_and_goes_on_goes_on(desk: Desk) -> None:
    draft = desk.begin()
    page = f"{draft}/who"
    begun = _revision(desk, page)
    _autosave(desk, draft, 0, **{ADDRESS: THERE})
    assert desk.client.post(page, data=WHO | {"_revision": begun}).status_code == 200
    again = desk.client.post(page, data=WHO | {"_revision": _revision(desk, page)})
    assert again.location == f"{draft}/account"


def test_with_script_a_page_does_not_write_over_what_it_never_touched(desk: Desk) -> None:
    draft = desk.begin()
    page = f"{draft}/who"
    begun = _revision(desk, page)
    saved = _autosave(desk, draft, 0, **{ADDRESS: THERE})
    seen = json.dumps({"/applicant/phone": int(begun)})
    posted = WHO | {"_revision": begun, "_seen": seen, ADDRESS: ""}
    assert desk.client.post(page, data=posted).status_code == 303
    assert desk.draft(draft).typed.values[ADDRESS] == THERE
    assert saved["revisions"] == {ADDRESS: int(begun) + 1}


def test_what_another_field_did_is_no_conflict(desk: Desk) -> None:
    draft = desk.begin()
    first = _autosave(desk, draft, 0, **{ADDRESS: HERE})
    _autosave(desk, draft, 0, **{"/applicant/phone": "13800138001"})
    known = first["revisions"][ADDRESS]  # type: ignore[index]
    assert _autosave(desk, draft, known, **{ADDRESS: THERE})["conflicts"] == []


@pytest.mark.parametrize(
    "seen",
    [
        "[",
        "[]",
        "7",
        '{"/applicant/phone": "x"}',
        "[" * 100_000,
        '{"/applicant/registered_address": {"revision": [], "ours": {}}}',
    ],
)
def test_a_page_that_says_nonsense_of_what_it_saw_is_saved_all_the_same(desk: Desk, seen: str) -> None:
    draft = desk.begin()
    assert desk.client.post(f"{draft}/who", data=WHO | {"_revision": "9" * 40, "_seen": seen}).status_code == 303
    assert desk.draft(draft).typed.values[ADDRESS] == HERE


def test_a_number_that_is_in_is_masked_and_its_mask_changes_nothing(desk: Desk) -> None:
    draft = desk.begin()
    assert desk.client.post(f"{draft}/account", data=ACCOUNT).status_code == 303
    page = desk.client.get(f"{draft}/account").text
    mask = "622202*********0000"
    assert f'value="{mask}"' in page
    assert f'value="{CARD}"' not in page
    assert desk.client.post(f"{draft}/account", data=ACCOUNT | {"/bank/card_number": mask}).status_code == 303
    _autosave(desk, draft, 0, **{"/bank/card_number": mask})
    assert desk.draft(draft).typed.values["/bank/card_number"] == CARD
    assert desk.client.post(f"{draft}/account", data=ACCOUNT | {"/bank/card_number": "62**"}).status_code == 422


def test_the_worker_lives_at_the_root_and_is_asked_for_anew(desk: Desk) -> None:
    answer = desk.client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("wish", [{}, {"who": "other", "reuse": "yes"}])
def test_an_earlier_case_fills_in_only_when_asked_and_for_oneself(desk: Desk, wish: dict[str, str]) -> None:
    assert "上次填过的" not in desk.client.get(START).text
    desk.file()
    assert "上次填过的" in desk.client.get(START).text
    assert "/bank/card_number" not in desk.draft(desk.begin(**wish)).typed.values


def test_what_an_earlier_case_filled_in_can_be_changed(desk: Desk) -> None:
    desk.file()
    draft = desk.begin(reuse="yes")
    typed = desk.draft(draft).typed.values
    assert (typed["/bank/card_number"], typed[ADDRESS]) == (CARD, HERE)
    assert "请再看一眼" in desk.client.get(f"{draft}/who").text
    assert desk.client.post(f"{draft}/who", data=WHO | {ADDRESS: THERE}).status_code == 303
    assert desk.draft(draft).typed.values[ADDRESS] == THERE
    assert HERE not in desk.client.get(f"{draft}/who").text
