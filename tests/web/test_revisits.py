"""Who comes to a draft by a code: that one draft and no other, and nothing sensitive that was typed before."""

from __future__ import annotations

import io
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from attachment_flow import jpeg
from citizen_desk import QIAN_QI, START, WHO, Desk, make_desk
from door_services import make_services
from guest_desk import BORN, CARD, NAME, NUMBER, begin, begin_another, fill, session_of, token, wait
from xiangtong.doors.citizen._guests import take_over
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database

_SECRETS = (CARD, NAME, NUMBER, WHO["/applicant/registered_address"], WHO["/applicant/phone"], BORN)


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


@pytest.fixture
def owner(desk: Desk) -> tuple[FlaskClient, str]:
    client, draft = begin(desk)
    fill(client, draft)
    return client, draft


def _came(desk: Desk, owner: tuple[FlaskClient, str]) -> FlaskClient:
    other = desk.app.test_client()
    assert other.post(f"/back/{token(desk, *owner)}").location == owner[1]
    return other


def _told(page: str) -> list[str]:
    return [secret for secret in _SECRETS if secret in unescape(page)]


def test_no_page_and_no_answer_tells_what_was_typed_before(desk: Desk, owner: tuple[FlaskClient, str]) -> None:
    client, draft = owner
    assert len(_told(client.get(f"{draft}/review").text)) == len(_SECRETS)
    other = _came(desk, owner)
    for step in ("who", "account", "review", "update", "help", "discard"):
        assert _told(other.get(f"{draft}/{step}").text) == [], step
    guesses = [{"pointer": name, "value": "x", "revision": 0} for name in ("/bank/card_number", "/applicant/name")]
    answer = other.post(f"{draft}/save", json=guesses)
    assert answer.status_code == 200 and _told(answer.text) == []
    assert _told(other.get(f"{draft}/who").text + other.get(f"{draft}/account").text) == []


def test_one_code_opens_one_draft(desk: Desk, owner: tuple[FlaskClient, str]) -> None:
    client, draft = owner
    wait(desk, client)
    second = begin_another(client)
    assert second != draft
    other = _came(desk, owner)
    assert other.get(f"{draft}/who").status_code == 200
    for address in (second, f"{second}/who", f"{second}/review", f"{second}/elsewhere"):
        assert other.get(address).status_code == 404, address
    assert other.post(f"{second}/save", json=[]).status_code == 404
    files = second.replace("/apply/old-age-allowance/", "/drafts/") + "/files"
    assert (
        other.post(files, data={"pointer": "/materials/portrait", "file": (io.BytesIO(jpeg(1)), "a.jpg")}).status_code
        == 404
    )
    assert draft not in other.get(f"{START}/guest").text  # What begins here is somebody else's.


def test_signing_in_after_a_code_uncovers_nothing_of_others(desk: Desk, owner: tuple[FlaskClient, str]) -> None:
    draft = owner[1]
    assert desk.client.post(f"/back/{token(desk, *owner)}").location == draft
    for step in ("account", "review"):
        page = desk.client.get(f"{draft}/{step}").text
        assert CARD not in page and WHO["/applicant/phone"] not in page, step
    answer = desk.client.post(f"{draft}/save", json=[{"pointer": "/bank/card_number", "value": "x", "revision": 0}])
    assert CARD not in answer.text
    typed = {"pointer": "/bank/holder", "value": "钱七", "revision": 9}
    assert desk.client.post(f"{draft}/save", json=[typed]).status_code == 200
    assert "钱七" in desk.client.get(f"{draft}/review").text  # What they type themselves they read.


def test_whom_the_draft_names_reads_all_of_it(desk: Desk) -> None:
    client, draft = begin(desk)
    fill(client, draft)
    mine = [{"pointer": "/applicant/id_number", "value": QIAN_QI.id_number}]
    assert client.post(f"{draft}/save", json=mine).status_code == 200
    assert desk.client.post(f"/back/{token(desk, client, draft)}").location == draft
    assert CARD in desk.client.get(f"{draft}/review").text


def test_naming_oneself_after_a_code_does_not_help(desk: Desk, owner: tuple[FlaskClient, str]) -> None:
    draft, other = owner[1], _came(desk, owner)
    mine = [{"pointer": "/applicant/id_number", "value": QIAN_QI.id_number}]
    assert other.post(f"{draft}/save", json=mine).status_code == 200
    came = session_of(desk, other)
    assert came.draft_id
    with desk.app.app_context(), desk.services.db.scope(NOBODY) as session:
        take_over(
            session, guest_id=came.subject_id, citizen_id=desk.citizen_id, claims=QIAN_QI, came_by_code=came.draft_id
        )
    assert CARD not in desk.client.get(f"{draft}/review").text


def test_no_code_leads_to_what_somebody_signed_in_for(desk: Desk, owner: tuple[FlaskClient, str]) -> None:
    client, draft = owner
    code, guest = token(desk, *owner), session_of(desk, client).subject_id
    with desk.app.app_context(), desk.services.db.scope(NOBODY) as session:
        take_over(session, guest_id=guest, citizen_id=desk.citizen_id, claims=QIAN_QI)
    other = desk.app.test_client()
    assert other.post(f"/back/{code}").status_code == 404
    assert other.get(f"{draft}/who").status_code == 303  # To the sign-in.
    assert CARD in desk.client.get(f"{draft}/review").text
