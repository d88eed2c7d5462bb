"""Sign-in by OpenID Connect at the province (contract §6): code flow, PKCE with S256, state, nonce, signed identity.

The provider's addresses and keys are discovered once and kept for an hour; an identity signed with a key we do not
know makes us look again once, which is how providers change their keys.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from xiangtong.identity.ports import Claims, Journey, SignInFailed, SignInUnavailable
from xiangtong.settings import Settings

_log = logging.getLogger(__name__)
_KEPT_SECONDS = 3600.0
_LEEWAY_SECONDS = 60
# Signatures with a secret are left out on purpose: our client secret must never be taken for a signing key.
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class _Provider:
    """What discovery told, and until when it is believed (monotonic seconds)."""

    about: Mapping[str, Any]
    keys: KeySet
    until: float


class OidcSignIn:
    """The `SignIn` port over OpenID Connect. Safe to use from several threads."""

    def __init__(
        self, *, issuer: str, client_id: str, client_secret: str, scope: str = "openid profile", seconds: float = 10.0
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id, self._client_secret, self._scope = client_id, client_secret, scope
        self._http = httpx.Client(timeout=seconds, follow_redirects=False)
        self._kept: _Provider | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> OidcSignIn:
        """The driver a deployment is set to."""
        return cls(
            issuer=settings.oidc_issuer, client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret
        )

    def authorize(self, *, redirect_uri: str) -> Journey:
        """See `SignIn.authorize`."""
        verifier, nonce, state = generate_token(64), generate_token(32), generate_token(32)
        url = prepare_grant_uri(
            self._provider().about["authorization_endpoint"],
            self._client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=self._scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Journey(url, state, nonce, verifier)

    def exchange(self, *, code: str, verifier: str, nonce: str, redirect_uri: str) -> Claims:
        """See `SignIn.exchange`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        # RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
        secret = (quote_plus(self._client_id), quote_plus(self._client_secret))
        token = self._json("POST", self._provider().about["token_endpoint"], data=form, auth=secret)
        claims = self._verified(str(token.get("id_token", "")), nonce)
        if not claims.get("id_number"):
            claims = claims | self._userinfo(str(token.get("access_token", "")), claims["sub"])
        return _person(self._issuer, claims)

    def logout_url(self, *, return_to: str) -> str | None:
        """See `SignIn.logout_url`. A province that is down does not keep anybody from leaving us."""
        try:
            address = self._provider().about.get("end_session_endpoint")
        except SignInUnavailable:
            return None
        query = urlencode({"client_id": self._client_id, "post_logout_redirect_uri": return_to})
        return f"{address}?{query}" if address else None

    def _provider(self, *, renew: bool = False) -> _Provider:
        # No lock: while the province is slow nobody waits for anybody, and whoever discovers last wins.
        kept = self._kept
        if kept is None or renew or kept.until < time.monotonic():
            about = self._json("GET", f"{self._issuer}/.well-known/openid-configuration")
            if about.get("issuer") != self._issuer or any(name not in about for name in _ENDPOINTS):
                raise _untrusted("discovery")
            keys = self._json("GET", about["jwks_uri"])
            kept = self._kept = _Provider(about, _key_set(keys), time.monotonic() + _KEPT_SECONDS)
        return kept

    def _json(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        """The province's answer; raises SignInFailed for its refusals, SignInUnavailable for everything else."""
        try:
            response = self._http.request(method, url, **request)
            body = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _unavailable(type(error).__name__) from error
        if response.status_code in (400, 401):
            raise _untrusted("refused")
        if response.status_code != 200 or not isinstance(body, dict):
            raise _unavailable(f"status {response.status_code}")
        return body

    def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The identity, when it was signed by the province, for us, for this journey, and is fresh."""
        try:
            try:
                token = jwt.decode(id_token, self._provider().keys, algorithms=_ALGORITHMS)
            except (JoseError, ValueError):
                token = jwt.decode(id_token, self._provider(renew=True).keys, algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._client_id},
                nonce={"essential": True, "value": nonce},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise _untrusted(type(error).__name__) from error
        return dict(token.claims)

    def _userinfo(self, access_token: str, sub: str) -> dict[str, Any]:
        address = self._provider().about.get("userinfo_endpoint")
        if not address:
            return {}
        told = self._json("GET", address, headers={"Authorization": f"Bearer {access_token}"})
        if told.get("sub") != sub:
            raise _untrusted("userinfo of somebody else")
        return {name: value for name, value in told.items() if name in Claims.__dataclass_fields__}


def _key_set(keys: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(keys)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise _unavailable("no keys") from error


def _person(issuer: str, claims: Mapping[str, Any]) -> Claims:
    words = {name: _text(claims.get(name)) for name in ("name", "id_type", "id_number", "phone", "org_name", "uscc")}
    return Claims(issuer=issuer, sub=_text(claims["sub"]), assurance=_assurance(claims.get("assurance")), **words)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _assurance(value: object) -> int:
    """1 to 3; whatever else is told counts as not verified."""
    return int(value) if str(value) in ("1", "2", "3") else 1  # type: ignore[call-overload]


def _failed() -> SignInFailed:
    return SignInFailed(
        "这次登录没有成功，可能等得太久了。请再登录一次，填过的内容都还在",
        "Signing in did not succeed. Please try again; what you filled in is still there",
    )


def _untrusted(reason: str) -> SignInFailed:
    _log.warning("sign_in.untrusted", extra={"reason": reason})
    return _failed()


def _unavailable(reason: str) -> SignInUnavailable:
    _log.warning("sign_in.unavailable", extra={"reason": reason})
    return SignInUnavailable(
        "省统一登录现在连不上，请过几分钟再试。填过的内容都还在，也可以打电话给代办员",
        "The provincial sign-in cannot be reached. Please try again in a few minutes",
    )
