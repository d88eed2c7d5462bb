"""Signing in against the little province over real HTTP, and everything that may go wrong on the way."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import httpx
import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from door_services import make_services
from servers import Server, province
from xiangtong.doors.citizen import sign_in
from xiangtong.doors.citizen.sign_in import safe_onward
from xiangtong.doors.shared import access, health
from xiangtong.doors.shared.frame import create_door
from xiangtong.doors.shared.person import citizen as signed_in_citizen
from xiangtong.identity import citizens
from xiangtong.kernel import clock
from xiangtong.province.sign_in_oidc import OidcSignIn
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database
from xiangtong.wiring import Services


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with province(tmp_path_factory.mktemp("province")) as server:
        yield server


@pytest.fixture
def services(db: Database, keys: KeyRing, sandbox: Server, tmp_path: Path) -> Services:
    return make_services(
        db,
        keys,
        tmp_path,
        oidc_issuer=f"{sandbox.url}/oidc",
        oidc_client_id="xiangtong-demo",
        oidc_client_secret="demo-client-secret-not-for-production",
    )


def make_app(services: Services) -> Flask:
    app = create_door("sign-in-test", services, WTF_CSRF_ENABLED=False)
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(health.blueprint)

    @app.get("/mine")
    @access.citizen(assurance=2)
    def mine() -> object:
        return jsonify(assurance=signed_in_citizen().assurance, id=str(signed_in_citizen().subject_id))

    return app


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return make_app(services).test_client()


def choose(response: TestResponse, sub: str = "demo-zhangsan") -> str:
    """At the province: choose a person; the address the browser is sent back to."""
    assert response.status_code == 303
    answer = httpx.post(response.location, data={"sub": sub})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def local(address: str) -> str:
    """The path and query of an address of ours."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_sign_in_and_go_on_where_one_was(client: FlaskClient, services: Services) -> None:
    asked = client.get("/mine")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/mine")
    page = client.get(asked.location)
    assert "/sign-in/start?next=/mine" in page.text
    started = client.get("/sign-in/start?next=/mine")
    query = parse_qs(urlsplit(started.location).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert query["redirect_uri"] == ["http://localhost/sign-in/callback"]
    assert query["state"] != query["nonce"]
    back = client.get(local(choose(started)))
    assert (back.status_code, back.location) == (303, "/mine")
    cookie = next(value for value in back.headers.getlist("Set-Cookie") if value.startswith("xiangtong="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    answer = client.get("/mine").json
    assert answer["assurance"] == 3
    with services.db.scope(NOBODY) as session:
        claims = citizens.load(session, keys=services.keys, citizen_id=UUID(answer["id"]))
    assert claims is not None
    assert (claims.name, claims.id_type, claims.phone) == ("张三", "resident_id", "13800138000")
    assert client.get("/sign-in?next=/mine").location == "/mine"


def test_the_same_person_is_the_same_citizen_next_time(services: Services) -> None:
    seen = set()
    for _ in range(2):
        client = make_app(services).test_client()
        client.get(local(choose(client.get("/sign-in/start?next=/mine"))))
        seen.add(client.get("/mine").json["id"])
    assert len(seen) == 1


def test_an_account_that_is_not_verified_is_told_what_to_do(client: FlaskClient) -> None:
    client.get(local(choose(client.get("/sign-in/start?next=/mine"), "demo-zhaoliu")))
    assert client.get("/mine").status_code == 403


def test_somebody_who_acts_for_a_body(client: FlaskClient, services: Services) -> None:
    client.get(local(choose(client.get("/sign-in/start?next=/mine"), "demo-hezuoshe")))
    citizen_id = UUID(client.get("/mine").json["id"])
    with services.db.scope(NOBODY) as session:
        claims = citizens.load(session, keys=services.keys, citizen_id=citizen_id)
    assert claims is not None
    assert (claims.org_name, claims.uscc) == ("示例蔬菜专业合作社", "93321003MA0000001P")


def test_two_tabs_at_once_both_arrive(client: FlaskClient) -> None:
    one, two = client.get("/sign-in/start?next=/mine"), client.get("/sign-in/start?next=/healthz")
    assert client.get(local(choose(one))).location == "/mine"
    assert client.get(local(choose(two))).location == "/healthz"


@pytest.mark.parametrize("spoil", ["state", "nothing", "other browser", "replay", "late", "tampered"])
def test_a_return_that_does_not_fit_lets_nobody_in(services: Services, spoil: str) -> None:
    client = make_app(services).test_client()
    address = local(choose(client.get("/sign-in/start?next=/mine")))
    if spoil == "state":
        address = address.replace("state=", "state=x")
    elif spoil == "nothing":
        address = "/sign-in/callback"
    elif spoil == "other browser":
        client = make_app(services).test_client()
    elif spoil == "replay":
        assert client.get(address).status_code == 303
        client.delete_cookie("xiangtong")
    elif spoil == "tampered":
        name = next(key for _, _, key in client._cookies if key.startswith("xt_way_"))
        sealed = bytearray(base64.urlsafe_b64decode(client.get_cookie(name, path="/sign-in").value))
        sealed[-1] ^= 1
        client.set_cookie(name, base64.urlsafe_b64encode(bytes(sealed)).decode(), path="/sign-in")
    moment = clock.now() + timedelta(minutes=16 if spoil == "late" else 0)
    with clock.frozen(moment):
        answer = client.get(address)
    assert answer.status_code == 400
    assert "再登录一次" in answer.text
    assert client.get("/mine").status_code == 303


def test_a_wrong_code_or_a_wrong_secret_is_a_clear_page(services: Services) -> None:
    client = make_app(services).test_client()
    address = local(choose(client.get("/sign-in/start?next=/mine")))
    state = parse_qs(urlsplit(address).query)["state"][0]
    wrong = client.get("/sign-in/callback?" + urlencode({"state": state, "code": "made-up"}))
    assert (wrong.status_code, "填过的内容都还在" in wrong.text) == (400, True)
    settings = replace(services.settings, oidc_client_secret="another")
    stranger = make_app(replace(services, sign_in=OidcSignIn.from_settings(settings))).test_client()
    answer = stranger.get(local(choose(stranger.get("/sign-in/start?next=/mine"))))
    assert answer.status_code == 400


def test_whoever_declines_may_try_again_and_is_going_where_they_were(client: FlaskClient) -> None:
    state = parse_qs(urlsplit(client.get("/sign-in/start?next=/mine").location).query)["state"][0]
    answer = client.get("/sign-in/callback?" + urlencode({"state": state, "error": "access_denied"}))
    assert answer.status_code == 400
    assert "您没有完成登录" in answer.text
    assert "/sign-in/start?next=/mine" in answer.text
    busy = client.get("/sign-in/callback?" + urlencode({"state": state, "error": "temporarily_unavailable"}))
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "60")


def test_a_province_that_is_down_is_a_sentence(services: Services) -> None:
    settings = replace(services.settings, oidc_issuer="http://127.0.0.1:9/oidc")
    client = make_app(replace(services, sign_in=OidcSignIn.from_settings(settings))).test_client()
    answer = client.get("/sign-in/start?next=/mine")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "连不上" in answer.text
    assert "/sign-in/start?next=/mine" in answer.text


def test_an_identity_for_another_journey_is_not_believed(services: Services) -> None:
    back = "http://localhost/sign-in/callback"
    one, two = (services.sign_in.authorize(redirect_uri=back) for _ in range(2))
    answer = httpx.post(one.url, data={"sub": "demo-zhangsan"}).headers["location"]
    code = parse_qs(urlsplit(answer).query)["code"][0]
    with pytest.raises(sign_in.SignInFailed):
        services.sign_in.exchange(code=code, verifier=one.verifier, nonce=two.nonce, redirect_uri=back)
    answer = httpx.post(one.url, data={"sub": "demo-zhangsan"}).headers["location"]
    code = parse_qs(urlsplit(answer).query)["code"][0]
    with pytest.raises(sign_in.SignInFailed):
        services.sign_in.exchange(code=code, verifier=two.verifier, nonce=one.nonce, redirect_uri=back)


def test_signing_out_ends_both_sessions(client: FlaskClient, sandbox: Server) -> None:
    client.get(local(choose(client.get("/sign-in/start?next=/mine"))))
    token = client.get_cookie("xiangtong")
    assert token is not None
    answer = client.post("/sign-out")
    assert answer.status_code == 200
    there = answer.headers["Refresh"].removeprefix("0; url=")
    assert there.startswith(f"{sandbox.url}/oidc/end-session?")
    assert httpx.get(there).headers["location"] == "http://localhost/sign-out/done"
    assert client.get("/sign-out/done").status_code == 200
    client.set_cookie("xiangtong", token.value)
    assert client.get("/mine").status_code == 303


def test_signing_in_again_ends_the_session_before(client: FlaskClient) -> None:
    client.get(local(choose(client.get("/sign-in/start?next=/mine"))))
    first = client.get_cookie("xiangtong")
    assert first is not None
    client.get(local(choose(client.get("/sign-in/start?next=/mine"), "demo-lisi")))
    client.set_cookie("xiangtong", first.value)
    assert client.get("/mine").status_code == 303


@pytest.mark.parametrize(
    "wish",
    [
        "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "\\/elsewhere.example",
        "/\t/elsewhere.example", "/\n/elsewhere.example", "javascript:alert(1)", "mine", "", None,
        "/sign-in/start", "/sign-out", " /mine",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(wish: str | None) -> None:
    assert safe_onward(wish) == "/"


@pytest.mark.parametrize("wish", ["/mine", "/321003100/apply/old-age-allowance/x?step=2", "/公道"])
def test_a_path_of_ours_is_kept(wish: str) -> None:
    assert safe_onward(wish) == wish
