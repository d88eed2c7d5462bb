"""The sandbox refuses what the contract says it must refuse, each with its code."""

import base64
import secrets
import time
from dataclasses import replace

import gmalg
import pytest
import uuid6

from province_sandbox.app import create_app
from province_sandbox.clock import Clock
from province_sandbox.digests import canonical, sm3_hex
from province_sandbox.schemas import problems_in
from province_sandbox.settings import DEMO_SECRET, DEMO_SM2_PUBLIC_KEY, Account
from sandbox_sender import ACTOR, CASE_NO, VECTORS, Sender, apply_message, later_message, open_sender, pointers


def summary(sender):
    return sender.client.get("/_state/summary").get_json()


def test_the_worked_examples_are_stored_with_their_chain(sender):
    picture = VECTORS["messages"][0]["message"]["payload"]["materials"][0]
    first, second = VECTORS["messages"]
    missing = sender.post_message(first["message"])
    assert (missing.status, missing.json["code"]) == (404, "MATERIAL")
    assert pointers(missing) == ["/payload/materials/0/digest"]

    assert sender.send("PUT", f"/v1/materials/{picture['digest']}", b"hello").status == 201
    for example in (first, second):
        answer = sender.post_message(example["message"])
        assert answer.status == 201
        assert problems_in("Receipt", answer.json) == []
        assert answer.json["message_digest"] == example["message_digest"]
        assert answer.json["chain"] == example["chain"]
    state = sender.get(f"/v1/cases/{CASE_NO}")
    assert (state.json["last_seq"], state.json["chain"]) == (2, second["chain"])
    stored = sender.client.get(f"/_state/cases/{CASE_NO}").get_json()
    assert [one["body"] for one in stored] == [first["message"], second["message"]]


def test_the_same_message_again_gets_the_very_same_receipt(sender):
    message = apply_message()
    first, second = sender.post_message(message), sender.post_message(message)
    assert (first.status, second.status) == (201, 200)
    assert first.json == second.json
    assert (summary(sender)["messages"], summary(sender)["duplicates"]) == (1, 1)


def test_order_and_conflict(sender):
    message = apply_message()
    assert sender.post_message(message).status == 201
    gap = sender.post_message(later_message(3))
    assert (gap.status, gap.json["code"], gap.json["expected_seq"]) == (409, "GAP", 2)
    other = sender.post_message(message | {"occurred_at": "2026-11-21T09:31:00+08:00"})
    assert (other.status, other.json["code"]) == (409, "CONFLICT")
    another = sender.post_message(apply_message())
    assert (another.status, another.json["code"]) == (409, "CONFLICT")
    assert sender.post_message(later_message(2)).status == 201
    assert summary(sender)["refused"] == {"GAP": 1, "CONFLICT": 2}


def test_a_message_id_belongs_to_one_case(sender):
    message = apply_message()
    assert sender.post_message(message).status == 201
    elsewhere = sender.post_message(message | {"case_no": "3210031002611210000181"})
    assert (elsewhere.status, elsewhere.json["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"X-App-Id": "nobody"}, "APP"),
        ({"X-App-Id": ""}, "APP"),
        ({"X-Timestamp": "yesterday"}, "SKEW"),
        ({"X-Timestamp": "1000000000000"}, "SKEW"),
        ({"X-Timestamp": "999999999999999"}, "SKEW"),
        ({"X-Nonce": "short"}, "NONCE"),
        ({"X-Signature": "hmac-sm3:" + "0" * 64}, "SIGNATURE"),
        ({"X-Signature": "sm2:" + "A" * 88}, "SIGNATURE"),
        ({"X-Signature": "plain:1"}, "SIGNATURE"),
        ({"X-Signature": ""}, "SIGNATURE"),
        ({"X-Content-SM3": "0" * 64}, "SIGNATURE"),
    ],
)
def test_spoilt_headers(sender, over, code):
    sender.spoil = over
    answer = sender.post_message(apply_message())
    assert (answer.status, answer.json["code"]) == (401, code)
    assert problems_in("Problem", answer.json) == []


def test_the_signature_covers_the_query(sender):
    headers = sender.headers("GET", "/v1/items?division=321003100")
    assert sender.client.get("/v1/items?division=321003100", headers=headers).status_code == 200
    headers = sender.headers("GET", "/v1/items?division=321003100")
    assert sender.client.get("/v1/items?division=32", headers=headers).get_json()["code"] == "SIGNATURE"


def test_a_replayed_request_is_refused(sender):
    headers = sender.headers("GET", f"/v1/cases/{CASE_NO}")
    assert sender.client.get(f"/v1/cases/{CASE_NO}", headers=headers).status_code == 404
    again = sender.client.get(f"/v1/cases/{CASE_NO}", headers=headers)
    assert (again.status_code, again.get_json()["code"]) == (401, "NONCE")


def test_a_nonce_is_forgotten_after_ten_minutes(province_settings):
    now = [time.time()]
    app = create_app(province_settings, Clock(lambda: now[0]))
    sender, nonce = Sender(app.test_client()), secrets.token_hex(16)

    def ask():
        headers = sender.headers(
            "GET", "/v1/items?division=32", **{"X-Nonce": nonce, "X-Timestamp": str(int(now[0] * 1000))}
        )
        return sender.client.get("/v1/items?division=32", headers=headers).status_code

    assert [ask(), ask()] == [200, 401]
    now[0] += 601
    assert ask() == 200


def test_a_body_cut_short_leaves_no_trace_and_the_honest_retry_is_stored(sender):
    message = apply_message()
    body, target = canonical(message), f"/v1/cases/{CASE_NO}/messages"
    headers = sender.headers("POST", target, body) | {"Idempotency-Key": message["message_id"]}
    for part in (b"", body[:100]):
        cut = sender.client.post(target, data=part, headers=headers)
        assert (cut.status_code, cut.get_json()["code"]) == (400, "INVALID")
    assert sender.client.post(target, data=body, headers=headers).status_code == 201


def test_idempotency_key_is_the_message_id(sender):
    message = apply_message()
    for key in (str(uuid6.uuid7()), "", "x"):
        answer = sender.post_message(message, **{"Idempotency-Key": key})
        assert (answer.status, answer.json["code"]) == (400, "INVALID")
    assert sender.post_message(message).status == 201


def test_two_keys_are_valid_during_a_change(province_settings):
    account = Account("city-3210", ("old-key", "new-key"))
    sender = open_sender(province_settings, accounts=(account,))
    codes = []
    for sender.secret in ("old-key", "new-key", "third-key"):
        codes.append(sender.get(f"/v1/cases/{CASE_NO}").json["code"])
    assert codes == ["NOT_FOUND", "NOT_FOUND", "SIGNATURE"]


def test_sm2_speaks_too(sender):
    example = VECTORS["signature"]
    headers = sender.headers("GET", f"/v1/cases/{CASE_NO}")
    lines = ("GET", f"/v1/cases/{CASE_NO}", "", *(headers[f"X-{name}"] for name in ("App-Id", "Timestamp", "Nonce")))
    text = "\n".join((*lines, headers["X-Content-SM3"])).encode()
    pair = gmalg.SM2(
        bytes.fromhex(example["sm2_private_key_hex"]), b"1234567812345678", pk=bytes.fromhex(DEMO_SM2_PUBLIC_KEY)
    )
    r, s = pair.sign(text)
    headers["X-Signature"] = "sm2:" + base64.b64encode(r.rjust(32, b"\0") + s.rjust(32, b"\0")).decode()
    assert sender.client.get(f"/v1/cases/{CASE_NO}", headers=headers).get_json()["code"] == "NOT_FOUND"


def test_an_account_speaks_for_its_own_divisions(province_settings):
    account = Account("city-3210", (DEMO_SECRET,), divisions=("4213",))
    answer = open_sender(province_settings, accounts=(account,)).post_message(apply_message())
    assert (answer.status, answer.json["code"]) == (403, "APP")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"1", b'{"a": 1}', b"\x00", b'{"message_id":1}', b"[" * 60000, b"9" * 5000]
)
def test_rubbish_bodies_are_invalid(sender, body):
    answer = sender.send("POST", f"/v1/cases/{CASE_NO}/messages", body, **{"Idempotency-Key": str(uuid6.uuid7())})
    assert (answer.status, answer.json["code"]) == (400, "INVALID")


@pytest.mark.parametrize("depth", [100, 250, 300, 450, 900, 2000, 9000])
def test_nesting_is_stored_or_refused_and_never_breaks_the_server(sender, depth):
    message = apply_message() | {"payload": apply_message()["payload"] | {"data": {}}}
    body = canonical(message).replace(b'"data":{}', b'"data":' + b'{"a":' * depth + b"{}" + b"}" * depth)
    target, key = f"/v1/cases/{CASE_NO}/messages", {"Idempotency-Key": message["message_id"]}
    answer = sender.send("POST", target, body, **key)
    assert answer.status == 201 or answer.json["code"] == "INVALID"
    if answer.status == 201:
        assert sender.client.get(f"/_state/cases/{CASE_NO}").status_code == 200
        assert sender.client.get(f"/cases/{CASE_NO}").status_code == 200


def test_lone_surrogates_are_invalid(sender):
    target, key = "/v1/licences/query", {"Idempotency-Key": str(uuid6.uuid7())}
    assert sender.send("POST", target, b'{"purpose":"\\ud800"}', **key).json["code"] == "INVALID"
    assert sender.send("POST", target, b"[" * 400 + b"]" * 400, **key).json["code"] == "INVALID"


def test_size_limits(province_settings):
    sender = open_sender(province_settings, material_bytes=1000)
    message = apply_message()
    message["payload"]["data"] = {"text": "字" * 22000}
    answer = sender.post_message(message)
    assert (answer.status, answer.json["code"]) == (413, "TOO_LARGE")
    answer = sender.send("PUT", "/v1/materials/" + sm3_hex(b"x" * 1001), b"x" * 1001)
    assert (answer.status, answer.json["code"]) == (413, "TOO_LARGE")


def test_rate(province_settings):
    fixed = time.time()
    now = [fixed]
    app = create_app(replace(province_settings, requests_per_second=3), Clock(lambda: now[0]))
    sender = Sender(app.test_client())
    answers = [sender.get(f"/v1/cases/{CASE_NO}") for _ in range(4)]
    assert [answer.status for answer in answers] == [404, 404, 404, 429]
    assert (answers[3].json["code"], answers[3].headers["Retry-After"]) == ("BUSY", "1")
    assert Sender(app.test_client(), app_id="city-4213").get(f"/v1/cases/{CASE_NO}").status == 404
    now[0] = fixed + 1.0
    assert sender.get(f"/v1/cases/{CASE_NO}").status == 404


def test_materials(sender, province_settings):
    digest = sm3_hex(b"picture")
    target = f"/v1/materials/{digest}"
    assert sender.send("HEAD", target).status == 404
    assert sender.send("PUT", target, b"another").json["code"] == "INVALID"
    assert sender.send("PUT", "/v1/materials/UPPER", b"picture").json["code"] == "INVALID"
    headers = sender.headers("PUT", target, b"picture")
    assert sender.client.put(target, data=b"pic", headers=headers).get_json()["code"] == "INVALID"
    assert sender.send("PUT", target, b"picture").status == 201
    assert sender.send("PUT", target, b"picture").status == 200
    assert sender.send("HEAD", target).status == 200
    assert sender.get(target).status == 405
    assert [file.name for file in (province_settings.data / "materials").iterdir()] == [digest]

    message = apply_message()
    message["payload"] |= {"data_digest": digest}
    del message["payload"]["data"]
    assert sender.post_message(message).status == 201


def test_a_correction_replaces_a_whole_payload_of_its_type(sender):
    first = apply_message()
    assert sender.post_message(first).status == 201
    wrong = {"seq": 1, "payload": {"reason": "x"}, "reason": "写错", "actor": ACTOR}
    answer = sender.post_message(later_message(2, "correct", wrong))
    assert answer.json["code"] == "INVALID"
    assert "/payload/payload/applicant" in pointers(answer)
    answer = sender.post_message(later_message(2, "correct", wrong | {"seq": 9}))
    assert pointers(answer) == ["/payload/seq"]
    assert sender.post_message(later_message(2, "correct", wrong | {"payload": first["payload"]})).status == 201
