"""The work list of a window: what is open, most urgent first; and finding a case by what people say on the phone.

Every query has an end: pages by key, counts up to a cap. What is searched by stands in typed columns with plain
btree indexes that begin with the tenant; prefixes are ranges, because LIKE cannot use an index ahead of a policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import load_only

from xiangtong.cases import clock, moves
from xiangtong.cases.models import NO_DAY, CaseEvent, CaseRecord
from xiangtong.cases.numbers import is_case_no
from xiangtong.kernel import clock as time
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.calendar import WorkCalendar, calendar
from xiangtong.tenancy.keys import KeyRing

#: Counts stop here; a page writes “999+”.
MOST_COUNTED = 999
_AFTER_ALL = "\U0010ffff"
#: What people say when they look for a case, by its looks; the first that fits.
_SORTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    # Nobody's name; and what cannot be encoded would not even reach the database.
    ("nothing", lambda text: not text.isprintable()),
    ("case_no", is_case_no),
    ("id_number", re.compile(r"[0-9]{17}[0-9Xx]\Z").match),
    ("phone", re.compile(r"1[0-9]{10}\Z").match),
    ("code_or_initials", re.compile(r"[2-9A-Za-z]{8}\Z").match),
    ("initials", re.compile(r"[A-Za-z]{1,20}\Z").match),
    ("name", bool),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows. With `text` or `states` closed cases are shown too; otherwise only open ones.

    text          a case number, short code, id number, phone, name or its pinyin initials
    village_codes the reach of the person who looks; None: the whole township
    """

    text: str = ""
    light: clock.Light | None = None
    states: Collection[str] | None = None
    item_code: str | None = None
    village_codes: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list. `days_left` counts working days until `due_on`, negative when late; None: nothing is due.

    `asked_days_left` counts them for the applicant, who was asked for something; None: nothing is asked.
    """

    id: UUID
    case_no: str
    item_name: str
    applicant_name: str | None
    village_code: str | None
    channel: str
    state: str
    submitted_at: datetime
    due_on: date | None
    days_left: int | None
    light: clock.Light
    asked_days_left: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `after` asks for the next one, None at the end."""

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Open cases by light, each at most MOST_COUNTED, of the people's reach."""

    red: int = 0
    gold: int = 0
    green: int = 0
    still: int = 0
    by_state: dict[str, int] = field(default_factory=dict)


def worklist(
    session: ScopedSession,
    *,
    keys: KeyRing,
    tenant_id: int,
    filters: Filters | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page:
    """One page: open cases by due day, most urgent first; with `text` or `states`, the latest filed first."""
    filters = filters or Filters()
    days, today = calendar(session), time.today()
    urgent = not (filters.text or filters.states)
    query = select(CaseRecord).options(load_only(*_SHOWN)).where(CaseRecord.tenant_id == tenant_id)
    query = query.where(*_conditions(session, keys, tenant_id, filters))
    query = _ordered(query, urgent=urgent, after=after).limit(limit + 1)
    found = session.scalars(query).all()
    rows = tuple(_row(case, days, today) for case in found[:limit])
    return Page(rows, _cursor(found[limit - 1], urgent=urgent) if len(found) > limit else None)


def counts(session: ScopedSession, *, tenant_id: int, village_codes: Collection[str] | None = None) -> Counts:
    """Open cases by light and by state, looking at no more than four times MOST_COUNTED rows."""
    days, today = calendar(session), time.today()
    mine = [CaseRecord.tenant_id == tenant_id, *_of_villages(village_codes)]
    lights: tuple[clock.Light, ...] = ("red", "gold", "green", "still")
    capped = [
        select(func.count())
        .select_from(select(CaseRecord.id).where(*mine, *_of_light(light, days, today)).limit(MOST_COUNTED).subquery())
        .scalar_subquery()
        .label(light)
        for light in lights
    ]
    row = session.execute(select(*capped)).one()
    opened = select(CaseRecord.state).where(*mine, CaseRecord.open.is_(True)).limit(4 * MOST_COUNTED).subquery()
    states = session.execute(select(opened.c.state, func.count()).group_by(opened.c.state))
    return Counts(row.red, row.gold, row.green, row.still, {state: number for state, number in states})  # noqa: C416


def decided_today(session: ScopedSession, *, tenant_id: int, village_codes: Collection[str] | None = None) -> int:
    """How many cases were decided (办结) since midnight, at most MOST_COUNTED."""
    since = time.local(time.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    # Written out, so that the planner sees that the index of decisions fits.
    decided = select(CaseEvent.case_id).where(
        CaseEvent.tenant_id == tenant_id, CaseEvent.occurred_at >= since, CaseEvent.type == literal_column("'decide'")
    )
    if village_codes is not None:
        mine = and_(CaseRecord.tenant_id == CaseEvent.tenant_id, CaseRecord.id == CaseEvent.case_id)
        decided = decided.join(CaseRecord, mine).where(*_of_villages(village_codes))
    return int(session.scalar(select(func.count()).select_from(decided.limit(MOST_COUNTED).subquery())) or 0)


_SHOWN: tuple[Any, ...] = (
    CaseRecord.case_no,
    CaseRecord.item_name,
    CaseRecord.applicant_name,
    CaseRecord.village_code,
    CaseRecord.channel,
    CaseRecord.state,
    CaseRecord.open,
    CaseRecord.submitted_at,
    CaseRecord.due_on,
    CaseRecord.limits,
)


def _conditions(session: ScopedSession, keys: KeyRing, tenant_id: int, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = _of_villages(filters.village_codes)
    if filters.light:
        conditions += _of_light(filters.light, calendar(session), time.today())
    if filters.states:
        conditions.append(CaseRecord.state.in_(filters.states))
    if filters.item_code:
        conditions.append(CaseRecord.item_code == filters.item_code)
    if filters.text.strip():
        conditions.append(_matching(session, keys, tenant_id, filters.text.strip()[:50]))
    elif not filters.states:
        conditions.append(CaseRecord.open.is_(True))
    return conditions


def _of_villages(village_codes: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if village_codes is None else [CaseRecord.village_code.in_(village_codes)]


def _of_light(light: clock.Light, days: WorkCalendar, today: date) -> list[ColumnElement[bool]]:
    # The first day that is still green: the one after GOLD_DAYS more working days.
    green_from = days.add(today, clock.GOLD_DAYS + 1)
    due = CaseRecord.due_on
    ranges: dict[str, ColumnElement[bool]] = {
        "red": due < today,
        "gold": and_(due >= today, due < green_from),
        "green": and_(due >= green_from, due < NO_DAY),
        "still": due == NO_DAY,
    }
    return [CaseRecord.open.is_(True), ranges[light]]


def _matching(session: ScopedSession, keys: KeyRing, tenant_id: int, text: str) -> ColumnElement[bool]:
    def digest(value: str) -> bytes:
        return keys.digest(session, tenant_id=tenant_id, value=value)

    ways: dict[str, Callable[[], ColumnElement[bool]]] = {
        "nothing": false,
        "case_no": lambda: CaseRecord.case_no == text,
        "id_number": lambda: CaseRecord.id_digest == digest(text.upper()),
        "phone": lambda: CaseRecord.phone_digest == digest(text),
        "code_or_initials": lambda: or_(
            CaseRecord.short_code == text.upper(), _begins(CaseRecord.applicant_initials, text.lower())
        ),
        "initials": lambda: _begins(CaseRecord.applicant_initials, text.lower()),
        "name": lambda: _begins(CaseRecord.applicant_name, text),
    }
    return ways[next(sort for sort, fits in _SORTS if fits(text))]()


def _begins(column: Any, prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + _AFTER_ALL)


def _ordered(query: Select[Any], *, urgent: bool, after: str | None) -> Select[Any]:
    key = _read_cursor(after, urgent=urgent)
    if urgent:
        query = query.order_by(CaseRecord.due_on, CaseRecord.id)
        return query.where(tuple_(CaseRecord.due_on, CaseRecord.id) > key) if key else query
    query = query.order_by(CaseRecord.submitted_at.desc(), CaseRecord.id.desc())
    return query.where(tuple_(CaseRecord.submitted_at, CaseRecord.id) < key) if key else query


def _cursor(case: CaseRecord, *, urgent: bool) -> str:
    at = case.due_on.isoformat() if urgent else case.submitted_at.isoformat()
    return f"{at}_{case.id}"


def _read_cursor(after: str | None, *, urgent: bool) -> tuple[Any, Any] | None:
    """The key of the last row seen. What is no cursor of ours asks for the first page."""
    at, _, case_id = (after or "").partition("_")
    try:
        moment = date.fromisoformat(at) if urgent else datetime.fromisoformat(at)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            return None
        return moment, UUID(case_id)
    except ValueError:
        return None


def _row(case: CaseRecord, days: WorkCalendar, today: date) -> Row:
    due_on = case.due_on if case.open and case.due_on != NO_DAY else None
    return Row(
        case.id, case.case_no, case.item_name, case.applicant_name, case.village_code, case.channel, case.state,
        case.submitted_at, due_on, _days_left(due_on, days, today), clock.light(due_on, today, days),
        _days_left(_asked_until(case), days, today),
    )  # fmt: skip


def _asked_until(case: CaseRecord) -> date | None:
    waiting = case.state in (moves.ASKED, moves.ASKED_MIDWAY)
    return clock.from_json(case.limits).asked_until if waiting else None


def _days_left(due_on: date | None, days: WorkCalendar, today: date) -> int | None:
    if due_on is None:
        return None
    return days.between(today, due_on) if due_on >= today else -max(days.between(due_on, today), 1)
