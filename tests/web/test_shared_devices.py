"""A phone or a terminal that several people use: who leaves is gone from it, and a terminal keeps nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from citizen_desk import START, Desk, make_desk
from door_services import make_services
from guest_desk import CARD, begin, fill
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


def test_a_guest_leaves_the_phone_to_somebody_else(desk: Desk) -> None:
    client, draft = begin(desk)
    fill(client, draft)
    assert '"/sign-out?next=' in client.get(f"{START}/guest").text
    page = client.get("/sign-out").text
    assert f"{draft}/elsewhere" in page  # The short code is asked for before it is too late.
    left = client.post("/sign-out")
    assert "data-wiped" in left.text and "Refresh" not in left.headers
    assert left.headers["Clear-Site-Data"] == '"storage"'
    assert CARD not in client.get(f"{draft}/review", follow_redirects=True).text
    assert draft not in client.get(f"{START}/guest").text
    assert client.get("/sign-out").location == "/sign-out/done"


def _at_a_terminal(desk: Desk) -> tuple[FlaskClient, str]:
    client = desk.app.test_client()
    assert "terminal=321003100" in client.get(f"{START}/guest?terminal").headers["Set-Cookie"]
    return client, client.post(f"{START}/guest", data={"who": "self", "village": "321003100200"}).location


def test_a_terminal_is_given_no_key_and_forgets_who_walked_away(desk: Desk) -> None:
    client, draft = _at_a_terminal(desk)
    page = client.get(f"{draft}/who")
    assert "data-key" not in page.text and "data-still-there" in page.text and "我用完了" in page.text
    cookie = client.get_cookie("xiangtong")
    assert cookie is not None and cookie.max_age == 600
    assert f"xiangtong={cookie.value}; " in page.headers["Set-Cookie"]  # It begins anew with every page.
    assert draft not in client.get(f"{START}/guest").text  # Whoever comes now may be somebody else.
    left = client.post("/sign-out").text
    assert 'href="/321003100/"' in left and "凭短码" in left and "data-still-there" not in left


def test_a_phone_that_was_opened_as_a_terminal_by_mistake(desk: Desk) -> None:
    client, draft = _at_a_terminal(desk)
    assert "data-key" in client.get(f"{draft}/who?terminal=off").text
    assert "data-key" in client.get(f"{draft}/who").text
