"""Filling in without an account: begun at once, found again on another phone, filed by whoever signs in at the end."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from citizen_desk import ACCOUNT, QIAN_QI, START, VILLAGE, WHO, Desk, make_desk, problems
from door_services import make_services
from xiangtong.doors.citizen._guests import take_over
from xiangtong.drafts import opening, returning
from xiangtong.drafts.opening import Holder
from xiangtong.identity import citizens, sessions
from xiangtong.notify.demo import DemoSms
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database, Scope

PHONE = "13800138004"
CARD, NAME, NUMBER = ACCOUNT["/bank/card_number"], "李四", "522701194510013175"
WHO_BY_HAND = WHO | {"/applicant/name": NAME, "/applicant/id_number": NUMBER}


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


def _begin(desk: Desk) -> tuple[FlaskClient, str]:
    client = desk.app.test_client()
    assert "guest" in client.get(f"/sign-in?next={START}").text
    assert "没有登录也能填" in client.get(f"{START}/guest").text
    answer = client.post(f"{START}/guest", data={"who": "self", "village": VILLAGE})
    assert answer.status_code == 303, answer.text
    return client, answer.location


def _fill(client: FlaskClient, draft: str) -> None:
    for step, fields in (("who", WHO_BY_HAND), ("account", ACCOUNT)):
        answer = client.post(f"{draft}/{step}", data=fields)
        assert answer.status_code == 303, problems(answer)


def _way_back(client: FlaskClient, draft: str) -> str:
    """What the QR code of the page says, read from the page's own verb: the picture itself is segno's business."""
    page = client.get(f"{draft}/elsewhere").text
    assert 'src="data:image/svg+xml' in page
    return page


def _token(desk: Desk, client: FlaskClient, draft: str) -> str:
    signed_in = sessions.resolve(desk.services.db, token=client.get_cookie("xiangtong").value)  # type: ignore[union-attr]
    assert signed_in
    who = signed_in.subject_id
    with desk.services.db.scope(Scope(tenant_id=1, citizen_id=who)) as session:
        row = opening.load(
            session, keys=desk.services.keys, tenant_id=1, draft_id=_id(draft), holder=Holder(citizen_id=who)
        )
        return returning.by_picture(session, keys=desk.services.keys, draft=row)


def _id(draft: str) -> UUID:
    return UUID(draft.rpartition("/")[2])


def test_without_an_account_everything_is_filled_in_and_signing_in_comes_last(desk: Desk) -> None:
    client, draft = _begin(desk)
    _fill(client, draft)
    assert desk.client.get(f"{draft}/who").status_code == 404  # Nobody else's.
    assert "登录后提交" in client.get(f"{draft}/review").text or "处要填好" in client.get(f"{draft}/review").text
    refused = client.post(f"{draft}/review")
    assert refused.status_code == 303
    assert refused.location.startswith("/sign-in")
    assert client.get("/mine").location.startswith("/sign-in")


def test_who_signs_in_at_last_owns_what_they_began(desk: Desk) -> None:
    client, draft = _begin(desk)
    _fill(client, draft)
    guest = sessions.resolve(desk.services.db, token=client.get_cookie("xiangtong").value)  # type: ignore[union-attr]
    assert guest
    with desk.app.app_context(), desk.services.db.scope(NOBODY) as session:
        citizens.upsert(session, keys=desk.services.keys, claims=QIAN_QI)
        take_over(session, guest_id=guest.subject_id, citizen_id=desk.citizen_id, claims=QIAN_QI)
    typed = desk.draft(draft).typed.values
    assert (typed["/applicant/name"], typed["/bank/card_number"]) == ("钱七", CARD)
    assert "来自您的实名" in desk.client.get(f"{draft}/who").text
    assert "高龄津贴" in desk.client.get("/mine").text
    assert client.get(f"{draft}/who").status_code == 404


def test_a_picture_leads_back_once_and_shows_masks(desk: Desk) -> None:
    client, draft = _begin(desk)
    _fill(client, draft)
    _way_back(client, draft)
    token, other = _token(desk, client, draft), desk.app.test_client()
    for _ in range(2):
        assert other.get(f"/back/{token}").status_code == 200  # Looking uses nothing up.
    assert other.post(f"/back/{token}").location == draft
    for step in ("who", "account"):
        page = unescape(other.get(f"{draft}/{step}").text)
        assert not [secret for secret in (CARD, NAME, NUMBER, WHO["/applicant/registered_address"]) if secret in page]
    assert other.post(f"{draft}/account", data=_as_shown(other, f"{draft}/account")).status_code == 303
    assert other.get(f"{draft}/elsewhere").status_code == 404
    assert desk.app.test_client().post(f"/back/{token}").status_code == 404
    page = client.get(f"{draft}/account").text
    assert "622202*********0000" in page


def _as_shown(client: FlaskClient, address: str) -> dict[str, str]:
    page = unescape(client.get(address).text)
    return dict(re.findall(r'name="(/[^"]+)" value="([^"]*)"[^>]*autocomplete', page)) | {
        "/bank/account_kind": "card", "_revision": re.findall(r'name="_revision" value="([0-9]+)"', page)[0],
    }  # fmt: skip


def test_short_code_phone_and_message_lead_back_and_five_tries_are_all(desk: Desk) -> None:
    client, draft = _begin(desk)
    assert "11 位" in client.post(f"{draft}/elsewhere", data={"phone": "123"}).text
    assert client.post(f"{draft}/elsewhere", data={"phone": PHONE}).status_code == 303
    found = re.search(r'code-words">([0-9A-Z ]{9})<', client.get(f"{draft}/elsewhere").text)
    assert found
    other, sms = desk.app.test_client(), desk.services.sms
    assert isinstance(sms, DemoSms)
    told = {"code": found[1].lower(), "phone": PHONE}
    assert "已经发出" in other.post("/back", data={"code": "22222222", "phone": "13900139005"}).text
    assert sms.latest() == []  # A wrong code is answered alike, and nothing is sent.
    assert "已经发出" in other.post("/back", data=told).text
    digits = sms.latest()[0].values["code"]
    wrong = "000000" if digits != "000000" else "000001"
    assert "不对" in other.post("/back", data=told | {"digits": wrong}).text
    assert other.post("/back", data=told | {"digits": digits}).location == draft
    assert other.get(f"{draft}/who").status_code == 200
    for _ in range(5):
        stranger = desk.app.test_client().post("/back", data=told | {"digits": digits})
        assert stranger.status_code == 200
    assert "分钟" in desk.app.test_client().post("/back", data=told | {"digits": digits}).text


def test_whoever_is_signed_in_takes_the_draft_over_by_the_picture(desk: Desk) -> None:
    client, draft = _begin(desk)
    _fill(client, draft)
    token = _token(desk, client, draft)
    assert desk.client.post(f"/back/{token}").location == draft
    assert desk.draft(draft).typed.values["/bank/card_number"] == CARD


@pytest.mark.parametrize("data", [{}, {"code": "x" * 500, "phone": "\x00"}, {"phone": PHONE}])
def test_nonsense_on_the_way_back_is_a_sentence(desk: Desk, data: dict[str, str]) -> None:
    client = desk.app.test_client()
    assert "field--problem" in client.post("/back", data=data).text
    assert client.post("/back/%00%ff").status_code == 404
    gone = client.post("/back/abcdefghijklmnopqrstuv")
    assert gone.status_code == 404
    assert "这个二维码不能用了" in gone.text
    assert client.get("/back").status_code == 200


def test_guests_cannot_begin_without_end(
    db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path
) -> None:
    desk = make_desk(make_services(db, keys, tmp_path, guest_drafts="2", guest_browsers="3"))
    data = {"who": "self", "village": VILLAGE}
    browsers = [desk.app.test_client() for _ in range(4)]
    assert [one.post(f"{START}/guest", data=data).status_code for one in browsers] == [303] * 3 + [429]
    # The limit of the address hinders nobody who is known already; they have one of their own.
    assert [browsers[0].post(f"{START}/guest", data=data).status_code for _ in range(3)] == [303] * 2 + [429]
    assert browsers[1].post(f"{START}/guest", data=data).status_code == 303


def test_what_is_larger_than_anything_leads_back_to_its_page(desk: Desk) -> None:
    answer = desk.app.test_client().post("/progress", data={"number": (BytesIO(bytes(13_000_000)), "large.jpg")})
    assert answer.status_code == 413
    assert 'href="/progress"' in answer.text.partition("</h1>")[2]
