"""Limits count visitors, also behind a reverse proxy; nobody says of themselves where they come from; figures are for
the people who run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from door_services import make_services
from xiangtong.app import create_app
from xiangtong.doors.citizen.printing import _FROM_ADDRESS
from xiangtong.doors.shared import health
from xiangtong.doors.shared.frame import create_door
from xiangtong.identity.models import Throttle
from xiangtong.identity.throttle import key_of
from xiangtong.settings import Settings, SettingsError
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

HERE, SAID, BEFORE = "127.0.0.1", "203.0.113.7", "198.51.100.9"


@pytest.mark.parametrize(("proxies", "counted"), [("0", HERE), ("1", SAID), ("2", BEFORE)])
def test_the_visitor_is_counted_and_not_the_proxy(
    db: Database, keys: KeyRing, tmp_path: Path, proxies: str, counted: str
) -> None:
    client = create_app(make_services(db, keys, tmp_path, proxies=proxies)).test_client()
    assert client.get("/verify/none", headers={"X-Forwarded-For": f"{BEFORE}, {SAID}"}).status_code == 404
    for address in (HERE, SAID, BEFORE):
        key = key_of(_FROM_ADDRESS, address)
        with db.scope(Scope(session_key=key)) as session:
            assert (session.get(Throttle, key) is not None) == (address == counted), address


@pytest.mark.parametrize("proxies", ["one", "-1", "99", "１"])
def test_a_number_of_proxies_is_a_small_number(proxies: str) -> None:
    with pytest.raises(SettingsError, match="XIANGTONG_PROXIES"):
        Settings.from_environment({"XIANGTONG_PROXIES": proxies})


def test_behind_tls_browsers_stay_with_it(db: Database, keys: KeyRing, tmp_path: Path) -> None:
    """The proxy speaks plainly to us: what is set decides, on pages, refusals and at the staff's door alike."""
    app = create_app(make_services(db, keys, tmp_path, proxies="1", base_url="https://xiangtong.example"))
    for path in ("/", "/nothing-here", "/language/en", "/console/sign-in?lang=en", "/console/nothing-here"):
        answer = app.test_client().get(path)
        assert "max-age=31536000" in answer.headers.get("Strict-Transport-Security", ""), path
        assert all("; Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie")), path
    plain = create_app(make_services(db, keys, tmp_path)).test_client().get("/")
    assert "Strict-Transport-Security" not in plain.headers


@pytest.mark.parametrize("set_to", ["", "0123456789abcdef"])
def test_figures_are_for_who_holds_the_token(db: Database, keys: KeyRing, tmp_path: Path, set_to: str) -> None:
    app = create_door("figures", make_services(db, keys, tmp_path, metrics_token=set_to))
    app.register_blueprint(health.blueprint)
    client = app.test_client()
    for sent in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer \xe9\xff",
        "Basic \xe9\xff",
        f"Basic {set_to}",
        set_to,
    ):
        answer = client.get("/metrics", headers={"Authorization": sent, "Accept": "application/json"})
        assert (answer.status_code, answer.json["code"]) == (403, "NOT_ALLOWED"), sent
        assert "XIANGTONG_METRICS_TOKEN" in answer.json["message"]
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {set_to}"})
    assert (answer.status_code, b"process_cpu" in answer.data) == ((200, True) if set_to else (403, False))


def test_a_token_that_can_be_guessed_is_none() -> None:
    with pytest.raises(SettingsError, match="至少要 16 个字符"):
        Settings.from_environment({"XIANGTONG_METRICS_TOKEN": "secret"})
