"""The province's OpenID provider: code flow with PKCE for ready-made demo people (contract §6).

Codes and access tokens live in memory: whoever signs in while the sandbox restarts signs in again.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from province_sandbox.clock import Clock
from province_sandbox.demo import PEOPLE, Person
from province_sandbox.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOOPBACK_AUTHORITY = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?\Z")
_CODE_MS = 120_000
_TOKEN_SECONDS = 600


class Mistaken(Exception):
    """A request that the provider answers with an OAuth error code. `state` goes back as it came."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True)
class Wish:
    """A sign-in asked for by the relying party, already checked."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    login_hint: str

    def back(self, **answer: str) -> str:
        """The address to send the browser back to, with the answer and the state as it came."""
        if self.state:
            answer["state"] = self.state
        if not answer:
            return self.redirect_uri
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return self.redirect_uri + joint + urlencode(answer)


@dataclass(frozen=True)
class _Code:
    wish: Wish
    person: Person
    issued_ms: int


class Provider:
    """Issues codes and tokens; every method may be called from any thread."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._client = settings.client
        self._clock = clock
        self._key_path = settings.data / "oidc-key.pem"
        self._lock = threading.Lock()
        self._codes: dict[str, _Code] = {}
        self._tokens: dict[str, tuple[Person, int]] = {}

    def trusted_address(self, client_id: str, redirect_uri: str) -> bool:
        """Whether the browser may be sent there at all."""
        return client_id == self._client.client_id and self.may_return_to(redirect_uri)

    def may_return_to(self, address: str) -> bool:
        """Loopback over http, or an address named in the settings."""
        if address in self._client.redirect_uris:
            return True
        try:
            url = urlsplit(address)
        except ValueError:
            return False
        # The whole authority is matched, since it also goes into a security header.
        return url.scheme == "http" and bool(_LOOPBACK_AUTHORITY.match(url.netloc)) and not url.fragment

    def wish(self, query: Mapping[str, str]) -> Wish:
        """The sign-in asked for. The address must be trusted already; raises `Mistaken`."""
        if query.get("response_type") != "code":
            raise Mistaken("unsupported_response_type", "only response_type=code")
        if "openid" not in query.get("scope", "").split():
            raise Mistaken("invalid_scope", "scope must contain openid")
        challenge = query.get("code_challenge", "")
        if query.get("code_challenge_method") != "S256" or len(challenge) != 43:
            raise Mistaken("invalid_request", "PKCE with S256 is required")
        if query.get("prompt") == "none":
            raise Mistaken("login_required", "somebody has to choose a person")
        return Wish(
            query["redirect_uri"],
            query.get("state", ""),
            query.get("nonce", ""),
            challenge,
            query.get("login_hint", ""),
        )

    def grant(self, wish: Wish, person: Person) -> str:
        """A code for this person, good once and for two minutes."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._forget_old()
            self._codes[code] = _Code(wish, person, self._clock.now_ms())
        return code

    def exchange(self, *, issuer: str, form: Mapping[str, str], basic: tuple[str, str] | None) -> Any:
        """The token answer for a code. Raises `Mistaken` invalid_client or invalid_grant."""
        client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        if not self._is_client(client_id, secret):
            raise Mistaken("invalid_client", "unknown client or wrong secret")
        if form.get("grant_type") != "authorization_code":
            raise Mistaken("unsupported_grant_type", "only authorization_code")
        with self._lock:
            self._forget_old()
            code = self._codes.pop(form.get("code", ""), None)
        if code is None or form.get("redirect_uri") != code.wish.redirect_uri:
            raise Mistaken("invalid_grant", "unknown, used or expired code")
        if _s256(form.get("code_verifier", "")) != code.wish.challenge:
            raise Mistaken("invalid_grant", "code_verifier does not fit")
        return self._tokens_for(issuer, code)

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """The claims behind an access token. Raises `Mistaken` invalid_token."""
        with self._lock:
            self._forget_old()
            person, _ = self._tokens.get(access_token, (None, 0))
        if person is None:
            raise Mistaken("invalid_token", "unknown or expired token")
        return person.claims()

    def key_set(self) -> dict[str, Any]:
        """The public half of the signing key, as a JWKS."""
        public: dict[str, Any] = dict(KeySet([self._key]).as_dict(private=False))
        return public

    @cached_property
    def _key(self) -> RSAKey:
        with self._lock:
            return _signing_key(self._key_path)

    def _tokens_for(self, issuer: str, code: _Code) -> dict[str, Any]:
        now = self._clock.now_ms() // 1000
        access_token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[access_token] = (code.person, self._clock.now_ms())
        claims = code.person.claims() | {
            "iss": issuer,
            "aud": self._client.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": code.issued_ms // 1000,
        }
        if code.wish.nonce:
            claims["nonce"] = code.wish.nonce
        header = {"alg": "RS256", "kid": self._key.kid}
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS,
            "scope": "openid profile",
            "id_token": jwt.encode(header, claims, self._key),
        }

    def _is_client(self, client_id: str, secret: str) -> bool:
        return client_id == self._client.client_id and hmac.compare_digest(
            secret.encode(), self._client.client_secret.encode()
        )

    def _forget_old(self) -> None:
        now = self._clock.now_ms()
        self._codes = {k: v for k, v in self._codes.items() if now - v.issued_ms < _CODE_MS}
        self._tokens = {k: v for k, v in self._tokens.items() if now - v[1] < _TOKEN_SECONDS * 1000}


def person_by_sub(sub: str) -> Person | None:
    """The demo person of that subject, or None."""
    return next((person for person in PEOPLE if person.sub == sub), None)


def discovery(issuer: str) -> dict[str, Any]:
    """The document at /.well-known/openid-configuration."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + "/authorize",
        "token_endpoint": issuer + "/token",
        "userinfo_endpoint": issuer + "/userinfo",
        "jwks_uri": issuer + "/jwks.json",
        "end_session_endpoint": issuer + "/end-session",
        "scopes_supported": ["openid", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": True,
        "claims_supported": [*("sub", "name", "id_type", "id_number", "phone", "assurance", "org_name", "uscc")],
    }


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("utf-8")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _signing_key(path: Path) -> RSAKey:
    """Made at the first start and kept, so that tokens verify across a restart."""
    if not path.exists():
        made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(made.as_pem(private=True))
    key = RSAKey.import_key(path.read_bytes(), {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key
