"""What else the sandbox serves by the contract: comparing a day, items, licences, work orders; its pages and knobs."""

import json
from datetime import date

import pytest
import uuid6

from province_sandbox.app import province_of
from province_sandbox.digests import canonical, chain_link, sm3_hex
from province_sandbox.schemas import problems_in
from sandbox_sender import CASE_NO, apply_message, later_message, open_sender, pointers


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

    def test_pages(self, province_settings):
        sender = open_sender(province_settings, page_size=2)
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
