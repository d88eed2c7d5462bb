"""The table of contract §4, row by row, and the pace of trying again."""

from datetime import timedelta
from uuid import UUID

import pytest

from xiangtong.push.classify import Expected, Outcome, classify
from xiangtong.push.pace import PACE
from xiangtong.push.ports import Answer

ID = UUID("01935d2e-7c00-7000-8000-000000000001")
EXPECTED = Expected(ID, "d" * 64, 2, "c" * 64)
RECEIPT = {
    "receipt_no": "R-1", "message_id": str(ID), "message_digest": "d" * 64, "received_at": "2026-11-21T10:00:00+08:00",
    "seq": 2, "chain": "c" * 64,
}  # fmt: skip


@pytest.mark.parametrize("status", [200, 201])
def test_a_receipt_that_fits(status):
    assert classify(Answer(status, RECEIPT), EXPECTED).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, None),
        (204, None),
        (202, RECEIPT),
        (201, {}),
        (200, RECEIPT | {"seq": "2"}),
        (200, RECEIPT | {"seq": 3}),
        (200, RECEIPT | {"message_digest": "e" * 64}),
        (200, RECEIPT | {"message_id": str(UUID(int=9))}),
    ],
)
def test_2xx_that_proves_nothing_is_asked_about(status, body):
    assert classify(Answer(status, body), EXPECTED).outcome is Outcome.ASK


def test_a_receipt_with_another_chain():
    assert classify(Answer(200, RECEIPT | {"chain": "e" * 64}), EXPECTED).outcome is Outcome.CHAIN


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "INVALID", Outcome.PARK),
        (401, "SIGNATURE", Outcome.SHUT),
        (401, "APP", Outcome.SHUT),
        (403, "APP", Outcome.SHUT),
        (401, "SKEW", Outcome.SIGN_ANEW),
        (401, "NONCE", Outcome.SIGN_ANEW),
        (404, "MATERIAL", Outcome.UPLOAD),
        (409, "GAP", Outcome.MISSING),
        (409, "CONFLICT", Outcome.CONFLICT),
        (413, "TOO_LARGE", Outcome.PARK),
        (429, "BUSY", Outcome.WAIT),
        (422, "ODD", Outcome.PARK),
        (500, "", Outcome.AGAIN),
        (502, "", Outcome.AGAIN),
        (503, "BUSY", Outcome.AGAIN),
        (0, "", Outcome.AGAIN),
        (404, "", Outcome.AGAIN),
        (302, "", Outcome.AGAIN),
        (413, "", Outcome.PARK),
        (429, "", Outcome.WAIT),
        (401, "", Outcome.SHUT),
    ],
)
def test_every_refusal(status, code, outcome):
    assert classify(Answer(status, {"code": code, "message": "…"} if code else None), EXPECTED).outcome is outcome


def test_what_the_city_sees_of_a_refusal_quotes_nobody():
    errors = [{"pointer": "/payload/applicant/phone", "message": "'13800138000' is too long"}]
    verdict = classify(Answer(400, {"code": "INVALID", "message": "x", "errors": errors}), EXPECTED)
    assert verdict.reason == "/payload/applicant/phone"
    assert "13800138000" in verdict.detail


@pytest.mark.parametrize(
    "body", [{"code": 7}, {"code": "GAP", "expected_seq": "x"}, {"code": "INVALID", "errors": [7, {}]}]
)
def test_an_odd_problem_breaks_nothing(body):
    assert classify(Answer(409, body), EXPECTED).expected_seq == 0


def test_the_wait_doubles_to_an_hour_then_to_six_and_ends_after_seven_days():
    hour, longest = timedelta(hours=1), 0.999999
    waits = [PACE.wait(attempts=n, failing_for=timedelta(0), chance=longest) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=10)
    assert hour * 0.99 < waits[-1] <= hour
    assert PACE.wait(attempts=40, failing_for=timedelta(hours=25), chance=longest) > 5 * hour
    assert PACE.wait(attempts=40, failing_for=timedelta(days=6, hours=23), chance=0) is not None
    assert PACE.wait(attempts=40, failing_for=timedelta(days=7)) is None


def test_jitter_is_full():
    waits = [PACE.wait(attempts=6, failing_for=timedelta(0)) for _ in range(300)]
    assert min(waits) < timedelta(seconds=60)
    assert max(waits) > timedelta(seconds=200)


def test_only_short_waits_stay_in_the_queue():
    assert PACE.in_the_queue(timedelta(minutes=5))
    assert not PACE.in_the_queue(timedelta(minutes=5, seconds=1))
