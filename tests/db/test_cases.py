"""A case from submission to delivery: every move an event, a fact and a state; supplements, stops, guests, look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text

from makers import CLERK, FACTS, a_case, a_form, a_scope, count, on
from xiangtong import ledger
from xiangtong.cases import citizen, guests, window
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.detail import Detail, detail
from xiangtong.cases.facts import Actor
from xiangtong.cases.lookup import asked_for, tenant_of_number
from xiangtong.cases.models import NO_DAY, CaseRecord
from xiangtong.cases.moves import MoveRefused
from xiangtong.cases.record import CaseChanged, OpenCase, open_to_move
from xiangtong.cases.supplements import (
    Asked,
    AskedBefore,
    NothingChanged,
    ask_supplement,
    asked_of,
    begin_supplement,
    supply,
)
from xiangtong.cases.timeline import timeline
from xiangtong.cases.worklist import Filters, worklist
from xiangtong.drafts.filling import FieldSave, save_fields
from xiangtong.drafts.opening import Holder
from xiangtong.drafts.work import work_items
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

pytestmark = pytest.mark.usefixtures("township")


@contextmanager
def _moving(db: Database, keys: KeyRing, case_id: UUID) -> Iterator[tuple[ScopedSession, OpenCase]]:
    with db.scope(Scope(tenant_id=1)) as session:
        yield session, open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)


def _detail(db: Database, keys: KeyRing, case_id: UUID) -> Detail:
    with db.scope(Scope(tenant_id=1)) as session:
        return detail(session, keys=keys, tenant_id=1, case_id=case_id)


def test_the_whole_way_of_a_case(db: Database, keys: KeyRing) -> None:
    """Reviewed, accepted, three steps, decided, delivered: eight events, eight facts, one chain."""
    case_id = a_case(db, keys).case_id
    with _moving(db, keys, case_id) as (session, case):
        window.pre_review(session, case=case, actor=CLERK, result="pass")
    with _moving(db, keys, case_id) as (session, case):
        window.accept(session, case=case, actor=CLERK, window="1 号窗口")
    for code, name in (("S1", "村级审查"), ("S2", "镇级审核"), ("S3", "镇长签批")):
        step = window.Step(code, name, "pass", "同意", clock.now())
        with _moving(db, keys, case_id) as (session, case):
            window.record_step(session, case=case, actor=CLERK, step=step)
    with _moving(db, keys, case_id) as (session, case):
        window.decide(session, case=case, actor=CLERK, result="granted", document_no="公政〔2026〕1号")
    with _moving(db, keys, case_id) as (session, case):
        window.deliver(session, case=case, actor=CLERK, method="window")
    seen = _detail(db, keys, case_id)
    assert (seen.row.state, seen.row.open, seen.row.last_seq) == ("delivered", False, 8)
    assert [one.type for one in seen.happenings] == [
        "apply", "pre_review", "accept", "step", "step", "step", "decide", "deliver",
    ]  # fmt: skip
    assert seen.happenings[3].details == ("村级审查：通过", "同意")
    assert seen.happenings[3].actor == "李四（GD-0007）"
    assert seen.happenings[-1].push == "on_the_way"
    with db.scope(Scope(tenant_id=1)) as session:
        assert verify_chain(session, tenant_id=1, case_id=case_id).holds
        facts = session.scalars(select(LedgerFact).order_by(LedgerFact.seq)).all()
        assert [fact.seq for fact in facts] == list(range(1, 9))
        accepted = ledger.read_facts(facts[2], key=seen.case.key)
    assert accepted["actor"] == {
        "name": "李四", "staff_no": "GD-0007", "dept_name": "公道镇人民政府", "dept_code": "11321003MB0123456B",
    }  # fmt: skip
    assert accepted["event"]["payload"]["window"] == "1 号窗口"


def test_due_dates_run_stop_and_carry_over(db: Database, keys: KeyRing) -> None:
    """Accepted Monday 12, special procedure from Wednesday 14 to Friday 30, extended by two, all in working days."""
    with on(9):
        case_id = a_case(db, keys).case_id
        assert _detail(db, keys, case_id).due_on == date(2026, 10, 16)  # five days to answer
    with on(12), _moving(db, keys, case_id) as (session, case):
        window.accept(session, case=case, actor=CLERK)
    seen = _detail(db, keys, case_id)
    assert (str(seen.row.promised_due_on), str(seen.row.statutory_due_on)) == ("2026-10-19", "2026-11-09")
    with on(14), _moving(db, keys, case_id) as (session, case):
        window.start_special(
            session, case=case, actor=CLERK, kind="publicity", legal_basis="示例", promised_working_days=7
        )
        assert case.row.due_on == NO_DAY
    assert _detail(db, keys, case_id).light == "still"
    with on(30), _moving(db, keys, case_id) as (session, case):
        window.end_special(session, case=case, actor=CLERK, result="公示无异议")
        assert str(case.row.promised_due_on) == "2026-11-04"
    with on(30), _moving(db, keys, case_id) as (session, case):
        window.extend(session, case=case, actor=CLERK, working_days=2, reason="情况复杂", approved_by="王五")
        assert str(case.row.promised_due_on) == "2026-11-06"
    with on(5, 11):
        assert _detail(db, keys, case_id).light == "gold"
    with on(9, 11):
        assert _detail(db, keys, case_id).light == "red"


def test_a_move_that_is_not_allowed_writes_nothing(db: Database, keys: KeyRing) -> None:
    """Deciding what was never accepted; a page that is old."""
    case_id = a_case(db, keys).case_id
    with pytest.raises(MoveRefused), _moving(db, keys, case_id) as (session, case):
        window.decide(session, case=case, actor=CLERK, result="granted")
    with db.scope(Scope(tenant_id=1)) as session, pytest.raises(CaseChanged):
        open_to_move(session, keys=keys, tenant_id=1, case_id=case_id, seen_seq=7)
    assert _detail(db, keys, case_id).row.last_seq == 1


def test_what_has_to_be_said_is_asked_for(db: Database, keys: KeyRing) -> None:
    """A refusal without a reason, a supplement without a what: sentences at their fields."""
    case_id = a_case(db, keys).case_id
    with pytest.raises(Problems) as refused, _moving(db, keys, case_id) as (session, case):
        window.reject(session, case=case, actor=CLERK, reason="  ")
    assert refused.value.problems[0].where == "/reason"
    with pytest.raises(Problems) as refused, _moving(db, keys, case_id) as (session, case):
        ask_supplement(session, case=case, actor=CLERK, asked=[Asked("户口簿", ""), Asked("", "看不清")])
    assert [problem.where for problem in refused.value.problems] == ["/asked/0/reason", "/asked/1/what"]


def test_a_supplement_tells_only_what_changed(db: Database, keys: KeyRing) -> None:
    """Asked once for everything; the patch names what changed, null for what became hidden."""
    me = new_id()
    case_id = a_case(db, keys, citizen_id=me, leased="true", owner="王五").case_id
    with _moving(db, keys, case_id) as (session, case):
        ask_supplement(
            session, case=case, actor=CLERK, asked=[Asked("电话", "打不通", pointer="/applicant/phone")], answer_days=5
        )
    with pytest.raises(MoveRefused), _moving(db, keys, case_id) as (session, case):
        ask_supplement(session, case=case, actor=CLERK, asked=[Asked("还有", "忘了")], again=True)
    with db.scope(a_scope(me)) as session:
        case = citizen.own_case(session, keys=keys, tenant_id=1, case_id=case_id, citizen_id=me, to_move=True)
        assert asked_of(session, case=case)[0] == [Asked("电话", "打不通", "/applicant/phone")]
        draft = begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=me), title="茶园登记")
        with pytest.raises(NothingChanged):
            supply(session, keys=keys, case=case, draft=draft, form=a_form(), facts=FACTS)
    with db.scope(a_scope(me)) as session:
        case = citizen.own_case(session, keys=keys, tenant_id=1, case_id=case_id, citizen_id=me, to_move=True)
        draft = begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=me), title="茶园登记")
        fields = [FieldSave("/applicant/phone", "13900139000"), FieldSave("/leased", "false")]
        save_fields(session, draft=draft, fields=fields)
        draft = begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=me), title="茶园登记")
        supply(session, keys=keys, case=case, draft=draft, form=a_form(), facts=FACTS)
    seen = _detail(db, keys, case_id)
    assert (seen.row.state, seen.row.last_seq, seen.asked) == ("submitted", 3, ())
    assert seen.body["answers"] == {
        "applicant": {"name": "张三", "id_number": "321003198801010016", "phone": "13900139000"},
        "leased": False,
        "helpers": [],
    }
    with db.scope(a_scope(me)) as session:
        fact = session.scalars(select(LedgerFact).where(LedgerFact.seq == 3)).one()
        facts = ledger.read_facts(fact, key=seen.case.key)
        assert count(session, "citizen_draft") == 0
        page = worklist(session, keys=keys, tenant_id=1, filters=Filters(text="13900139000"))
        assert [row.id for row in page.rows] == [case_id]
        assert worklist(session, keys=keys, tenant_id=1, filters=Filters(text="13800138000")).rows == ()
    assert facts["event"]["payload"] == {
        "data": {"applicant": {"phone": "13900139000"}, "leased": False, "owner": None}
    }
    with pytest.raises(AskedBefore), _moving(db, keys, case_id) as (session, case):
        ask_supplement(session, case=case, actor=CLERK, asked=[Asked("户口簿", "没有")])
    with _moving(db, keys, case_id) as (session, case):
        ask_supplement(session, case=case, actor=CLERK, asked=[Asked("户口簿", "没有")], again=True)


def test_the_citizen_sees_plain_words_and_withdraws(db: Database, keys: KeyRing) -> None:
    """No staff names for citizens; a case withdrawn is over; nobody else can withdraw it."""
    me = new_id()
    receipt = a_case(db, keys, citizen_id=me)
    with db.scope(a_scope(me)) as session:
        assert [one.case_no for one in citizen.cases_of(session, citizen_id=me)] == [receipt.case_no]
        case = citizen.own_case(session, keys=keys, tenant_id=1, case_id=receipt.case_id, citizen_id=me, to_move=True)
        citizen.withdraw(session, case=case)
        lines = timeline(session, case=case)
        assert [line.title for line in lines] == ["您提交了申请", "您撤回了申请"]
        assert all(line.actor is None for line in lines)
        assert (case.row.state, case.row.open) == ("withdrawn", False)
    with db.scope(a_scope(new_id())) as session, pytest.raises(NotFound):
        citizen.own_case(session, keys=keys, tenant_id=1, case_id=receipt.case_id, citizen_id=new_id())


def test_asking_without_signing_in(db: Database, keys: KeyRing) -> None:
    """By number from anywhere, by short code in the township; wrong digits get the same answer as wrong numbers."""
    receipt = a_case(db, keys)
    with db.scope(Scope()) as session:
        assert tenant_of_number(session, receipt.case_no) == 1
        with asked_for(session, keys=keys, asked=receipt.case_no, last_four="0016") as case:
            assert case.row.id == receipt.case_id
            assert len(timeline(session, case=case)) == 1
        with asked_for(session, keys=keys, asked=receipt.short_code.lower(), last_four="0016", tenant_id=1) as case:
            assert case.row.id == receipt.case_id
        for asked, last_four, tenant_id in [
            (receipt.case_no, "0017", None),
            (receipt.case_no, "", None),
            (receipt.short_code, "0016", 2),
            (receipt.short_code, "0016", None),
            ("张三", "0016", 1),
            ("", "0016", 1),
        ]:
            with (
                pytest.raises(NotFound, match="后四位"),
                asked_for(session, keys=keys, asked=asked, last_four=last_four, tenant_id=tenant_id),
            ):
                pass


def test_a_guest_proves_the_work_item_and_sees_one_case(db: Database, keys: KeyRing) -> None:
    """The receiver has a work item without personal data; through it one case, and only while it is live."""
    shared, other = a_case(db, keys), a_case(db, keys)
    with _moving(db, keys, shared.case_id) as (session, case):
        window.accept(session, case=case, actor=CLERK)
        item_id = guests.invite(session, case=case, to_tenant_id=2)
    guest = Actor(new_id(), "赵六", "YS-0001", "杨寿镇人民政府", "11321003MB0123456B")
    with db.scope(Scope(tenant_id=2)) as session:
        assert [(item.id, item.title) for item in work_items(session, tenant_id=2)] == [(item_id, "茶园登记")]
        assert count(session, "case_record") == 0
        with guests.visiting(session, keys=keys, tenant_id=2, work_item_id=item_id) as case:
            assert count(session, "case_record") == count(session, "case_event") // 2 == 1
            assert session.scalar(select(CaseRecord.id).where(CaseRecord.id == other.case_id)) is None
            step = window.Step("S9", "协查", "pass", "情况属实", clock.now())
            window.record_step(session, case=case, actor=guest, step=step)
        assert count(session, "case_record") == 0
    with _moving(db, keys, shared.case_id) as (session, case):
        assert case.row.last_seq == 3
        guests.uninvite(session, case=case, from_tenant_id=2)
    with (
        db.scope(Scope(tenant_id=2)) as session,
        pytest.raises(NotFound),
        guests.visiting(session, keys=keys, tenant_id=2, work_item_id=item_id),
    ):
        pytest.fail("the work item is no longer live")


def test_a_promise_nobody_made_leaves_the_statutory_day(db: Database, keys: KeyRing) -> None:
    """Without a promised limit the light works on the statutory one."""
    case_id = a_case(db, keys).case_id
    with db.scope(Scope(tenant_id=1)) as session:
        session.execute(text("update case_record set limits = limits || '{\"promised_days\": null}'"))
    with on(12), _moving(db, keys, case_id) as (session, case):
        window.accept(session, case=case, actor=CLERK)
        assert case.row.promised_due_on is None
        assert case.row.due_on == case.row.statutory_due_on
