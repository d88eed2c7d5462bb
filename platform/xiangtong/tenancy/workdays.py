"""The work calendar (工作日历): seeded from `chinesecalendar`, then maintained by the city."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import chinese_calendar
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.models import WorkDay

_YEARS_BACK, _YEARS_AHEAD = 2, 2


def seed(session: ScopedSession, *, first: date | None = None, last: date | None = None) -> int:
    """Fill in days that are missing (in scope `city`), two years back to two years ahead; returns how many it looked at.

    Years that the State Council has not announced follow the weekend rule and are marked provisional; seeding again
    replaces provisional days once the package knows better, and never a day that somebody maintained by hand.
    """
    year = clock.today().year
    day, end = first or date(year - _YEARS_BACK, 1, 1), last or date(year + _YEARS_AHEAD, 12, 31)
    settled = set(session.scalars(select(WorkDay.day).where(WorkDay.provisional.is_(False))))
    days = (day + timedelta(days=offset) for offset in range((end - day).days + 1))
    rows = [_row(one) for one in days if one not in settled]
    if not rows:
        return 0
    statement = postgresql.insert(WorkDay).values(rows)
    fresh = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["day"],
            set_={"working": fresh.working, "source": fresh.source, "provisional": fresh.provisional},
            where=WorkDay.provisional.is_(True) & fresh.provisional.is_(False),
        )
    )
    return len(rows)


def _row(day: date) -> dict[str, Any]:
    if day.year not in _announced_years():
        return {"day": day, "working": day.isoweekday() <= 5, "source": "周末规则", "provisional": True}
    working = bool(chinese_calendar.is_workday(day))
    return {"day": day, "working": working, "source": "国务院放假安排", "provisional": False}


@cache
def _announced_years() -> range:
    """The years whose holidays the package knows: every year it knows has some, and none between is missing."""
    days = chinese_calendar.holidays
    return range(min(days).year, max(days).year + 1)
