"""Facts → message: every type of the contract, judged by the contract's own schema."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from ledger_writer import APPLICANT, PAYLOADS, facts_document, profile
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.province import contract, mapping
from xiangtong.push.ports import Unmappable

PROFILE = profile("http://province.invalid")
CASE_NO = "3210031002611210000173"
ID = UUID("01935d2e-7c00-7000-8000-000000000001")
VECTORS = json.loads((Path(__file__).parents[1] / "schemas/province/vectors.json").read_text("utf-8"))
UPLOAD = {
    "material_code": "id-copy", "name": "身份证复印件", "source": "upload", "digest": "a" * 64,
    "media_type": "image/png", "size": 5, "attachment_id": str(UUID(int=7)), "licence_id": None,
}  # fmt: skip


def _wire(facts):
    return mapping.write(facts, message_id=ID, profile=PROFILE)


def _message(facts):
    return json.loads(_wire(facts).body)


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
def test_every_type_fits_the_contract(kind):
    wire = _wire(facts_document(case_no=CASE_NO, seq=1 if kind == "apply" else 3, kind=kind))
    assert contract.problems(wire.body) == ()
    assert wire.digest == sm3_hex(wire.body)


def test_the_contract_s_first_message_comes_out_byte_for_byte():
    wanted = VECTORS["messages"][0]["message"]
    facts = facts_document(
        case_no=CASE_NO,
        seq=1,
        answers=wanted["payload"]["data"],
        form={"code": "homestead", "version": 1, "hash": ""},
        materials=[{**wanted["payload"]["materials"][0], "attachment_id": str(UUID(int=7)), "licence_id": None}],
        event={"type": "apply", "seq": 1, "occurred_at": wanted["occurred_at"], "payload": {}},
    )
    assert _wire(facts).body.decode() == VECTORS["messages"][0]["canonical"]


def test_the_contract_s_second_message_comes_out_byte_for_byte():
    wanted = VECTORS["messages"][1]["message"]
    payload = {name: value for name, value in wanted["payload"].items() if name != "actor"}
    event = {"type": "accept", "seq": 2, "occurred_at": wanted["occurred_at"], "payload": payload}
    facts = facts_document(case_no=CASE_NO, seq=2, kind="accept", event=event)
    wire = mapping.write(facts, message_id=UUID(wanted["message_id"]), profile=PROFILE)
    assert wire.body.decode() == VECTORS["messages"][1]["canonical"]


def test_the_same_facts_give_the_same_bytes():
    facts = facts_document(case_no=CASE_NO, seq=1)
    assert _wire(facts).body == _wire(json.loads(json.dumps(facts))).body


def test_apply_is_filed_in_the_village_and_handled_in_the_township():
    assert _message(facts_document(case_no=CASE_NO, seq=1))["division_code"] == "321003100200"
    assert _message(facts_document(case_no=CASE_NO, seq=2))["division_code"] == "321003100000"


def test_large_answers_travel_as_a_material():
    wire = _wire(facts_document(case_no=CASE_NO, seq=1, answers={"text": "字" * 11_000}))
    payload = json.loads(wire.body)["payload"]
    (enclosure,) = wire.enclosures
    assert "data" not in payload
    assert payload["data_digest"] == enclosure.digest == sm3_hex(enclosure.content)
    assert enclosure.media_type == "application/json"
    assert contract.problems(wire.body) == ()


def test_a_large_merge_patch_travels_as_a_material_too():
    event = {
        "type": "supplement",
        "seq": 2,
        "occurred_at": "2026-11-21T10:00:00+08:00",
        "payload": {"data": {"t": "字" * 11_000}},
    }
    wire = _wire(facts_document(case_no=CASE_NO, seq=2, kind="supplement", event=event))
    assert contract.problems(wire.body) == ()
    assert len(wire.enclosures) == 1


def test_materials_are_enclosed_once_and_stripped_to_the_contract():
    wire = _wire(facts_document(case_no=CASE_NO, seq=1, materials=[UPLOAD, {**UPLOAD, "name": "又一份"}]))
    assert [enclosure.attachment_id for enclosure in wire.enclosures] == [UPLOAD["attachment_id"]]
    assert set(json.loads(wire.body)["payload"]["materials"][0]) == {
        "material_code",
        "name",
        "source",
        "digest",
        "media_type",
        "size",
    }
    assert contract.problems(wire.body) == ()


def test_decide_carries_its_result_materials():
    facts = facts_document(case_no=CASE_NO, seq=5, kind="decide", materials=[UPLOAD])
    assert _message(facts)["payload"]["materials"][0]["digest"] == "a" * 64


def test_who_has_no_document_has_no_number():
    party = APPLICANT | {"id_type": "none", "id_number": "11010519491231002X", "address": ""}
    wire = _wire(facts_document(case_no=CASE_NO, seq=1, applicant=party, agent=party))
    assert contract.problems(wire.body) == ()


def test_everything_that_is_lacking_is_said_together():
    facts = facts_document(case_no=CASE_NO, seq=2, actor={"name": "李四", "staff_no": None})
    facts["item"] = {}
    with pytest.raises(Unmappable) as refused:
        _wire(facts)
    assert {problem.where for problem in refused.value.problems} == {
        "/item/item_code", "/actor/staff_no", "/actor/dept_name", "/actor/dept_code",
    }  # fmt: skip


def test_a_message_over_the_limit_is_not_sent():
    event = {
        "type": "reject",
        "seq": 2,
        "occurred_at": "2026-11-21T10:00:00+08:00",
        "payload": {"reason": "字" * 30_000},
    }
    with pytest.raises(Unmappable) as refused:
        _wire(facts_document(case_no=CASE_NO, seq=2, kind="reject", event=event))
    assert refused.value.code == "TOO_LARGE"


def test_a_profile_may_demand_more():
    strict = profile("http://province.invalid", mandatory=("/applicant/address",))
    with pytest.raises(Unmappable, match="UNMAPPED"):
        mapping.write(facts_document(case_no=CASE_NO, seq=1), message_id=ID, profile=strict)


def test_publishing_is_refused_where_the_province_lacks_something():
    item = {"item_code": "short", "name": "高龄津贴", "item_type": "05", "unit": {"name": "公道镇人民政府", "code": ""}}
    found = mapping.check(item, {"code": "elder-allowance", "version": 1}, PROFILE)
    assert {problem.where for problem in found} == {"/unit/code", "/item/item_code"}


def test_the_contract_s_schema_quotes_no_value():
    body = json.dumps({"message_id": "13800138000", "seq": "13800138000"}).encode()
    found = contract.problems(body)
    assert found
    assert "13800138000" not in repr(found)
