"""短信提醒: a supplement that must come soon, and one that did not come, are told to those who can do something.

What is due is found hourly and remembered with the stop itself; the message is a job of its own, so that a case waits for
no provider, and an hour later nobody is told twice. A message names the item and the day, and nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases import clock as limits
from xiangtong.cases import moves
from xiangtong.cases.models import NO_DAY, CaseRecord
from xiangtong.cases.record import OpenCase, open_case, open_to_move
from xiangtong.fields.formats import CHECKERS
from xiangtong.kernel import clock, jobs
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.calendar import WorkCalendar, calendar
from xiangtong.tenancy.keys import KeyRing

What = Literal["supplement_soon", "supplement_expired"]

_ASKED = (moves.ASKED, moves.ASKED_MIDWAY)
#: Working days before the last one, on which somebody can still fetch a paper.
_DAYS_BEFORE = 2
#: Nobody is woken by a message.
_FIRST_HOUR, _LAST_HOUR = 8, 20


def soon_due(session: ScopedSession, *, tenant_id: int) -> list[UUID]:
    """Cases whose supplement must come within two working days, and of whom nobody was told so."""
    days, today = calendar(session), clock.today()
    asked = (
        CaseRecord.tenant_id == tenant_id, CaseRecord.open.is_(True), CaseRecord.due_on == NO_DAY,
        CaseRecord.state.in_(_ASKED), CaseRecord.erased_at.is_(None),
    )  # fmt: skip
    rows = session.execute(select(CaseRecord.id, CaseRecord.limits).where(*asked))
    return [row.id for row in rows if _is_soon(limits.from_json(row.limits), days, today)]


def remind(session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID) -> bool:
    """Have it told that the last day is near; False when it was told, or supplied, meanwhile."""
    case = open_to_move(session, keys=keys, tenant_id=tenant_id, case_id=case_id)
    if case.row.state not in _ASKED or not _is_soon(case.limits, calendar(session), clock.today()):
        return False
    stops = case.limits.stops
    told = replace(case.limits, stops=(*stops[:-1], replace(stops[-1], told=clock.today())))
    case.row.limits = limits.to_json(told)
    tell_later(session, tenant_id=tenant_id, case_id=case_id, what="supplement_soon")
    session.flush()
    return True


def tell_later(session: ScopedSession, *, tenant_id: int, case_id: UUID, what: What) -> None:
    """Defer the message, to a time of day at which people are awake."""
    jobs.defer(session, "cases.tell", at=_waking(clock.now()), tenant_id=tenant_id, case_id=str(case_id), what=what)


def message(
    session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID, what: What
) -> tuple[list[str], dict[str, str]]:
    """Which mobile phones are told, and what; no phone where there is nothing to tell any more."""
    case = open_case(session, keys=keys, tenant_id=tenant_id, case_id=case_id)
    until = case.limits.stops[-1].until if case.limits.stops else None
    if until is None or (what == "supplement_soon" and case.row.state not in _ASKED):
        return [], {}
    return _phones(case), {"item": case.row.item_name, "number": case.row.case_no, "day": until.isoformat()}


def _is_soon(kept: limits.Limits, days: WorkCalendar, today: date) -> bool:
    until = kept.asked_until
    if until is None or until < today:
        return False
    stop = kept.stops[-1]
    # Who was asked today has just been told.
    return stop.told is None and stop.start < today and days.between(today, until) <= _DAYS_BEFORE


def _waking(now: datetime) -> datetime:
    """`now`, or the next morning when people sleep."""
    here = clock.local(now)
    if _FIRST_HOUR <= here.hour < _LAST_HOUR:
        return now
    morning = here.replace(hour=_FIRST_HOUR, minute=30, second=0, microsecond=0)
    return morning if here.hour < _FIRST_HOUR else morning + timedelta(days=1)


def _phones(case: OpenCase) -> list[str]:
    """Of the applicant, and of whoever files for them; a landline reads no message."""
    told = [party.get("phone", "") for party in (case.body["agent"], case.body["applicant"]) if party]
    return list(dict.fromkeys(phone for phone in told if CHECKERS["mobile-phone"](phone)))
