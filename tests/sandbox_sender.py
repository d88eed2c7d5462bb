"""A sender of the access contract for tests of the sandbox: signs requests, builds messages."""

import copy
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import uuid6
from flask.testing import FlaskClient

from province_sandbox import signatures
from province_sandbox.app import create_app
from province_sandbox.digests import canonical, sm3_hex
from province_sandbox.settings import DEMO_SECRET, Settings

PLATFORM = Path(__file__).parents[1] / "platform"
VECTORS = json.loads((PLATFORM / "province_sandbox/contract/vectors.json").read_text("utf-8"))
CASE_NO = "3210031002611210000173"
ACTOR = {"name": "李四", "staff_no": "GD-0007", "dept_name": "公道镇人民政府", "dept_code": "11321003MB0123456B"}


@dataclass
class Answer:
    """Status, headers and JSON of an answer, whichever client got it."""

    status: int
    headers: Any
    json: Any


@dataclass
class Sender:
    """Signs as the contract says; every part of the signature may be spoilt by a test."""

    client: FlaskClient | httpx.Client
    app_id: str = "city-3210"
    secret: str = DEMO_SECRET
    spoil: dict[str, str] = field(default_factory=dict)

    def headers(self, method: str, target: str, body: bytes = b"", **over: str) -> dict[str, str]:
        path, _, query = target.partition("?")
        parts = {
            "X-App-Id": self.app_id,
            "X-Timestamp": str(int(time.time() * 1000)),
            "X-Nonce": secrets.token_hex(16),
            "X-Content-SM3": sm3_hex(body),
        } | over
        text = signatures.string_to_sign(
            method=method,
            path=path,
            query=query,
            app_id=parts["X-App-Id"],
            timestamp=parts["X-Timestamp"],
            nonce=parts["X-Nonce"],
            content_sm3=parts["X-Content-SM3"],
        )
        return parts | {"X-Signature": signatures.sign_hmac(self.secret, text)} | self.spoil

    def send(self, method: str, target: str, body: bytes = b"", **more: str) -> Answer:
        headers = self.headers(method, target, body) | more
        if isinstance(self.client, httpx.Client):
            answer = self.client.request(method, target, content=body, headers=headers)
            return Answer(answer.status_code, answer.headers, _json_or_none(answer.text))
        response = self.client.open(target, method=method, data=body, headers=headers)
        return Answer(response.status_code, response.headers, response.get_json(silent=True))

    def post_message(self, message: Any, **more: str) -> Answer:
        headers = {"Idempotency-Key": message["message_id"]} | more
        return self.send("POST", f"/v1/cases/{message['case_no']}/messages", canonical(message), **headers)

    def post_json(self, target: str, value: Any, **more: str) -> Answer:
        headers = {"Idempotency-Key": str(uuid6.uuid7())} | more
        return self.send("POST", target, canonical(value), **headers)

    def get(self, target: str) -> Answer:
        return self.send("GET", target)


def apply_message(case_no: str = CASE_NO, **changes: Any) -> dict[str, Any]:
    """A message 1 without uploaded materials."""
    message = copy.deepcopy(VECTORS["messages"][0]["message"])
    message["payload"]["materials"] = []
    return message | {"message_id": str(uuid6.uuid7()), "case_no": case_no} | changes


def later_message(seq: int, type_: str = "withdraw", payload: Any = None, **changes: Any) -> dict[str, Any]:
    """A message after the first; by default a withdrawal."""
    message = apply_message(seq=seq, type=type_, payload=payload or {"reason": "不办了"})
    return message | changes


@contextmanager
def running_province(data: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A province in a process of its own; yields its address and the process (a group leader)."""
    port = _free_port()
    command = [sys.executable, "-m", "province_sandbox", "--port", str(port), "--data", str(data), *arguments]
    process = subprocess.Popen(
        command, cwd=PLATFORM, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address)
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_up(address: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(address + "/healthz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(address)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def open_sender(settings: Settings, **changes: Any) -> Sender:
    """Who sends to a province of these settings in this process, with some of them changed."""
    return Sender(create_app(replace(settings, **changes)).test_client())


def pointers(answer: Answer) -> list[str]:
    """The places that an answer finds fault with."""
    return [error["pointer"] for error in answer.json["errors"]]
