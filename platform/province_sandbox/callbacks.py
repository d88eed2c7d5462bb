"""What the province says unasked: signed calls to the city platform, from an outbox, at least once."""

import secrets
import threading
from typing import Any
from urllib.parse import urlsplit

import httpx
import uuid6

from province_sandbox import schemas, signatures
from province_sandbox.clock import Clock
from province_sandbox.digests import canonical, sm3_hex
from province_sandbox.settings import Callbacks
from province_sandbox.store import Row, Store

_ATTEMPTS = 20
_LONGEST_WAIT_MS = 300_000


class Outbox:
    """Calls wait in the store; a thread sends those that are due and backs off when refused."""

    def __init__(self, store: Store, settings: Callbacks, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._wake = threading.Event()

    def start(self) -> None:
        """Send in the background from now on; without an address nothing is ever sent."""
        if self._settings.url:
            threading.Thread(target=self._run, name="callbacks", daemon=True).start()

    def put(self, event: str, payload: dict[str, Any], *, event_id: str | None = None) -> str:
        """Lay a call in the outbox. Returns its event id; the same id is laid in only once."""
        body = {
            "event_id": event_id or str(uuid6.uuid7()),
            "event": event,
            "occurred_at": self._clock.calendar().isoformat(timespec="milliseconds"),
            "payload": payload,
        }
        schemas.require("Callback", body)
        with self._store.writing() as connection:
            connection.execute(
                "insert into callback (event_id, event, body, created_at, due_ms)"
                " values (?, ?, ?, ?, ?) on conflict do nothing",
                (
                    body["event_id"],
                    event,
                    canonical(body),
                    body["occurred_at"],
                    self._clock.now_ms(),
                ),
            )
        self._wake.set()
        return str(body["event_id"])

    def receipt_result(self, message_id: str) -> None:
        """Tell that a message was found valid, where the settings ask for it."""
        if self._settings.url and self._settings.send_receipt_results:
            self.put("receipt.result", {"message_id": message_id, "result": "valid", "errors": []})

    def deliver_due(self) -> int:
        """Send every call that is due. Returns how many were taken."""
        due = self._store.all(
            "select * from callback where done = 0 and attempts < ? and due_ms <= ? order by due_ms limit 100",
            _ATTEMPTS,
            self._clock.now_ms(),
        )
        return sum(self._deliver(row) for row in due)

    def listing(self) -> list[dict[str, Any]]:
        """The latest calls with their outcome, without their bodies."""
        rows = self._store.all(
            "select event_id, event, created_at, attempts, status, done from callback order by created_at desc limit 50"
        )
        return [dict(row) for row in rows]

    def _deliver(self, row: Row) -> bool:
        status = self._send(row["body"], row["event_id"])
        taken = status is not None and 200 <= status < 300
        wait = min(_LONGEST_WAIT_MS, 1000 * 2 ** row["attempts"])
        with self._store.writing() as connection:
            connection.execute(
                "update callback set attempts = attempts + 1, status = ?, done = ?, due_ms = ? where event_id = ?",
                (status, int(taken), self._clock.now_ms() + wait, row["event_id"]),
            )
        return taken

    def _send(self, body: bytes, event_id: str) -> int | None:
        headers = self.signed_headers(body) | {
            "Idempotency-Key": event_id,
            "Content-Type": "application/json",
        }
        try:
            return httpx.post(
                self._settings.url, content=body, headers=headers, timeout=10, trust_env=False
            ).status_code
        except httpx.HTTPError:
            return None

    def signed_headers(self, body: bytes) -> dict[str, str]:
        """The headers of contract §3, with the province's key."""
        url = urlsplit(self._settings.url)
        headers = {
            "X-App-Id": self._settings.app_id,
            "X-Timestamp": str(self._clock.now_ms()),
            "X-Nonce": secrets.token_hex(16),
            "X-Content-SM3": sm3_hex(body),
        }
        text = signatures.string_to_sign(
            method="POST",
            path=url.path,
            query=url.query,
            app_id=headers["X-App-Id"],
            timestamp=headers["X-Timestamp"],
            nonce=headers["X-Nonce"],
            content_sm3=headers["X-Content-SM3"],
        )
        return headers | {"X-Signature": signatures.sign_hmac(self._settings.secret, text)}

    def _run(self) -> None:
        while True:
            self._wake.wait(timeout=1)
            self._wake.clear()
            self.deliver_due()


def parse_event(body: Any) -> tuple[str, dict[str, Any], str | None]:
    """An event asked for by a tester: {"event", "payload", "event_id"?}; raises `Refused`."""
    probe = {"event_id": str(uuid6.uuid7()), "occurred_at": "2000-01-01T00:00:00Z"}
    whole: dict[str, Any] = probe | body if isinstance(body, dict) else body
    schemas.require("Callback", whole)
    given = whole["event_id"]
    return str(whole["event"]), whole["payload"], None if given == probe["event_id"] else str(given)
