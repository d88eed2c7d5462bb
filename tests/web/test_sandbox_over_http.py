"""The sandbox over real HTTP: faults down to the socket, races, sudden death."""

import json
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import httpx
import pytest

from province_sandbox import signatures
from province_sandbox.digests import canonical, chain_link, sm3_hex
from province_sandbox.settings import DEMO_PROVINCE_SECRET
from sandbox_sender import CASE_NO, Sender, apply_message, later_message, running_province
from xiangtong.identity.ports import Claims, LicencesUnavailable
from xiangtong.province.http import HttpTransport
from xiangtong.province.licences import HttpLicences
from xiangtong.province.profile import default
from xiangtong.settings import Settings


class _Listener(BaseHTTPRequestHandler):
    """Answers 500 once, then 200, and keeps what it heard."""

    heard: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((dict(self.headers), self.path, body))
        self.send_response(500 if len(self.heard) == 1 else 200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def listener():
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/callbacks/province"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def address(tmp_path_factory, listener):
    with running_province(tmp_path_factory.mktemp("province"), "--callback-url", listener) as (address, _):
        yield address


@pytest.fixture
def client(address):
    with httpx.Client(base_url=address, trust_env=False, timeout=10) as client:
        yield client
        client.delete("/_faults")


@pytest.fixture
def sender(client):
    return Sender(client)


def turn_on(client, **wish):
    assert client.post("/_faults", json=wish).status_code == 201


def fresh(number):
    """A message 1 of a case of its own."""
    return apply_message(f"321003100261121{number:07d}")


def last_seq(sender, message):
    return sender.get(f"/v1/cases/{message['case_no']}").json.get("last_seq", 0)


def test_stored_but_no_answer(client, sender):
    turn_on(client, kind="stored_but_no_answer", count=1)
    message = fresh(1)
    with pytest.raises(httpx.TransportError):
        sender.post_message(message)
    assert last_seq(sender, message) == 1
    assert sender.post_message(message).status == 200


@pytest.mark.parametrize("wish", [{"kind": "reset"}, {"kind": "outage", "refuse": True}])
def test_dropped_before_it_was_stored(client, sender, wish):
    turn_on(client, count=1, **wish)
    message = fresh(2 if wish["kind"] == "reset" else 3)
    with pytest.raises(httpx.TransportError):
        sender.post_message(message)
    assert last_seq(sender, message) == 0
    assert sender.post_message(message).status == 201


def test_an_outage_lasts_until_it_is_turned_off(client, sender):
    turn_on(client, kind="outage")
    assert {sender.post_message(fresh(4)).status for _ in range(5)} == {503}
    client.delete("/_faults")
    assert sender.post_message(fresh(4)).status == 201


def test_statuses_are_drawn_from_a_seed(client, sender):
    def draw():
        turn_on(client, kind="status", scope="cases", rate=0.5, statuses=[500, 502], seed=7)
        statuses = [sender.get(f"/v1/cases/{CASE_NO}").status for _ in range(20)]
        client.delete("/_faults")
        return statuses

    first = draw()
    assert set(first) == {404, 500, 502}
    assert draw() == first


def test_answers_that_are_no_receipt(client, sender):
    turn_on(client, kind="wrong_receipt", count=1)
    message = fresh(5)
    wrong = sender.post_message(message)
    assert wrong.status == 201
    assert wrong.json["message_digest"] != sm3_hex(canonical(message))
    turn_on(client, kind="html", count=1)
    page = sender.post_message(message)
    assert (page.status, page.json) == (200, None)
    assert "text/html" in page.headers["Content-Type"]
    assert sender.post_message(message).json["message_digest"] == sm3_hex(canonical(message))


@pytest.mark.parametrize("kind", ["delay", "slow"])
def test_it_can_be_slow(client, sender, kind):
    turn_on(client, kind=kind, delay_ms=400, count=1)
    began = time.monotonic()
    answer = sender.post_message(fresh(6 if kind == "delay" else 7))
    assert time.monotonic() - began >= 0.4
    assert answer.status == 201
    assert answer.json["seq"] == 1


def test_a_sender_that_dies_in_the_middle_of_a_body(client, sender, address):
    message = fresh(8)
    body, target = canonical(message), f"/v1/cases/{message['case_no']}/messages"
    headers = sender.headers("POST", target, body)
    headers |= {"Idempotency-Key": message["message_id"], "Content-Length": str(len(body)), "Host": "127.0.0.1"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port)) as half:
        half.sendall(f"POST {target} HTTP/1.1\r\n{head}\r\n".encode() + body[: len(body) // 2])
    assert sender.post_message(message).status == 201


def test_twenty_at_once_store_one(address):
    message, receipts = fresh(9), []

    def post(_):
        with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
            answer = Sender(client).post_message(message)
        receipts.append(answer.json)
        return answer.status

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(post, range(20)))
    assert statuses == [200] * 19 + [201]
    assert all(receipt == receipts[0] for receipt in receipts)


def test_nothing_acknowledged_is_lost_when_it_is_killed(tmp_path):
    acknowledged, chain = [], None
    with running_province(tmp_path, "--rate", "100000") as (address, process):
        timer = threading.Timer(0.3, os.killpg, (process.pid, signal.SIGKILL))
        with httpx.Client(base_url=address, trust_env=False) as client, suppress(httpx.TransportError):
            for seq in range(1, 10_000):
                message = later_message(seq) if seq > 1 else apply_message()
                answer = Sender(client).post_message(message)
                assert answer.status == 201
                chain = chain_link(chain, answer.json["message_digest"])
                acknowledged.append((message, chain))
                # Killed at any moment after the fifth, however slow the machine is.
                if len(acknowledged) == 5:
                    timer.start()
        timer.join()
    assert len(acknowledged) >= 5
    with running_province(tmp_path) as (address, _), httpx.Client(base_url=address, trust_env=False) as client:
        stored = client.get(f"/_state/cases/{CASE_NO}").json()
        # One more may be stored than was acknowledged: the one that was on its way when it died.
        assert len(stored) - len(acknowledged) in (0, 1)
        assert [(one["body"], one["chain"]) for one in stored[: len(acknowledged)]] == acknowledged
        assert Sender(client).post_message(acknowledged[-1][0]).status == 200


def test_callbacks_are_signed_and_sent_until_taken(client):
    event_id = client.post("/_callbacks", json={"event": "item.changed", "payload": {"a": 1}}).json()["event_id"]
    deadline = time.monotonic() + 15
    while len(_Listener.heard) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    (_, _, first), (headers, path, body) = _Listener.heard
    assert first == body
    assert json.loads(body)["event_id"] == event_id == headers["Idempotency-Key"]
    assert headers["X-Content-SM3"] == sm3_hex(body)
    text = signatures.string_to_sign(
        method="POST",
        path=path,
        query="",
        app_id=headers["X-App-Id"],
        timestamp=headers["X-Timestamp"],
        nonce=headers["X-Nonce"],
        content_sm3=headers["X-Content-SM3"],
    )
    assert headers["X-Signature"] == signatures.sign_hmac(DEMO_PROVINCE_SECRET, text)
    assert client.post("/_callbacks", json={"event": 1}).status_code == 400


def test_the_memory_receiver_gives_the_receipts_that_a_sender_computes(tmp_path):
    with running_province(tmp_path, "--memory") as (address, _), httpx.Client(base_url=address) as client:
        sender, first, second = Sender(client), apply_message(), later_message(2)
        one, two = sender.post_message(first), sender.post_message(second)
        assert (one.status, two.status) == (201, 201)
        assert two.json["chain"] == chain_link(one.json["chain"], sm3_hex(canonical(second)))
        assert sender.post_message(first).json == one.json
        assert sender.get(f"/v1/cases/{CASE_NO}").json["last_seq"] == 2


def test_licences_are_asked_for_one_kind_at_a_time(address):
    lines = HttpTransport(default(Settings(province_url=address)))
    claims = Claims("test", "zhoujiu", "周九", "resident_id", "522701194510013175")
    wish = {"city_code": "3210", "purpose": "办理残疾人两项补贴申请", "consent_ref": "consent-0001"}
    found = HttpLicences(lines).of(claims=claims, kinds=["disability_certificate", "marriage_certificate"], **wish)
    assert [(one.kind, one.name, one.holder, one.number, one.demo) for one in found] == [
        ("disability_certificate", "残疾人证", "周九", "52270119451001317542", True)
    ]
    with pytest.raises(LicencesUnavailable):
        HttpLicences(lines).of(claims=claims, kinds=["resident_id"], **wish | {"consent_ref": "x"})
    lines.close()
