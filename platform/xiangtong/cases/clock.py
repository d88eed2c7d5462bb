"""The clock of a case: promised and statutory limits, stops, and the traffic light.

Day 0 is the day of acceptance and is not counted. Special procedures and supplements stop the clock; the working
days that remained are carried over (domain facts §4.4, 行政许可法 art. 42 and 45). An extension adds days and
stops nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from xiangtong.tenancy.calendar import WorkCalendar

Light = Literal["green", "gold", "red", "still"]

#: How long the office has to answer a filing before it counts as accepted (行政许可法 art. 32).
ANSWER_DAYS = 5
#: Two working days or fewer left: gold.
GOLD_DAYS = 2


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stood still from `start` until `end` (None: it still does).

    `until` is the last day on which the applicant may supply what was asked for; None for any other stop. `told` is the
    day on which they were reminded of it; None until then.
    """

    start: date
    end: date | None = None
    until: date | None = None
    told: date | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What due dates are counted from.

    promised_days, statutory_days  working days; None where the item states none
    accepted_on   day 0; None before acceptance
    extended_days working days added by extensions, to both limits
    stops         in order; at most the last one is still open
    """

    promised_days: int | None = None
    statutory_days: int | None = None
    accepted_on: date | None = None
    extended_days: int = 0
    stops: tuple[Stop, ...] = ()

    @property
    def standing_still(self) -> bool:
        """Whether the clock stands still now."""
        return bool(self.stops) and self.stops[-1].end is None

    @property
    def asked_until(self) -> date | None:
        """The last day for what the applicant is asked for now; None when nothing is asked, or no day was kept."""
        return self.stops[-1].until if self.standing_still else None

    def accepted(self, day: date) -> Limits:
        """The clock begins: what stood still before acceptance no longer matters."""
        return replace(self, accepted_on=day, stops=())

    def stopped(self, day: date, *, until: date | None = None) -> Limits:
        """The clock stops on `day`, which still counts; a stopped clock stays stopped. `until` as in Stop."""
        return self if self.standing_still else replace(self, stops=(*self.stops, Stop(day, until=until)))

    def resumed(self, day: date) -> Limits:
        """The clock goes on after `day`; a running clock goes on running."""
        if not self.standing_still:
            return self
        return replace(self, stops=(*self.stops[:-1], replace(self.stops[-1], end=day)))

    def extended(self, working_days: int) -> Limits:
        """Both limits get `working_days` more."""
        return replace(self, extended_days=self.extended_days + working_days)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of each limit; None where there is no limit, or while the clock stands still."""

    promised_on: date | None
    statutory_on: date | None


def due(limits: Limits, days: WorkCalendar) -> Due:
    """The due dates as they stand: none before acceptance, none while the clock stands still."""
    return Due(_last_day(limits, limits.promised_days, days), _last_day(limits, limits.statutory_days, days))


def answer_due(limits: Limits, submitted_on: date, days: WorkCalendar) -> date | None:
    """The day by which a filing must be answered, for as long as it is not accepted."""
    return _count(submitted_on, ANSWER_DAYS, limits.stops, days)


def _last_day(limits: Limits, working_days: int | None, days: WorkCalendar) -> date | None:
    if limits.accepted_on is None or working_days is None:
        return None
    return _count(limits.accepted_on, working_days + limits.extended_days, limits.stops, days)


def _count(day: date, left: int, stops: tuple[Stop, ...], days: WorkCalendar) -> date | None:
    for stop in stops:
        used = days.between(day, stop.start)
        if used >= left and days.add(day, left) < stop.start:
            break  # The limit was already over when the clock stopped.
        left -= used
        if stop.end is None:
            return None
        day = stop.end
    return days.add(day, max(left, 0))


def light(due_on: date | None, today: date, days: WorkCalendar) -> Light:
    """Green: time enough. Gold: two working days or fewer. Red: too late. Still: nothing is due."""
    if due_on is None:
        return "still"
    if due_on < today:
        return "red"
    return "gold" if days.between(today, due_on) <= GOLD_DAYS else "green"


def to_json(limits: Limits) -> dict[str, Any]:
    """`limits` as the column of the same name keeps it."""
    return {
        "promised_days": limits.promised_days,
        "statutory_days": limits.statutory_days,
        "accepted_on": _iso(limits.accepted_on),
        "extended_days": limits.extended_days,
        "stops": [[_iso(day) for day in (stop.start, stop.end, stop.until, stop.told)] for stop in limits.stops],
    }


def from_json(kept: dict[str, Any]) -> Limits:
    """What `to_json` kept."""
    stops = ([_date(day) for day in stop] for stop in kept["stops"])
    return Limits(
        kept["promised_days"],
        kept["statutory_days"],
        _date(kept["accepted_on"]),
        kept["extended_days"],
        tuple(Stop(start, *rest) for start, *rest in stops if start),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
