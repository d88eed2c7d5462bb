"""What the ledger is given: facts that fit facts.json and make messages that fit the contract, for every kind of event.

The three official forms are filed with their samples, files included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from sqlalchemy import select

from ledger_writer import profile
from makers import CLERK, FACTS, a_case, a_form, a_scope, offer_item
from province_sandbox.schemas import message_problems
from xiangtong import attachments, ledger
from xiangtong.attachments.models import Attachment
from xiangtong.attachments.uploads import name_context
from xiangtong.cases import citizen, window
from xiangtong.cases.materials import claim_results, files_in
from xiangtong.cases.models import CaseMaterial
from xiangtong.cases.record import open_case, open_to_move
from xiangtong.cases.submit import submit
from xiangtong.cases.supplements import Asked, ask_supplement, begin_supplement, supply
from xiangtong.dialect.vocabulary import Facts
from xiangtong.drafts.answers import typed_of
from xiangtong.drafts.filling import FieldSave, save_fields, set_files
from xiangtong.drafts.opening import FormRef, Holder, OpenDraft, start
from xiangtong.forms.library import Form, Library
from xiangtong.forms.publishing import SAMPLE_DAY
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problems
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact
from xiangtong.province import mapping
from xiangtong.tenancy.keys import KeyRing, OpenKey
from xiangtong.tenancy.scope import Database, Scope

pytestmark = pytest.mark.usefixtures("township")

_SCHEMAS = Path(__file__).resolve().parents[2] / "form_schemas"
_PROFILE = profile("https://province.example")
ME = new_id()


@cache
def _library() -> Library:
    return Library.from_folder(_SCHEMAS)


_SAMPLES = [(code, name) for code, samples in _library().samples.items() for name in samples]


def _check_all(session: ScopedSession, key: OpenKey) -> list[dict[str, Any]]:
    """Every fact fits facts.json, every message the contract; gives the facts in order."""
    schema = json.loads((_SCHEMAS / "_common" / "facts.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    found = []
    for row in session.scalars(select(LedgerFact).order_by(LedgerFact.seq)):
        facts = ledger.read_facts(row, key=key)
        assert [error.message for error in validator.iter_errors(facts)] == []
        message = json.loads(mapping.write(facts, message_id=new_id(), profile=_PROFILE).body)
        assert list(message_problems(message, case_no=row.case_no, divisions=("32",))) == []
        found.append(facts)
    return found


def _put_file(session: ScopedSession, key: OpenKey, owner_id: UUID, *, digest: str, code: str = "M1") -> UUID:
    """A file as it stands when it was uploaded, verified and scanned."""
    file_id = new_id()
    session.add(
        Attachment(
            tenant_id=1, id=file_id, owner_id=owner_id, question="/photos", material_code=code,
            sealed_name=key.seal("张三家的房子.jpg".encode(), context=name_context(file_id)), media_type="image/jpeg",
            size=11, sm3=digest, state="clean", scan_state="clean", data_key_id=key.id, object_key=f"t/1/{file_id}",
        )
    )  # fmt: skip
    session.flush()
    return file_id


def _draft_of(session: ScopedSession, keys: KeyRing, form: Form, sample: Mapping[str, Any]) -> OpenDraft:
    """A draft with the sample's answers, its files uploaded under the draft."""
    offer_item(session, form_code=form.code, serial=1)
    answers = json.loads(json.dumps(sample))
    ref = FormRef("item", form.code, form.version, form.hash, form.title)
    draft = start(session, keys=keys, tenant_id=1, form=ref, holder=Holder(citizen_id=ME), channel="mobile")
    for file in files_in(form.plan, answers):
        file.entry["id"] = str(_put_file(session, draft.key, draft.id, digest=file.entry["digest"]))
    typed = typed_of(answers)
    draft.row.typed = draft.key.seal(
        json.dumps({"values": dict(typed.values), "rows": dict(typed.rows)}).encode(), context=f"draft:{draft.id}:typed"
    )
    session.flush()
    return draft


@pytest.mark.parametrize(("code", "name"), _SAMPLES)
def test_the_official_forms_are_filed_and_told(db: Database, keys: KeyRing, code: str, name: str) -> None:
    """Every sample becomes a case whose first message the province would take, with all its files."""
    form = _library().form(code)
    sample = _library().samples[code][name]
    with db.scope(a_scope(ME)) as session:
        draft = _draft_of(session, keys, form, sample)
    with db.scope(a_scope(ME)) as session:
        receipt = submit(
            session, keys=keys, tenant_id=1, draft_id=draft.id, holder=Holder(citizen_id=ME), form=form,
            facts=Facts(SAMPLE_DAY),
        )  # fmt: skip
        case = open_case(session, keys=keys, tenant_id=1, case_id=receipt.case_id)
        (facts,) = _check_all(session, case.key)
        wanted = [file.entry["digest"] for file in files_in(form.plan, sample)]
        assert sorted(one["digest"] for one in facts["materials"]) == sorted(wanted)
        kept = session.scalars(select(CaseMaterial)).all()
        assert {one.attachment_id for one in kept} == set(
            session.scalars(select(Attachment.id).where(Attachment.case_id == receipt.case_id))
        )
        named = facts["answers"]["applicant"]["village"]
        assert case.row.village_code == (named if named.startswith("321003100") else None)
        # The name of a file may name a person: it is in the sealed answers only.
        assert {one.name for one in kept}.isdisjoint({"张三家的房子.jpg"})


def test_every_kind_of_event_is_told_in_the_words_of_the_contract(db: Database, keys: KeyRing) -> None:
    """One case goes through everything that can happen to one case, another is refused."""
    case_id = a_case(db, keys, citizen_id=ME, leased="true", owner="王五").case_id
    with db.scope(a_scope(ME)) as session:
        case = open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)
        window.pre_review(session, case=case, actor=CLERK, result="supplement", reason="缺户口簿")
        ask_supplement(session, case=case, actor=CLERK, asked=[Asked("户口簿", "没有", material_code="M1")])
        draft = begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=ME), title="茶园登记")
        file_id = _put_file(session, draft.key, draft.id, digest="a" * 64)
        entry = {"id": str(file_id), "name": "x", "size": 1, "media_type": "image/png", "digest": "b" * 64}
        save_fields(session, draft=draft, fields=[FieldSave("/leased", "false")])
        draft = begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=ME), title="茶园登记")
        _set_photos(session, draft, entry)
        draft = begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=ME), title="茶园登记")
        supply(session, keys=keys, case=case, draft=draft, form=a_form(), facts=FACTS)
        window.accept(session, case=case, actor=CLERK)
        window.start_special(
            session, case=case, actor=CLERK, kind="publicity", legal_basis="示例", promised_working_days=7
        )
        window.end_special(session, case=case, actor=CLERK, result="无异议")
        window.extend(session, case=case, actor=CLERK, working_days=3, reason="情况复杂", approved_by="王五")
        step = window.Step("S1", "审核", "pass", "同意", clock.now())
        window.record_step(session, case=case, actor=CLERK, step=step)
        result = _put_file(session, case.key, case_id, digest="c" * 64, code="R1")
        results = claim_results(session, key=case.key, tenant_id=1, case_id=case_id, ids=[result])
        window.decide(session, case=case, actor=CLERK, result="granted", document_no="1号", materials=results)
        window.deliver(session, case=case, actor=CLERK, method="post", tracking_no="SF1")
        right = {"method": "window", "delivered_at": clock.rfc3339(clock.now())}
        window.correct(session, case=case, actor=CLERK, seq=10, payload=right, reason="写错了")
        with pytest.raises(Problems):
            window.correct(session, case=case, actor=CLERK, seq=1, payload={}, reason="不行")
        facts = _check_all(session, case.key)
    assert [one["event"]["type"] for one in facts] == [
        "apply", "pre_review", "supplement_notice", "supplement", "accept", "special_start", "special_end", "extend",
        "step", "decide", "deliver", "correct",
    ]  # fmt: skip
    # What was verified when the bytes came in counts, not what a page said of them.
    assert [(one["digest"], one["size"]) for one in facts[3]["materials"]] == [("a" * 64, 11)]
    assert facts[3]["answers"]["photos"][0]["digest"] == "a" * 64
    assert facts[9]["materials"][0]["digest"] == "c" * 64


def _set_photos(session: ScopedSession, draft: OpenDraft, entry: dict[str, Any]) -> None:
    set_files(session, draft=draft, pointer="/photos", files=[entry])


def test_refusing_withdrawing_and_declaring_void_are_told(db: Database, keys: KeyRing) -> None:
    """The short ways a case can end."""
    endings = {
        "reject": lambda session, case: window.reject(session, case=case, actor=CLERK, reason="不属于本镇"),
        "void": lambda session, case: window.void(session, case=case, actor=CLERK, reason="重复申请"),
        "withdraw": lambda session, case: citizen.withdraw(session, case=case, reason=""),
    }
    for kind, end in endings.items():
        case_id = a_case(db, keys).case_id
        with db.scope(Scope(tenant_id=1, case_id=case_id)) as session:
            case = open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)
            end(session, case)
            assert _check_all(session, case.key)[-1]["event"]["type"] == kind


def test_a_file_of_another_draft_is_never_claimed(db: Database, keys: KeyRing) -> None:
    """A file that is not this draft's, or not ready: refused, nothing filed, the draft unharmed."""
    form, sample = _library().form("old-age-allowance"), _library().samples["old-age-allowance"]["sample"]
    with db.scope(a_scope(ME)) as session:
        draft = _draft_of(session, keys, form, sample)
        for row in session.scalars(select(Attachment).limit(1)):
            row.owner_id = new_id()
    with pytest.raises(attachments.NotReady), db.scope(a_scope(ME)) as session:
        submit(
            session, keys=keys, tenant_id=1, draft_id=draft.id, holder=Holder(citizen_id=ME), form=form,
            facts=Facts(SAMPLE_DAY),
        )  # fmt: skip
