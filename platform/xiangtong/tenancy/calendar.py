"""Working-day arithmetic: time limits count working days, without legal holidays (行政许可法 art. 82).

The table `work_calendar` is the truth. Only the days that differ from the plain week (a holiday on a Tuesday, a
make-up Saturday) are read, about thirty a year; days later than the table reaches follow the plain week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, extract, select
from sqlalchemy.orm import Session

from xiangtong.tenancy.models import WorkDay

_DAY = timedelta(days=1)
_KEEP_SECONDS = 600.0
_read: WeakKeyDictionary[Engine, tuple[float, WorkCalendar]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked.

    exceptions  day → worked, only where the answer differs from Monday to Friday
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return self.exceptions.get(day, day.weekday() < 5)

    def add(self, day: date, working_days: int) -> date:
        """The last day of a limit of `working_days`; `day` itself is day 0 and is not counted.

        A limit of 0 days ends on the day itself, or on the next day that is worked.
        """
        while working_days > 0:
            day += _DAY
            working_days -= self.is_working(day)
        while not self.is_working(day):
            day += _DAY
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie in (start, end]: 0 when `end` is not after `start`."""
        span = range(1, (end - start).days + 1)
        return sum(self.is_working(start + offset * _DAY) for offset in span)


def calendar(session: Session) -> WorkCalendar:
    """The calendar of the session's database, read anew every ten minutes."""
    bind = session.get_bind().engine
    read_at, known = _read.get(bind, (0.0, None))
    if known is None or monotonic() - read_at > _KEEP_SECONDS:
        known = read_calendar(session)
        _read[bind] = (monotonic(), known)
    return known


def read_calendar(session: Session) -> WorkCalendar:
    """The calendar as the table holds it now."""
    weekday = extract("isodow", WorkDay.day) < 6
    rows = session.execute(select(WorkDay.day, WorkDay.working).where(WorkDay.working != weekday))
    return WorkCalendar({row.day: row.working for row in rows})
