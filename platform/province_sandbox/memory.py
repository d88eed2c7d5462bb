"""A receiver that answers valid receipts from memory and checks nothing, for measuring senders.

It computes what a sender compares (digest and chain) and forgets everything else; a material is
always known. It must never be mistaken for the province: it accepts any signature. Plain WSGI, so
that what is measured is the sender.
"""

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

from province_sandbox.clock import Clock
from province_sandbox.digests import chain_link, sm3_hex

Answer = tuple[str, dict[str, Any]]

_UNKNOWN = {"code": "NOT_FOUND", "message": "没有这个办件。"}


class Receiver:
    """The receiver as a WSGI application; safe under threads."""

    def __init__(self) -> None:
        self._receipts: dict[str, dict[str, Any]] = {}
        self._cases: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._clock = Clock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, answer = self._answer(environ)
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        body = environ["wsgi.input"].read()
        match environ["REQUEST_METHOD"], environ["PATH_INFO"].split("/")[1:]:
            case "POST", ["v1", "cases", case_no, "messages"]:
                return self._take(case_no, body)
            case "GET", ["v1", "cases", case_no] if case_no in self._cases:
                return "200 OK", self._cases[case_no]
            case ("HEAD" | "PUT", ["v1", "materials", _]) | ("GET", ["healthz"]):
                return "200 OK", {}
        return "404 Not Found", _UNKNOWN

    def _take(self, case_no: str, body: bytes) -> Answer:
        message, digest = json.loads(body), sm3_hex(body)
        with self._lock:
            known = self._receipts.get(message["message_id"])
            if known is not None:
                return "200 OK", known
            before = self._cases.get(case_no)
            chain = chain_link(before["chain"] if before else None, digest)
            receipt = self._receipt(message, digest, chain)
            self._receipts[message["message_id"]] = receipt
            self._cases[case_no] = {"case_no": case_no, "last_seq": message["seq"], "chain": chain}
        return "201 Created", receipt

    def _receipt(self, message: dict[str, Any], digest: str, chain: str) -> dict[str, Any]:
        return {
            "receipt_no": f"M-{chain[:16]}",
            "message_id": message["message_id"],
            "message_digest": digest,
            "received_at": self._clock.calendar().isoformat(timespec="milliseconds"),
            "seq": message["seq"],
            "chain": chain,
        }


def create_app() -> Receiver:
    """An empty receiver."""
    return Receiver()
