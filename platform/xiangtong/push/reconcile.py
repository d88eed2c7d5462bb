"""Reconciliation (contract §5): equal chains prove equal content; what differs is for a person to decide.

Ours and theirs are both taken as of the end of the day in question, by the province's own clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from xiangtong.kernel import clock
from xiangtong.kernel.errors import Refusal
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import Reconciled
from xiangtong.ledger.record import defer_delivery
from xiangtong.push import differences
from xiangtong.push.models import ReconciliationRun
from xiangtong.push.ports import CaseState, Line, Services
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Scope

_MOST_DAYS = 31
# Cases with a receipt of that day, each as it stood when the day ended.
_OURS = text(
    "select distinct on (case_id) case_id, case_no, seq, chain from receipt where tenant_id = :tenant_id"
    " and case_id in (select case_id from receipt where tenant_id = :tenant_id and received_on = :day)"
    " and received_on <= :day order by case_id, seq desc"
)
_AT = text("select case_id, seq, chain from receipt where tenant_id = :tenant_id and case_no = :case_no and seq = :seq")
_KNOWN = text("select case_id from ledger_fact where tenant_id = :tenant_id and case_no = :case_no limit 1")
# The first lost event is due at once, what follows it waits its turn.
_RESEND = text(
    "update ledger_fact set state = case when seq = :first then 'due' else 'behind' end, due_at = :now,"
    " lease_until = null where tenant_id = :tenant_id and case_id = :case_id and seq >= :first and seq <= :last"
    " and state = 'delivered' returning id, seq"
)


class DayNotOver(Refusal):
    """A day may be asked for once it is over."""

    code = "DAY_NOT_OVER"
    status = 400


@dataclass
class Report:
    """What one day's comparison found. `strays` are case numbers the province lists and nobody here knows.

    `closed` counts the differences of whatever day that the province's word of now no longer bears out.
    """

    day: date
    cases: int = 0
    messages: int = 0
    equal: int = 0
    re_sent: int = 0
    differences: int = 0
    closed: int = 0
    strays: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether both sides hold the same."""
        return not (self.re_sent or self.differences or self.strays)


def days_to_compare(session: Session, *, city_code: str) -> list[date]:
    """Yesterday, and of the month before it the days since the first comparison that were never compared."""
    yesterday = clock.today() - timedelta(days=1)
    month = [yesterday - timedelta(days=back) for back in reversed(range(_MOST_DAYS))]
    ran = select(ReconciliationRun.day).where(ReconciliationRun.city_code == city_code)
    done = set(session.scalars(ran.where(ReconciliationRun.day >= month[0]).distinct()))
    first = session.scalar(ran.order_by(ReconciliationRun.day).limit(1)) or yesterday
    return [day for day in month if day >= first and day not in done]


def reconcile(services: Services, day: date, *, city_code: str) -> Report:
    """Compare one day of one city with its province: mark what is equal, send again what is lost, note the rest.

    Raises DayNotOver, and ports.Unreachable when the province cannot be asked (nothing is marked then).
    """
    if day >= clock.today():
        raise DayNotOver("这一天还没有过完，明天再对账", "The day is not over yet")
    line = services.transport.line(city_code)
    report = Report(day)
    theirs = {state.case_no: state for state in _listed(line, day, city_code, report)}
    with services.db.scope(NOBODY) as session:
        tenants = session.execute(select(Tenant.id, Tenant.code).where(Tenant.city_code == city_code)).all()
    for tenant in tenants:
        _compare(_Side(services, line, tenant.id, report), theirs)
    for tenant in tenants:
        # What nobody has a receipt of belongs to the township whose digits the number begins with.
        for number in [number for number in theirs if number.startswith(tenant.code)]:
            _unlisted_here(_Side(services, line, tenant.id, report), theirs.pop(number))
    report.strays = sorted([*report.strays, *theirs])
    for tenant in tenants:
        _look_again(_Side(services, line, tenant.id, report))
    with services.db.scope(NOBODY) as session:
        session.add(_run(report, city_code))
    return report


def _listed(line: Line, day: date, city_code: str, report: Report) -> Iterator[CaseState]:
    cursor = None
    while True:
        page = line.reconciliation(day, division=city_code, cursor=cursor)
        report.cases, report.messages = page.total_cases, page.total_messages
        yield from page.cases
        if not page.next_cursor:
            return
        cursor = page.next_cursor


@dataclass(frozen=True)
class _Side:
    """One township's side of the comparison."""

    services: Services
    line: Line
    tenant_id: int
    report: Report

    @property
    def scope(self) -> Scope:
        return Scope(tenant_id=self.tenant_id)


def _compare(here: _Side, theirs: dict[str, CaseState]) -> None:
    with here.services.db.scope(here.scope) as session:
        ours = session.execute(_OURS, {"tenant_id": here.tenant_id, "day": here.report.day}).all()
    for row in ours:
        state = theirs.pop(row.case_no, None)
        if state is not None and (state.last_seq, state.chain) == (row.seq, row.chain):
            _mark(here, row)
        else:
            _differs(here, row, state)


def _mark(here: _Side, row: Any) -> None:
    values = {"seq": row.seq, "chain": row.chain, "day": here.report.day}
    with here.services.db.scope(here.scope) as session:
        marked = insert(Reconciled).values(tenant_id=here.tenant_id, case_id=row.case_id, **values)
        session.execute(
            marked.on_conflict_do_update(
                index_elements=["tenant_id", "case_id"], set_=values, where=Reconciled.seq < row.seq
            )
        )
    here.report.equal += 1


def _differs(here: _Side, row: Any, state: CaseState | None) -> None:
    """Missing there: send again. Another chain: a person decides. The province's word of now settles which it is."""
    now_there = here.line.get_case(row.case_no)
    held = now_there.last_seq if now_there else 0
    if state is None and now_there and (held, now_there.chain) == (row.seq, row.chain):
        _mark(here, row)
        return
    with here.services.db.scope(here.scope) as session:
        if held < row.seq and (now_there is None or _fits(session, here.tenant_id, row.case_no, now_there)):
            here.report.re_sent += _send_again(session, here.tenant_id, row, first=held + 1)
            return
        theirs = state.chain if state else (now_there.chain if now_there else None)
        case = (row.case_id, row.case_no, row.seq)
        differences.note_difference(
            session, tenant_id=here.tenant_id, case=case, kind="chain", ours=row.chain, theirs=theirs
        )
    here.report.differences += 1


def _fits(session: Session, tenant_id: int, case_no: str, state: CaseState) -> bool:
    """Whether what the province still holds is the beginning of what we sent."""
    at = session.execute(_AT, {"tenant_id": tenant_id, "case_no": case_no, "seq": state.last_seq}).first()
    return at is not None and at.chain == state.chain


def _send_again(session: Session, tenant_id: int, row: Any, *, first: int) -> int:
    case = {"tenant_id": tenant_id, "case_id": row.case_id}
    found = session.execute(_RESEND, case | {"first": first, "last": row.seq, "now": clock.now()}).all()
    for fact in found:
        if fact.seq == first:
            defer_delivery(session, tenant_id=tenant_id, fact_id=fact.id, case_id=row.case_id)
    return len(found)


def _unlisted_here(here: _Side, state: CaseState) -> None:
    """The province lists a case for a day on which we have no receipt of it."""
    with here.services.db.scope(here.scope) as session:
        case_id: UUID | None = session.scalar(_KNOWN, {"tenant_id": here.tenant_id, "case_no": state.case_no})
        if case_id is None:
            here.report.strays.append(state.case_no)
        elif _on_its_way(session, here.tenant_id, state):
            return
        case = (case_id, state.case_no, state.last_seq)
        differences.note_difference(
            session, tenant_id=here.tenant_id, case=case, kind="unknown_here", ours=None, theirs=state.chain
        )
    here.report.differences += 1


def _on_its_way(session: Session, tenant_id: int, state: CaseState) -> bool:
    """Stored there, its receipt not yet here: delivery itself will ask and settle it."""
    waiting = text(
        "select 1 from ledger_fact where tenant_id = :tenant_id and case_no = :case_no and seq <= :seq"
        " and state in ('due', 'sending', 'behind') limit 1"
    )
    values = {"tenant_id": tenant_id, "case_no": state.case_no, "seq": state.last_seq}
    return session.execute(waiting, values).first() is not None


def _look_again(here: _Side) -> None:
    """Close what was found once and is found no more: the two sides agree by now, up to the step in question."""
    with here.services.db.scope(here.scope) as session:
        waiting = [
            (row.id, row.case_no, row.seq, row.kind) for row in differences.compared(session, tenant_id=here.tenant_id)
        ]
    for difference_id, case_no, seq, kind in waiting:
        state = here.line.get_case(case_no)
        with here.services.db.scope(here.scope) as session:
            if state is None:
                agreed = kind == "unknown_here"
            else:
                agreed = state.last_seq >= seq and _fits(session, here.tenant_id, case_no, state)
            if agreed:
                differences.found_no_more(session, tenant_id=here.tenant_id, difference_id=difference_id)
                here.report.closed += 1


def _run(report: Report, city_code: str) -> ReconciliationRun:
    return ReconciliationRun(
        id=new_id(), city_code=city_code, day=report.day, ran_at=clock.now(), cases=report.cases,
        messages=report.messages, equal=report.equal, re_sent=report.re_sent, differences=report.differences,
        strays=report.strays,
    )  # fmt: skip
