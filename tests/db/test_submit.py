"""THE transaction: one case whatever is done twice, everything or nothing, few statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from makers import FACTS, VILLAGE, a_case, a_draft, a_form, a_scope, count
from xiangtong import ledger
from xiangtong.cases import numbers
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.models import CaseEvent, CaseRecord, CitizenCase
from xiangtong.cases.record import open_case, read_event
from xiangtong.cases.submit import FilingClosed, FormChanged, Receipt, submit
from xiangtong.drafts.filling import FieldSave, save_fields
from xiangtong.drafts.opening import DraftClosed, Holder, load, load_to_write
from xiangtong.items.offer import NotOffered, NotRegistered
from xiangtong.kernel.errors import NotFound, Problems, TooMany
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import CITY, Database, Scope

pytestmark = pytest.mark.usefixtures("township")


def _begin(db: Database, keys: KeyRing, citizen_id: UUID, **typed: str) -> UUID:
    with db.scope(a_scope(citizen_id)) as session:
        return a_draft(session, keys=keys, citizen_id=citizen_id, **typed).id


def _submit(db: Database, keys: KeyRing, draft_id: UUID, citizen_id: UUID, **changes: Any) -> Receipt:
    plain: dict[str, Any] = {"holder": Holder(citizen_id=citizen_id), "form": a_form()}
    with db.scope(a_scope(citizen_id)) as session:
        return submit(session, keys=keys, tenant_id=1, draft_id=draft_id, facts=FACTS, **(plain | changes))


@contextmanager
def _statements(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.app, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.app, "before_cursor_execute", note)


def test_a_draft_becomes_a_case_with_event_fact_job_and_pointer(db: Database, keys: KeyRing) -> None:
    """Everything that has to be there is there, after one transaction."""
    me = new_id()
    receipt = _submit(db, keys, _begin(db, keys, me, leased="true", owner="王五", helpers__0__name="赵六"), me)
    assert numbers.is_case_no(receipt.case_no)
    assert receipt.case_no.startswith("321003100")
    with db.scope(a_scope(me)) as session:
        case = open_case(session, keys=keys, tenant_id=1, case_id=receipt.case_id)
        assert case.body["answers"] == {
            "applicant": {"name": "张三", "id_number": "321003198801010016", "phone": "13800138000"},
            "leased": True,
            "owner": "王五",
            "helpers": [{"name": "赵六"}],
        }
        assert (case.row.state, case.row.applicant_name, case.row.applicant_initials) == ("submitted", "张三", "zs")
        assert case.row.village_code == VILLAGE
        first = session.scalars(select(CaseEvent)).one()
        assert (first.seq, first.type) == (1, "apply")
        assert read_event(case, first)["payload"]["channel"] == "mobile"
        assert verify_chain(session, tenant_id=1, case_id=receipt.case_id).holds
        fact = session.scalars(select(LedgerFact)).one()
        facts = ledger.read_facts(fact, key=case.key)
        assert facts["case"]["case_no"] == receipt.case_no
        assert facts["applicant"]["id_type"] == "resident_id"
        assert facts["answers"] == case.body["answers"]
        assert facts["event"] == {
            "type": "apply", "seq": 1, "occurred_at": facts["case"]["submitted_at"],
            "payload": {"channel": "mobile", "form_code": "tea-card", "form_version": 1},
        }  # fmt: skip
        assert session.scalars(select(CitizenCase.case_no)).one() == receipt.case_no
        assert count(session, "citizen_draft") == 0


def test_what_is_hidden_is_not_filed_and_leaves_with_the_draft(db: Database, keys: KeyRing) -> None:
    """A name typed before the answer changed reaches neither case nor facts, and is gone from the draft."""
    me = new_id()
    draft_id = _begin(db, keys, me, leased="false", owner="王五")
    _submit(db, keys, draft_id, me)
    with db.scope(a_scope(me)) as session:
        case = open_case(session, keys=keys, tenant_id=1, case_id=draft_id)
        assert "王五" not in json.dumps(case.body, ensure_ascii=False)
        draft = load(session, keys=keys, tenant_id=1, draft_id=draft_id, holder=Holder(citizen_id=me))
        assert draft.typed.values == {}


def test_submitting_again_gives_the_same_receipt(db: Database, keys: KeyRing) -> None:
    """Back, time-out, retry."""
    me = new_id()
    draft_id = _begin(db, keys, me)
    first = _submit(db, keys, draft_id, me)
    assert _submit(db, keys, draft_id, me) == first
    with db.scope(a_scope(me)) as session:
        assert count(session, "case_record") == count(session, "ledger_fact") == 1
        with pytest.raises(DraftClosed):
            load_to_write(session, keys=keys, tenant_id=1, draft_id=draft_id, holder=Holder(citizen_id=me))


def test_at_most_twelve_statements(db: Database, keys: KeyRing) -> None:
    """Scope and job included, on a process that has served before."""
    me = new_id()
    a_case(db, keys)
    draft_id = _begin(db, keys, me, leased="true", owner="王五")
    with _statements(db) as seen:
        _submit(db, keys, draft_id, me)
    print(f"statements in submit: {len(seen)}")
    assert len(seen) <= 12, "\n".join(seen)


def test_all_problems_come_together_and_nothing_is_written(db: Database, keys: KeyRing) -> None:
    """A wrong phone and a missing owner: two sentences, no case, the draft as it was."""
    me = new_id()
    draft_id = _begin(db, keys, me, leased="true", applicant__phone="1380013")
    with pytest.raises(Problems) as refused:
        _submit(db, keys, draft_id, me)
    assert [problem.where for problem in refused.value.problems] == ["/applicant/phone", "/owner"]
    with db.scope(a_scope(me)) as session:
        assert count(session, "case_record") == count(session, "case_counter") == count(session, "ledger_fact") == 0
        draft = load_to_write(session, keys=keys, tenant_id=1, draft_id=draft_id, holder=Holder(citizen_id=me))
        assert draft.typed.values["/applicant/phone"] == "1380013"
        save_fields(
            session, draft=draft, fields=[FieldSave("/leased", "false"), FieldSave("/applicant/phone", "13800138000")]
        )
    assert _submit(db, keys, draft_id, me).case_id == draft_id


def test_a_failure_in_the_middle_leaves_nothing(db: Database, keys: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ledger refuses the fact, there is no case either."""
    me = new_id()
    draft_id = _begin(db, keys, me)
    true_row = ledger.fact_row

    def bad_row(**facts: Any) -> LedgerFact:
        return true_row(**(facts | {"seq": 0}))

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "fact_row", bad_row)
        with pytest.raises(IntegrityError):
            _submit(db, keys, draft_id, me)
    with db.scope(a_scope(me)) as session:
        assert count(session, "case_record") == count(session, "case_counter") == count(session, "citizen_case") == 0
    assert _submit(db, keys, draft_id, me)


def test_nobody_submits_somebody_elses_draft(db: Database, keys: KeyRing) -> None:
    """Another citizen, another member of staff, another township: not found."""
    me = new_id()
    draft_id = _begin(db, keys, me)
    with pytest.raises(NotFound):
        _submit(db, keys, draft_id, new_id())
    with pytest.raises(NotFound):
        _submit(db, keys, draft_id, me, holder=Holder(staff_id=new_id()))
    with db.scope(a_scope(me, tenant_id=2)) as session, pytest.raises(NotFound):
        submit(
            session, keys=keys, tenant_id=2, draft_id=draft_id, holder=Holder(citizen_id=me), form=a_form(),
            facts=FACTS,
        )  # fmt: skip


def test_another_form_version_has_to_be_looked_at_again(db: Database, keys: KeyRing) -> None:
    """A draft never becomes a case of a form that its owner did not see."""
    me = new_id()
    newer = replace(a_form(), version=2, hash="1" * 64)
    with pytest.raises(FormChanged):
        _submit(db, keys, _begin(db, keys, me), me, form=newer)


def test_a_suspended_township_takes_no_filings(db: Database, keys: KeyRing) -> None:
    """And says whom to ask; the draft stays."""
    me = new_id()
    draft_id = _begin(db, keys, me)
    with db.scope(CITY) as session:
        session.get_one(Tenant, 1).state = "suspended"
    with pytest.raises(FilingClosed, match="公道镇"):
        _submit(db, keys, draft_id, me)


def test_fifty_at_once_make_one_case_and_one_receipt(db: Database, keys: KeyRing) -> None:
    """The race of a double tap, fifty times over."""
    me = new_id()
    draft_id = _begin(db, keys, me)
    with ThreadPoolExecutor(16) as pool:
        receipts = list(pool.map(lambda _: _submit(db, keys, draft_id, me), range(50)))
    assert set(receipts) == {receipts[0]}
    with db.scope(a_scope(me)) as session:
        assert count(session, "case_record") == count(session, "case_event") == count(session, "ledger_fact") == 1
        assert session.scalar(text("select serial from case_counter")) == 1
        assert session.scalar(text("select count(*) from procrastinate_jobs where task_name = 'push.deliver'")) == 1


def test_forty_people_at_once_get_forty_numbers(db: Database, keys: KeyRing) -> None:
    """No number twice, none left out while nothing fails."""
    people = [new_id() for _ in range(40)]
    drafts = [(_begin(db, keys, me), me) for me in people]
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda one: _submit(db, keys, *one), drafts))
    serials = sorted(int(receipt.case_no[15:21]) for receipt in receipts)
    assert serials == list(range(1, 41))
    assert len({receipt.short_code for receipt in receipts}) == 40


def test_a_case_number_has_22_digits_and_a_right_check(db: Database) -> None:
    """Township, day, serial, check, for a year of serials and days; one wrong digit is noticed."""
    made = text(
        "select case_number('321003100', date '2026-01-01' + n, n * 2737 % 999999 + 1) from generate_series(0, 364) n"
    )
    with db.scope(a_scope()) as session:
        found = session.scalars(made).all()
    assert found[0] == "3210031002601010000012"
    for number in found:
        assert numbers.is_case_no(number)
        assert numbers.township_of(number) == "321003100"
        assert not numbers.is_case_no(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_a_day_has_999_999_numbers(db: Database, keys: KeyRing) -> None:
    """The next filing is told so, writes nothing, and gives its serial back."""
    me = new_id()
    a_case(db, keys)
    draft_id = _begin(db, keys, me)
    with db.scope(a_scope()) as session:
        session.execute(text("update case_counter set serial = 999999"))
    with pytest.raises(TooMany, match="明天"):
        _submit(db, keys, draft_id, me)
    with db.scope(a_scope(me)) as session:
        assert count(session, "case_record") == 1
        assert session.scalar(text("select serial from case_counter")) == 999_999


def test_a_second_tap_gives_the_receipt_after_the_item_was_closed(db: Database, keys: KeyRing) -> None:
    """Whether something may be filed is asked of what is not filed yet."""
    me = new_id()
    draft_id, late = _begin(db, keys, me), _begin(db, keys, me)
    first = _submit(db, keys, draft_id, me)
    with db.scope(Scope(tenant_id=1)) as session:
        session.execute(text("update item set item_code = null"))
    assert _submit(db, keys, draft_id, me) == first
    with pytest.raises(NotRegistered):
        _submit(db, keys, late, me)
    with db.scope(Scope(tenant_id=1)) as session:
        session.execute(text("update item set state = 'paused'"))
    with pytest.raises(NotOffered):
        _submit(db, keys, late, me)


def test_townships_count_apart(db: Database, keys: KeyRing) -> None:
    """Each begins at 1, and neither sees the other's case."""
    one, other = a_case(db, keys), a_case(db, keys, tenant_id=2)
    assert one.case_no[15:21] == other.case_no[15:21] == "000001"
    assert other.case_no.startswith("321003108")
    with db.scope(Scope(tenant_id=2)) as session:
        assert session.get(CaseRecord, (1, one.case_id)) is None
