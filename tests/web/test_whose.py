"""Somebody signs in on a phone on which forms were begun without an account: nothing becomes theirs unasked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from citizen_desk import QIAN_QI, Desk, make_desk
from door_services import make_services
from guest_desk import begin, begin_another, fill, wait
from xiangtong.identity.ports import Claims, Journey
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


@dataclass(frozen=True)
class _Province:
    """Lets one person in, whoever they say they are."""

    claims: Claims = QIAN_QI

    def authorize(self, *, redirect_uri: str) -> Journey:
        return Journey(redirect_uri, "state", "nonce", "verifier")

    def exchange(self, **_way: str) -> Claims:
        return self.claims

    def logout_url(self, *, return_to: str) -> str:
        return return_to


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(replace(make_services(db, keys, tmp_path), sign_in=_Province()))


def _sign_in(client: FlaskClient, onward: str) -> str:
    """Where the browser is sent after signing in."""
    client.get(f"/sign-in/start?next={onward}")
    answer = client.get("/sign-in/callback?state=state&code=1")
    assert answer.status_code == 303
    return answer.location


def _id(draft: str) -> str:
    return draft.rpartition("/")[2]


def test_the_form_one_came_from_goes_along_and_nothing_is_asked(desk: Desk) -> None:
    client, draft = begin(desk)
    fill(client, draft)
    assert _sign_in(client, f"{draft}/review") == f"{draft}/review"
    assert client.get(f"{draft}/who").status_code == 200
    assert client.get_cookie("xiangtong_guest") is None


def test_what_is_theirs_is_theirs_once_they_say_so(desk: Desk) -> None:
    client, draft = begin(desk)
    asked = _sign_in(client, "/mine")
    page = client.get(asked).text
    assert "手机上有份没填完的表，是您的吗？" in page
    assert client.get(f"{draft}/who").status_code == 404
    answer = client.post(asked, data={"answer": "mine", "draft": _id(draft)})
    assert (answer.status_code, answer.location) == (303, "/mine")
    assert client.get(f"{draft}/who").status_code == 200
    assert client.get(asked).location == "/mine"  # Nothing is left to ask.


def test_what_is_not_theirs_stays_and_comes_back_when_they_sign_out(desk: Desk) -> None:
    client, draft = begin(desk)
    asked = _sign_in(client, "/mine")
    client.post(asked, data={"answer": "other", "draft": _id(draft)})
    assert client.get(f"{draft}/who").status_code == 404
    assert _id(draft) not in client.get("/mine").text
    client.post("/sign-out")
    assert client.get(f"{draft}/who").status_code == 200
    assert client.get_cookie("xiangtong_guest") is None


def test_at_a_terminal_nobody_is_offered_what_somebody_else_began(desk: Desk) -> None:
    client, draft = begin(desk)
    client.get("/mine?terminal")
    assert _sign_in(client, "/mine") == "/mine"
    assert client.get_cookie("xiangtong_guest") is None and _id(draft) not in client.get("/mine").text


def test_of_several_each_is_told_apart(desk: Desk) -> None:
    client, first = begin(desk)
    wait(desk, client)
    second = begin_another(client)
    asked = _sign_in(client, "/mine")
    assert "勾选是您的" in client.get(asked).text
    assert "请勾选是您的那几份" in client.post(asked, data={"answer": "mine"}).text
    client.post(asked, data={"answer": "mine", "draft": _id(second)})
    assert [client.get(f"{one}/who").status_code for one in (first, second)] == [404, 200]
    assert "手机上有份" in client.get(asked).text
    client.post("/sign-out")
    assert [client.get(f"{one}/who").status_code for one in (first, second)] == [200, 404]


def test_nobody_takes_what_no_guest_here_began(desk: Desk) -> None:
    _, draft = begin(desk)
    client, own = begin(desk)
    asked = _sign_in(client, "/mine")
    client.post(asked, data={"answer": "mine", "draft": _id(draft)})
    assert client.get(f"{draft}/who").status_code == 404
    assert client.get(f"{own}/who").status_code == 404
