"""The HTTP transport: signed requests over kept-alive connections, exactly the bytes that were frozen."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import httpx

from xiangtong.kernel import clock
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.errors import Problem
from xiangtong.kernel.ids import new_id
from xiangtong.province import contract, mapping
from xiangtong.province.profile import Profile, default
from xiangtong.province.signing import Signer, signer, string_to_sign
from xiangtong.push.ports import Answer, CaseState, DayPage, Unreachable, Wire
from xiangtong.settings import Settings

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
# An upload of 50 MiB over a county's line takes its time; the lease of a claim is longer still.
# Somebody waits in front of the page.
_WAITING = httpx.Timeout(5.0, connect=2.0)
_UPLOAD = httpx.Timeout(100.0, connect=5.0)
_LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60.0)
_EMPTY_SM3 = sm3_hex(b"")


class HttpLine:
    """One account's line to its province over HTTP; safe to use from several threads."""

    def __init__(self, profile: Profile) -> None:
        self.destination, self.message_bytes = profile.name, profile.message_bytes
        self._profile = profile
        self._sign: Signer = signer(profile.secret)
        parts = urlsplit(profile.url)
        self._root, self._prefix = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        self._verify = httpx.create_ssl_context(trust_env=False)
        # Whoever asks takes the client that was used last, or opens another: as many as ask at the same time. One
        # client for all would look at each of its connections for every other, at every request.
        self._clients: deque[httpx.Client] = deque()

    def write(self, facts: dict[str, Any], *, message_id: UUID) -> Wire:
        """The message of an event by the default mapping; raises Unmappable."""
        return mapping.write(facts, message_id=message_id, profile=self._profile)

    def check(self, body: bytes) -> tuple[Problem, ...]:
        """What the contract's schema finds wrong with a message."""
        return contract.problems(body)

    def post_message(self, *, case_no: str, message_id: UUID, body: bytes) -> Answer:
        """Send exactly these bytes, signed now."""
        headers = {"Idempotency-Key": str(message_id), "Content-Type": "application/json"}
        return self._ask("POST", f"/v1/cases/{quote(case_no)}/messages", body=body, headers=headers)

    def has_material(self, digest: str) -> Answer:
        """200 where the province has it, 404 where not."""
        return self._ask("HEAD", f"/v1/materials/{digest}")

    def put_material(self, digest: str, content: bytes) -> Answer:
        """Upload the bytes of a material."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._ask("PUT", f"/v1/materials/{digest}", body=content, headers=headers, timeout=_UPLOAD)

    def get_case(self, case_no: str) -> CaseState | None:
        """What the province holds of a case; None for nothing. Raises Unreachable."""
        answer = self._ask("GET", f"/v1/cases/{quote(case_no)}")
        if answer.status == 404 and answer.code == "NOT_FOUND":
            return None
        if answer.status != 200 or answer.body is None:
            raise Unreachable(answer.code or str(answer.status))
        return _case_state(answer.body)

    def reconciliation(self, day: date, *, division: str, cursor: str | None = None) -> DayPage:
        """One page of the day's list. Raises Unreachable."""
        query = {"division": division, **({"cursor": cursor} if cursor else {})}
        answer = self._ask("GET", f"/v1/reconciliation/{day.isoformat()}", query=query)
        if answer.status != 200 or answer.body is None:
            raise Unreachable(answer.code or str(answer.status))
        try:
            return DayPage(
                tuple(_case_state(case) for case in answer.body["cases"]),
                int(answer.body["total_cases"]),
                int(answer.body["total_messages"]),
                answer.body.get("next_cursor"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable("not a list of cases") from error

    def query_licences(self, query: Mapping[str, str]) -> Answer:
        """Ask for electronic licences; what is asked names a person, so it travels in the body."""
        body = json.dumps(query, ensure_ascii=False).encode()
        headers = {"Idempotency-Key": str(new_id()), "Content-Type": "application/json"}
        return self._ask("POST", "/v1/licences/query", body=body, headers=headers, timeout=_WAITING)

    def close(self) -> None:
        """Close the connections."""
        while self._clients:
            self._clients.pop().close()

    @contextmanager
    def _lent(self) -> Iterator[httpx.Client]:
        """A client with one connection, for one request."""
        try:
            client = self._clients.pop()
        except IndexError:
            # No proxy from the environment: this line is private, and what goes over it is personal.
            client = httpx.Client(
                timeout=_TIMEOUT, limits=_LIMITS, verify=self._verify, trust_env=False, follow_redirects=False
            )
        try:
            yield client
        finally:
            self._clients.append(client)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = _TIMEOUT,
    ) -> Answer:
        path, text = self._prefix + path, urlencode(query or {})
        signed = self.headers(method, path, text, body) | dict(headers or {})
        address = f"{self._root}{path}{'?' + text if text else ''}"
        try:
            with self._lent() as client:
                content = body if method in ("POST", "PUT") else None
                response = client.request(method, address, content=content, headers=signed, timeout=timeout)
        except httpx.HTTPError:
            # The exception's text may quote an address; that nothing came back is all there is to know.
            return Answer(0)
        return Answer(response.status_code, _object(response), _retry_after(response))

    def headers(self, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        """The signed headers of contract §3 for a request that is sent now."""
        content_sm3 = sm3_hex(body) if body else _EMPTY_SM3
        timestamp, nonce = str(int(clock.now().timestamp() * 1000)), secrets.token_hex(16)
        text = string_to_sign(
            method=method,
            path=path,
            query=query,
            app_id=self._profile.app_id,
            timestamp=timestamp,
            nonce=nonce,
            content_sm3=content_sm3,
        )
        return {
            "X-App-Id": self._profile.app_id,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Content-SM3": content_sm3,
            "X-Signature": self._sign(text),
        }


class HttpTransport:
    """The lines of all cities: a city that names no profile of its own uses the default one."""

    def __init__(self, profile: Profile, *, cities: Mapping[str, Profile] | None = None) -> None:
        self.profile = profile
        self._cities = dict(cities or {})
        self._lines: dict[Profile, HttpLine] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> HttpTransport:
        """The transport of a deployment: the environment fills the default profile."""
        return cls(default(settings))

    def line(self, city_code: str) -> HttpLine:
        """The line of a city, opened once; cities with one account share its connections and its breaker."""
        profile = self._cities.get(city_code, self.profile)
        # Two threads that open the same line at once make two; the one that stays is whole, and that is enough.
        return self._lines.get(profile) or self._lines.setdefault(profile, HttpLine(profile))

    def close(self) -> None:
        """Close every line's connections."""
        for line in self._lines.values():
            line.close()


def _case_state(body: Mapping[str, Any]) -> CaseState:
    try:
        return CaseState(str(body["case_no"]), int(body["last_seq"]), str(body["chain"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreachable("not a case state") from error


def _object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        body = json.loads(response.content) if response.content else None
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _retry_after(response: httpx.Response) -> int | None:
    value = response.headers.get("Retry-After", "")
    return int(value) if value.isascii() and value.isdigit() else None
