"""The sandbox reproduces every worked example of the contract."""

import base64

import gmalg
import pytest

from province_sandbox import signatures
from province_sandbox.digests import canonical, chain_link, parse_canonical, sm3_hex
from province_sandbox.problems import Refused
from province_sandbox.schemas import contract, message_problems, problems_in
from sandbox_sender import ACTOR, VECTORS, apply_message, later_message

SIGNATURE = VECTORS["signature"]
TEXT = SIGNATURE["string_to_sign"].encode()


@pytest.mark.parametrize("example", VECTORS["sm3"], ids=lambda example: example["text"] or "empty")
def test_sm3(example):
    assert sm3_hex(example["text"].encode()) == example["hex"]


def test_messages_chain_and_schema():
    chain = None
    for example in VECTORS["messages"]:
        body = canonical(example["message"])
        assert body.decode() == example["canonical"]
        assert sm3_hex(body) == example["message_digest"]
        chain = chain_link(chain, example["message_digest"])
        assert chain == example["chain"]
        problems = message_problems(example["message"], case_no=example["message"]["case_no"], divisions=("32",))
        assert problems == []


def test_string_to_sign():
    method, path, query, app_id, timestamp, nonce, content = SIGNATURE["string_to_sign"].split("\n")
    assert (
        signatures.string_to_sign(
            method=method,
            path=path,
            query=query,
            app_id=app_id,
            timestamp=timestamp,
            nonce=nonce,
            content_sm3=content,
        )
        == TEXT
    )


def test_hmac_signature():
    expected = SIGNATURE["X-Signature (hmac-sm3)"]
    assert signatures.sign_hmac(SIGNATURE["hmac_key_utf8"], TEXT) == expected
    assert signatures.hmac_matches(SIGNATURE["hmac_key_utf8"], TEXT, expected)
    assert not signatures.hmac_matches("another key", TEXT, expected)


def test_sm2_signature():
    key, example = SIGNATURE["sm2_public_key_hex"], SIGNATURE["X-Signature (sm2, one valid example)"]
    assert signatures.sm2_matches(key, TEXT, example)
    assert not signatures.sm2_matches(key, TEXT + b" ", example)


def test_sm2_signature_of_a_second_implementation():
    key = bytes.fromhex(SIGNATURE["sm2_public_key_hex"])
    private = bytes.fromhex(SIGNATURE["sm2_private_key_hex"])
    r, s = gmalg.SM2(private, SIGNATURE["sm2_user_id"].encode(), pk=key).sign(TEXT)
    signature = "sm2:" + base64.b64encode(r.rjust(32, b"\0") + s.rjust(32, b"\0")).decode()
    assert signatures.sm2_matches(SIGNATURE["sm2_public_key_hex"], TEXT, signature)


@pytest.mark.parametrize("signature", ["sm2:", "sm2:!!", "sm2:AAAA", "sm2:" + base64.b64encode(bytes(64)).decode()])
def test_sm2_rubbish_is_only_false(signature):
    assert not signatures.sm2_matches(SIGNATURE["sm2_public_key_hex"], TEXT, signature)


@pytest.mark.parametrize(
    "body",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":9007199254740992}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b"\xff",
        b"",
        b"[" * 60000,
    ],
)
def test_anything_but_canonical_json_is_refused(body):
    with pytest.raises(Refused) as refused:
        parse_canonical(body)
    assert refused.value.code == "INVALID"


def test_all_problems_are_named_and_no_value_is_quoted():
    message = apply_message(occurred_at="13800138000", division_code="3210")
    del message["payload"]["applicant"]["name"]
    problems = problems_in("Message", message)
    assert {at for at, _ in problems} == {"/occurred_at", "/division_code", "/payload/applicant/name"}
    assert "13800138000" not in str(problems)


PAYLOADS = {
    "pre_review": {"result": "pass", "reviewed_at": "2026-11-21T10:00:00+08:00", "actor": ACTOR},
    "reject": {"reason": "不符合条件", "actor": ACTOR},
    "supplement_notice": {"asked": [{"what": "照片", "reason": "看不清"}], "due_on": "2026-11-30", "actor": ACTOR},
    "supplement": {"data": {"phone": None}, "materials": []},
    "step": {
        "step_code": "1",
        "step_name": "审查",
        "actor": ACTOR,
        "result": "pass",
        "started_at": "2026-11-21T10:00:00+08:00",
        "finished_at": "2026-11-21T11:00:00+08:00",
    },
    "special_start": {
        "kind": "site_survey",
        "legal_basis": "示例",
        "promised_working_days": 5,
        "started_at": "2026-11-21T10:00:00+08:00",
        "actor": ACTOR,
    },
    "special_end": {"result": "通过", "ended_at": "2026-11-21T10:00:00+08:00", "actor": ACTOR},
    "extend": {"working_days": 5, "reason": "情况复杂", "approved_by": "王五", "actor": ACTOR},
    "decide": {"result": "granted", "decided_at": "2026-11-21T10:00:00+08:00", "actor": ACTOR},
    "deliver": {"method": "window", "delivered_at": "2026-11-21T10:00:00+08:00", "actor": ACTOR},
    "withdraw": {"reason": "不办了"},
    "void": {"reason": "重复", "actor": ACTOR},
    "rate": {"grade": "satisfied", "channel": "web", "rated_at": "2026-11-21T10:00:00+08:00"},
    "transfer": {
        "from_division": "321003100000",
        "to_division": "321003108000",
        "reason": "属地",
        "actor": ACTOR,
    },
    "correct": {"seq": 1, "payload": {}, "reason": "写错", "actor": ACTOR},
}


def test_every_type_of_the_contract_is_tried():
    types = contract()["components"]["schemas"]["Message"]["properties"]["type"]["enum"]
    assert set(PAYLOADS) == set(types) - {"apply", "accept"}


@pytest.mark.parametrize("type_", PAYLOADS)
def test_each_payload_is_strict(type_):
    message = later_message(2, type_, PAYLOADS[type_])
    assert problems_in("Message", message) == []
    assert problems_in("Message", later_message(2, type_, PAYLOADS[type_] | {"surprise": 1}))
    assert problems_in("Message", message | {"seq": 1})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"case_no": "321003100261121000099X"}, "/case_no"),
        ({"message_id": "3d813cbb-47fb-42ba-91df-831e1593ac29"}, "/message_id"),
        ({"division_code": "993100000000"}, "/division_code"),
    ],
)
def test_rules_beside_the_schema(changes, pointer):
    message = apply_message() | changes
    problems = message_problems(message, case_no=apply_message()["case_no"], divisions=("32",))
    assert [at for at, _ in problems] == [pointer]


def test_a_transfer_stays_within_its_province():
    payload = PAYLOADS["transfer"] | {"to_division": "421303104000"}
    message = later_message(2, "transfer", payload)
    problems = message_problems(message, case_no=message["case_no"], divisions=("32", "42"))
    assert [at for at, _ in problems] == ["/payload/to_division"]
