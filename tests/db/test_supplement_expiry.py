"""补正超时: a case whose supplement did not come by its last day is closed by the worker, told and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import select, text

from makers import CLERK, a_case, a_form
from xiangtong import ledger
from xiangtong.cases import reminding, window
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.detail import detail
from xiangtong.cases.jobs import expire_supplements, remind_of_supplements, tell
from xiangtong.cases.record import open_case, open_to_move
from xiangtong.cases.supplements import Asked, ask_supplement, begin_supplement
from xiangtong.cases.timeline import timeline
from xiangtong.cases.worklist import worklist
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import Holder, unsealed
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Problems
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact
from xiangtong.province import mapping
from xiangtong.province.contract import problems
from xiangtong.province.profile import Profile
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

pytestmark = pytest.mark.usefixtures("township")

_CITIZEN = UUID(int=11)
# Five working days after Monday 12 October 2026.
_LAST_DAY = date(2026, 10, 19)


@contextmanager
def _on(day: int, hour: int = 10) -> Iterator[None]:
    with clock.frozen(datetime(2026, 10, day, hour, 0, tzinfo=clock.SHANGHAI)):
        yield


def _asked(db: Database, keys: KeyRing, *, accepted: bool = True) -> UUID:
    with _on(12):
        case_id = a_case(db, keys, citizen_id=_CITIZEN).case_id
        with db.scope(Scope(tenant_id=1)) as session:
            case = open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)
            if accepted:
                window.accept(session, case=case, actor=CLERK)
            ask_supplement(session, case=case, actor=CLERK, asked=[Asked("户口本", "缺第二页")], answer_days=5)
    return case_id


def _swept(db: Database, keys: KeyRing) -> int:
    return expire_supplements(SimpleNamespace(db=db, keys=keys))


@pytest.mark.parametrize("accepted", [True, False])
def test_what_did_not_come_in_time_is_closed_told_and_shown(db: Database, keys: KeyRing, accepted: bool) -> None:
    """On the last day nothing happens; the day after it is one decision, in the chain and in the ledger."""
    case_id = _asked(db, keys, accepted=accepted)
    with _on(_LAST_DAY.day, 23):
        assert _swept(db, keys) == 0
    with _on(20):
        assert (_swept(db, keys), _swept(db, keys)) == (1, 0)
        with db.scope(Scope(tenant_id=1)) as session:
            seen = detail(session, keys=keys, tenant_id=1, case_id=case_id)
            plain = timeline(session, case=seen.case)
            assert verify_chain(session, tenant_id=1, case_id=case_id).holds
            fact = session.scalars(select(LedgerFact).order_by(LedgerFact.seq.desc())).first()
            assert fact is not None
            facts = ledger.read_facts(fact, key=seen.case.key)
    assert seen.row.state == "decided"
    last = seen.happenings[-1]
    assert (last.type, last.result, last.actor) == ("decide", "supplement_expired", "系统自动办结")
    assert "2026-10-19" in last.details[1]
    assert plain[-1].details[0] == "超过期限没有补正"
    assert facts["actor"]["dept_name"] == "公道镇人民政府"
    wire = mapping.write(facts, message_id=new_id(), profile=Profile("default", "", "", ""))
    assert problems(wire.body) == ()


def test_what_was_begun_ends_and_a_supplement_in_time_is_left_alone(db: Database, keys: KeyRing) -> None:
    case_id = _asked(db, keys)
    with _on(13), db.scope(Scope(tenant_id=1, citizen_id=_CITIZEN)) as session:
        case = open_case(session, keys=keys, tenant_id=1, case_id=case_id)
        begin_supplement(session, keys=keys, case=case, holder=Holder(citizen_id=_CITIZEN), title=a_form().title)
    with _on(20):
        assert _swept(db, keys) == 1
    with db.scope(Scope(tenant_id=1)) as session:
        begun = session.scalars(select(Draft).where(Draft.case_id == case_id)).one()
        ended = unsealed(session, keys=keys, row=begun)
        assert (begun.state, ended.typed.values) == ("submitted", {})


def test_whoever_is_just_handing_it_in_is_let_through(db: Database, keys: KeyRing) -> None:
    """They hold the draft and will ask for the case; the job holds the case and must not wait for the draft."""
    case_id = _asked(db, keys)
    with _on(13), db.scope(Scope(tenant_id=1, citizen_id=_CITIZEN)) as session:
        case = open_case(session, keys=keys, tenant_id=1, case_id=case_id)
        draft = begin_supplement(
            session, keys=keys, case=case, holder=Holder(citizen_id=_CITIZEN), title=a_form().title
        )
    with _on(20):
        with db.scope(Scope(tenant_id=1, citizen_id=_CITIZEN)) as session:
            session.get_one(Draft, (1, draft.id), with_for_update=True)
            assert _swept(db, keys) == 0
        assert _swept(db, keys) == 1


def test_a_case_that_kept_no_day_has_it_in_its_notice(db: Database, keys: KeyRing) -> None:
    """Asked before days were kept with the limits."""
    case_id = _asked(db, keys)
    with db.scope(Scope(tenant_id=1)) as session:
        old = text("update case_record set limits = jsonb_set(limits, '{stops}', '[[\"2026-10-12\", null]]')")
        session.execute(old)
    with _on(19):
        assert _swept(db, keys) == 0
    with _on(20):
        assert _swept(db, keys) == 1
    with db.scope(Scope(tenant_id=1)) as session:
        assert open_case(session, keys=keys, tenant_id=1, case_id=case_id).row.state == "decided"


def test_one_case_that_cannot_be_closed_keeps_no_other_waiting(db: Database, keys: KeyRing) -> None:
    spoilt, good = _asked(db, keys), _asked(db, keys)
    with db.scope(Scope(tenant_id=1)) as session:
        session.execute(text("update case_record set body = '' where id = :id"), {"id": spoilt})
    with _on(20):
        assert _swept(db, keys) == 1
    with db.scope(Scope(tenant_id=1)) as session:
        assert open_case(session, keys=keys, tenant_id=1, case_id=good).row.state == "decided"


def test_nobody_is_too_late_before_the_day_is_over_and_the_list_counts_it(db: Database, keys: KeyRing) -> None:
    case_id = _asked(db, keys)
    with _on(15), db.scope(Scope(tenant_id=1)) as session:
        assert worklist(session, keys=keys, tenant_id=1).rows[0].asked_days_left == 2
        case = open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)
        with pytest.raises(Problems) as early:
            window.decide(session, case=case, actor=CLERK, result="supplement_expired", reason="没有补")
        assert "2026-10-19" in early.value.problems[0].message


@dataclass
class _Phone:
    """Keeps what was sent: (phone, template, day)."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, *, phone: str, template: str, values: Mapping[str, str]) -> None:
        self.sent.append((phone, template, values["day"]))


def _told(db: Database, keys: KeyRing) -> list[tuple[str, str, str]]:
    """Run the messages that wait, once each."""
    phone = _Phone()
    with db.scope(Scope(tenant_id=1)) as session:
        waiting = session.scalars(
            text("select args from procrastinate_jobs where task_name = 'cases.tell' order by id")
        ).all()
        assert all(set(one) == {"tenant_id", "case_id", "what"} for one in waiting)
    for one in waiting:
        tell(SimpleNamespace(db=db, keys=keys, sms=phone), **one)
    return phone.sent


def test_two_working_days_before_and_the_day_after_a_message_says_so(db: Database, keys: KeyRing) -> None:
    _asked(db, keys)
    needs = SimpleNamespace(db=db, keys=keys)
    with _on(14):
        assert remind_of_supplements(needs) == 0
    with _on(15):
        assert (remind_of_supplements(needs), remind_of_supplements(needs)) == (1, 0)
        assert _told(db, keys) == [("13800138000", "supplement_soon", "2026-10-19")]
    with _on(20):
        assert (remind_of_supplements(needs), _swept(db, keys)) == (0, 1)
        # What was to be said in time is not said too late.
        assert _told(db, keys) == [("13800138000", "supplement_expired", "2026-10-19")]


def test_nobody_is_woken_by_a_message() -> None:
    hours = {hour: reminding._waking(datetime(2026, 10, 15, hour, 7, tzinfo=clock.SHANGHAI)) for hour in (0, 9, 23)}
    assert [f"{hours[hour]:%d %H:%M}" for hour in (0, 9, 23)] == ["15 08:30", "15 09:07", "16 08:30"]
