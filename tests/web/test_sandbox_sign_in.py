"""Signing in at the sandbox over real HTTP, as a careful client does and as a careless or a bad one might."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from province_sandbox.demo import PEOPLE
from province_sandbox.settings import DEMO_CLIENT_SECRET
from sandbox_sender import running_province

BACK = "http://127.0.0.1:9/back"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running_province(tmp_path_factory.mktemp("province")) as (address, _):
        yield address


class TestSignIn:
    @pytest.fixture(params=["127.0.0.1", "localhost"])
    def metadata(self, request, address):
        root = address.replace("127.0.0.1", request.param)
        found = httpx.get(root + "/oidc/.well-known/openid-configuration", trust_env=False).json()
        assert found["issuer"] == root + "/oidc"
        return found

    @pytest.fixture
    def party(self):
        with OAuth2Session(
            "xiangtong-demo",
            DEMO_CLIENT_SECRET,
            scope="openid profile",
            redirect_uri=BACK,
            code_challenge_method="S256",
        ) as party:
            party.trust_env = False
            yield party

    def choose(self, url, sub="demo-lisi"):
        page = httpx.get(url, trust_env=False)
        assert page.status_code == 200
        assert "form-action 'self' http://127.0.0.1:9" in page.headers["Content-Security-Policy"]
        assert all(person.name in page.text for person in PEOPLE)
        assert not any(person.id_number in page.text for person in PEOPLE)
        chosen = httpx.post(url, data={"sub": sub}, trust_env=False)
        assert chosen.status_code == 303
        return chosen.headers["Location"]

    def test_the_whole_flow(self, metadata, party):
        verifier = "v" * 50
        url, state = party.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
        )
        location = self.choose(url)
        answer = parse_qs(urlsplit(location).query)
        assert answer["state"] == [state]
        assert answer["iss"] == [metadata["issuer"]]
        token = party.fetch_token(
            metadata["token_endpoint"], authorization_response=location, code_verifier=verifier, state=state
        )
        keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"], trust_env=False).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (metadata["issuer"], "xiangtong-demo", "n-1")
        person = next(one for one in PEOPLE if one.sub == "demo-lisi")
        assert party.get(metadata["userinfo_endpoint"]).json() == person.claims()
        assert claims["exp"] > time.time() > claims["iat"] - 2

        again = httpx.post(
            metadata["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": answer["code"][0],
                "redirect_uri": BACK,
                "code_verifier": verifier,
                "client_id": "xiangtong-demo",
                "client_secret": DEMO_CLIENT_SECRET,
            },
            trust_env=False,
        )
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")

    def test_a_code_is_useless_without_its_verifier(self, metadata, party):
        url, state = party.create_authorization_url(metadata["authorization_endpoint"], code_verifier="v" * 50)
        form = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(self.choose(url)).query)["code"][0],
            "redirect_uri": BACK,
            "code_verifier": "w" * 50,
        }
        wrong = httpx.post(metadata["token_endpoint"], data=form, auth=("xiangtong-demo", "x"), trust_env=False)
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
        auth = ("xiangtong-demo", DEMO_CLIENT_SECRET)
        wrong = httpx.post(metadata["token_endpoint"], data=form, auth=auth, trust_env=False)
        assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
        assert state

    def test_login_hint_chooses(self, metadata, party):
        url, _ = party.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier="v" * 50, login_hint="demo-wangwu"
        )
        assert "code=" in httpx.post(url, trust_env=False).headers["Location"]

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            (("code_challenge_method=S256", "code_challenge_method=plain"), "invalid_request"),
            (("response_type=code", "response_type=token"), "unsupported_response_type"),
            (("scope=openid+profile", "scope=profile"), "invalid_scope"),
            (("scope=openid+profile", "scope=openid&prompt=none"), "login_required"),
        ],
    )
    def test_mistakes_go_back_with_the_state(self, address, party, change, error):
        url, state = party.create_authorization_url(address + "/oidc/authorize", code_verifier="v" * 50)
        location = httpx.get(url.replace(*change), trust_env=False).headers["Location"]
        answer = parse_qs(urlsplit(location).query)
        assert (answer["error"], answer["state"]) == ([error], [state])

    @pytest.mark.parametrize(
        "back",
        ["https://evil.example/", "http://127.0.0.1.evil.example/", "http://localhost;x:1/", "javascript:alert(1)", ""],
    )
    def test_nobody_is_sent_to_strange_addresses(self, address, back):
        query = {"client_id": "xiangtong-demo", "redirect_uri": back, "response_type": "code", "scope": "openid"}
        answer = httpx.get(address + "/oidc/authorize", params=query, trust_env=False)
        assert answer.status_code == 400
        leaving = {"post_logout_redirect_uri": back}
        assert httpx.get(address + "/oidc/end-session", params=leaving, trust_env=False).status_code == 200

    def test_leaving_goes_back(self, address):
        leaving = {"post_logout_redirect_uri": BACK, "state": "s"}
        answer = httpx.get(address + "/oidc/end-session", params=leaving, trust_env=False)
        assert answer.headers["Location"] == BACK + "?state=s"

    def test_userinfo_needs_a_token(self, address):
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
            answer = httpx.get(address + "/oidc/userinfo", headers=headers, trust_env=False)
            assert answer.status_code == 401
