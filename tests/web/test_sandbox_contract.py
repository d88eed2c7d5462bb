"""The sandbox refuses what the contract says it must refuse, each with its code."""

import base64
import json
import secrets
import time
from dataclasses import replace
from datetime import date

import gmalg
import pytest
import uuid6

from province_sandbox.app import create_app, province_of
from province_sandbox.clock import Clock
from province_sandbox.digests import canonical, chain_link, sm3_hex
from province_sandbox.schemas import problems_in
from province_sandbox.settings import DEMO_SECRET, DEMO_SM2_PUBLIC_KEY, Account, Settings
from sandbox_sender import ACTOR, CASE_NO, VECTORS, Sender, apply_message, later_message


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, synchronous="OFF")


@pytest.fixture
def province(settings):
    app = create_app(settings)
    yield app
    province_of(app).close()


@pytest.fixture
def sender(province):
    return Sender(province.test_client())


def open_sender(settings, **changes):
    return Sender(create_app(replace(settings, **changes)).test_client())


def summary(sender):
    return sender.client.get("/_state/summary").get_json()


def pointers(answer):
    return [error["pointer"] for error in answer.json["errors"]]


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


def test_a_nonce_is_forgotten_after_ten_minutes(settings):
    now = [time.time()]
    app = create_app(settings, Clock(lambda: now[0]))
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


def test_two_keys_are_valid_during_a_change(settings):
    account = Account("city-3210", ("old-key", "new-key"))
    sender = open_sender(settings, accounts=(account,))
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


def test_an_account_speaks_for_its_own_divisions(settings):
    account = Account("city-3210", (DEMO_SECRET,), divisions=("4213",))
    answer = open_sender(settings, accounts=(account,)).post_message(apply_message())
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


def test_size_limits(settings):
    sender = open_sender(settings, material_bytes=1000)
    message = apply_message()
    message["payload"]["data"] = {"text": "字" * 22000}
    answer = sender.post_message(message)
    assert (answer.status, answer.json["code"]) == (413, "TOO_LARGE")
    answer = sender.send("PUT", "/v1/materials/" + sm3_hex(b"x" * 1001), b"x" * 1001)
    assert (answer.status, answer.json["code"]) == (413, "TOO_LARGE")


def test_rate(settings):
    fixed = time.time()
    now = [fixed]
    app = create_app(replace(settings, requests_per_second=3), Clock(lambda: now[0]))
    sender = Sender(app.test_client())
    answers = [sender.get(f"/v1/cases/{CASE_NO}") for _ in range(4)]
    assert [answer.status for answer in answers] == [404, 404, 404, 429]
    assert (answers[3].json["code"], answers[3].headers["Retry-After"]) == ("BUSY", "1")
    assert Sender(app.test_client(), app_id="city-4213").get(f"/v1/cases/{CASE_NO}").status == 404
    now[0] = fixed + 1.0
    assert sender.get(f"/v1/cases/{CASE_NO}").status == 404


def test_materials(sender, settings):
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
    assert [file.name for file in (settings.data / "materials").iterdir()] == [digest]

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


class TestReconciliation:
    def ask(self, sender, day, division, cursor=""):
        return sender.get(f"/v1/reconciliation/{day}?division={division}&cursor={cursor}")

    def test_prefix_and_the_end_of_the_day(self, sender):
        clock = province_of(sender.client.application).clock
        day = clock.calendar().date()
        near = apply_message("3210031002611210000181", division_code="321003108000")
        first = sender.post_message(apply_message())
        assert {sender.post_message(near).status, first.status} == {201}
        clock.shift_days = 1
        assert sender.post_message(later_message(2)).status == 201

        answer = self.ask(sender, day, "321003100").json
        assert [case["case_no"] for case in answer["cases"]] == [CASE_NO]
        assert (answer["cases"][0]["last_seq"], answer["cases"][0]["chain"]) == (1, first.json["chain"])
        assert (answer["total_cases"], answer["total_messages"]) == (1, 1)
        assert self.ask(sender, day, "321003").json["total_cases"] == 2
        assert self.ask(sender, day, "321003108000").json["total_cases"] == 1
        assert self.ask(sender, "2020-01-01", "32").json["cases"] == []

    def test_a_transfer_within_the_day_shows_the_whole_case(self, sender):
        clock = province_of(sender.client.application).clock
        day = clock.calendar().date()
        sender.post_message(apply_message())
        last = sender.post_message(later_message(2, division_code="321003108000"))
        clock.shift_days = 1
        answer = self.ask(sender, day, "321003100").json
        assert (answer["cases"][0]["last_seq"], answer["cases"][0]["chain"]) == (2, last.json["chain"])
        assert answer["total_messages"] == 1

    def test_pages(self, settings):
        sender = open_sender(settings, page_size=2)
        clock = province_of(sender.client.application).clock
        day, numbers = clock.calendar().date(), [f"32100310026112100{n:05d}" for n in range(5)]
        for number in numbers:
            assert sender.post_message(apply_message(number)).status == 201
        clock.shift_days = 1
        seen, cursor = [], ""
        while cursor is not None:
            page = self.ask(sender, day, "32", cursor).json
            assert page["total_cases"] == 5
            seen += [case["case_no"] for case in page["cases"]]
            cursor = page["next_cursor"]
        assert seen == numbers

    @pytest.mark.parametrize("division", ["", "3", "321", "32100", "3210031", "abc", "321003100000000"])
    def test_other_lengths_are_no_division(self, sender, division):
        assert pointers(self.ask(sender, "2020-01-01", division)) == ["/division"]

    @pytest.mark.parametrize("day", ["today", "2026-02-30", "20260101", "2026-W01-1", "9999-12-31"])
    def test_days_that_cannot_be_asked_for(self, sender, day):
        assert pointers(self.ask(sender, day, "32")) == ["/date"]

    def test_today_is_not_over(self, sender):
        today = province_of(sender.client.application).clock.calendar().date()
        assert isinstance(today, date)
        assert self.ask(sender, today, "32").status == 400


class TestServices:
    def test_items(self, sender):
        listed = sender.get("/v1/items?division=321003100").json["items"]
        assert listed
        assert [problems_in("Item", item) for item in listed] == [[]] * len(listed)
        item = listed[0] | {"version": 2, "name": "改了名字"}
        target = f"/v1/items/{item['item_code']}/submission"
        assert sender.post_json(target, item).status == 201
        assert pointers(sender.post_json(target, item | {"version": 1})) == ["/version"]
        refused = sender.post_json(target, item | {"item_type": "x", "case_type": "3"})
        assert set(pointers(refused)) == {"/item_type", "/case_type"}
        assert sender.get("/v1/items?division=321003108").json["items"] == []
        assert sender.get("/v1/items?division=32&since=2099-01-01T00:00:00Z").json["items"] == []

    def test_licences(self, sender):
        query = {
            "holder_id_type": "resident_id",
            "holder_id_number": "11010519491231002X",
            "licence_type": "resident_id",
            "purpose": "办理高龄津贴",
            "consent_ref": "consent-0001",
        }
        licences = sender.post_json("/v1/licences/query", query).json["licences"]
        assert [problems_in("Licence", one) for one in licences] == [[]]
        target = f"/v1/licences/{licences[0]['licence_id']}/document"
        headers = sender.headers("GET", target)
        assert sender.client.get(target, headers=headers).data.startswith(b"%PDF-")
        assert sender.get("/v1/licences/other/document").json["code"] == "NOT_FOUND"
        assert pointers(sender.post_json("/v1/licences/query", query | {"purpose": "x"})) == ["/purpose"]

    def test_work_orders(self, sender):
        orders = sender.get("/v1/work-orders?since=2020-01-01T00:00:00Z").json["work_orders"]
        assert [problems_in("WorkOrder", order) for order in orders] == [[], []]
        assert sender.get("/v1/work-orders?since=2099-01-01T00:00:00%2B08:00").json["work_orders"] == []
        assert sender.get("/v1/work-orders").json["code"] == "INVALID"
        target = f"/v1/work-orders/{orders[0]['order_no']}/actions"
        action = {"action": "accept", "actor": "李四", "at": "2026-11-21T10:00:00+08:00"}
        key = {"Idempotency-Key": str(uuid6.uuid7())}
        first, again = sender.post_json(target, action, **key), sender.post_json(target, action, **key)
        assert (first.status, first.json) == (201, again.json)
        assert sender.post_json(target, action | {"text": "x"}, **key).json["code"] == "CONFLICT"
        assert sender.post_json(target, action).json["code"] == "CONFLICT"
        assert sender.post_json("/v1/work-orders/none/actions", action).json["code"] == "NOT_FOUND"
        assert set(pointers(sender.post_json(target, {"action": "burn"}))) == {"/action", "/actor", "/at"}


def test_pages_show_what_is_held_and_the_bytes_as_stored(sender):
    message = apply_message()
    sender.post_message(message)
    browser = sender.client
    assert CASE_NO in browser.get("/").text
    page = browser.get(f"/cases/{CASE_NO}").text
    assert sm3_hex(canonical(message)) in page
    assert chain_link(None, sm3_hex(canonical(message))) in page
    assert browser.get(f"/messages/{message['message_id']}.json").data == canonical(message)
    assert "321003100" in browser.get("/reconciliation").text
    assert browser.get("/cases/none").status_code == 404
    policy = browser.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_knobs_by_form_and_by_json(sender):
    browser = sender.client
    browser.post("/faults/on", data={"kind": "outage", "percent": "100", "count": "1"})
    assert "停机" in browser.get("/").text
    assert sender.post_message(apply_message()).status == 503
    assert sender.post_message(apply_message()).status == 201
    bad = browser.post("/_faults", data=json.dumps({"kind": "flood", "rate": 2}))
    assert {error["pointer"] for error in bad.get_json()["errors"]} == {"/kind", "/rate"}
    number = browser.post("/_faults", data=json.dumps({"kind": "busy", "retry_after": 7})).get_json()["id"]
    answer = sender.get(f"/v1/cases/{CASE_NO}")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert browser.delete(f"/_faults/{number}").get_json() == {"faults": []}


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}],
)
def test_other_sites_cannot_turn_knobs(sender, headers):
    answer = sender.client.post("/_faults", data=json.dumps({"kind": "outage"}), headers=headers)
    assert answer.status_code == 403


def test_other_machines_cannot_look(sender):
    answer = sender.client.get("/_state/summary", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.status_code == 403
