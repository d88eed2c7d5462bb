"""Working days, due dates, stops and the traffic light, on the calendar of autumn 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtong.cases import clock
from xiangtong.cases.clock import Limits, Stop
from xiangtong.tenancy.calendar import WorkCalendar

# 1 to 7 October 2026 are off; Saturday 10 October is worked (domain facts §4.4).
_AUTUMN = WorkCalendar({date(2026, 10, day): False for day in (1, 2, 5, 6, 7)} | {date(2026, 10, 10): True})


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 9, 28), 0, date(2026, 9, 28)),
        (date(2026, 9, 28), 2, date(2026, 9, 30)),
        (date(2026, 9, 28), 3, date(2026, 10, 8)),
        (date(2026, 9, 28), 5, date(2026, 10, 10)),
        (date(2026, 9, 28), 6, date(2026, 10, 12)),
        (date(2026, 10, 3), 0, date(2026, 10, 8)),
    ],
)
def test_working_days_leave_out_holidays_and_count_make_up_days(start: date, days: int, end: date) -> None:
    """Day 0 is not counted; a make-up Saturday is."""
    assert _AUTUMN.add(start, days) == end


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 120))
def test_adding_and_counting_agree(start: date, days: int) -> None:
    """As many working days as were added lie between start and end."""
    end = _AUTUMN.add(start, days)
    assert _AUTUMN.between(start, end) == days
    assert _AUTUMN.is_working(end)


def test_promised_and_statutory_are_apart() -> None:
    """Two limits, two days; a limit nobody states has none."""
    limits = Limits(promised_days=5, statutory_days=20).accepted(date(2026, 9, 28))
    assert clock.due(limits, _AUTUMN) == clock.Due(date(2026, 10, 10), date(2026, 10, 30))
    assert clock.due(Limits().accepted(date(2026, 9, 28)), _AUTUMN) == clock.Due(None, None)
    assert clock.due(Limits(5, 20), _AUTUMN) == clock.Due(None, None)


def test_a_stop_carries_over_the_working_days_that_remained() -> None:
    """Two of five days are used when the clock stops; three remain when it goes on, however long that took."""
    limits = Limits(promised_days=5).accepted(date(2026, 10, 12)).stopped(date(2026, 10, 14))
    assert clock.due(limits, _AUTUMN).promised_on is None
    assert clock.due(limits.resumed(date(2026, 10, 30)), _AUTUMN).promised_on == date(2026, 11, 4)


def test_two_stops_and_an_extension() -> None:
    """Stops add up; an extension adds days and stops nothing."""
    limits = Limits(promised_days=5).accepted(date(2026, 10, 12))
    limits = limits.stopped(date(2026, 10, 13)).resumed(date(2026, 10, 16)).stopped(date(2026, 10, 19))
    limits = limits.resumed(date(2026, 10, 23)).extended(2)
    # One day used, four left; Monday 19 used one, three left; two more: five from Friday 23.
    assert clock.due(limits, _AUTUMN).promised_on == date(2026, 10, 30)


def test_a_limit_that_was_over_before_the_stop_stays_over() -> None:
    """Stopping a clock that ran out forgives nothing."""
    limits = Limits(promised_days=2).accepted(date(2026, 10, 12)).stopped(date(2026, 10, 20))
    assert clock.due(limits, _AUTUMN).promised_on == date(2026, 10, 14)


def test_stopping_twice_and_resuming_twice_change_nothing() -> None:
    """A stopped clock stays stopped, a running one goes on."""
    limits = Limits(5).accepted(date(2026, 10, 12)).stopped(date(2026, 10, 13))
    assert limits.stopped(date(2026, 10, 15)) == limits
    running = limits.resumed(date(2026, 10, 16))
    assert running.resumed(date(2026, 10, 20)) == running


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 60), st.integers(0, 40), st.integers(0, 60))
def test_a_stop_never_takes_days_away(promised: int, after: int, long: int) -> None:
    """Whatever stops, the working days outside of the stop are the limit exactly (while it was not over)."""
    start = date(2026, 9, 1)
    stop = start + timedelta(after)
    resumed = stop + timedelta(long)
    limits = Limits(promised).accepted(start).stopped(stop).resumed(resumed)
    end = clock.due(limits, _AUTUMN).promised_on
    assert end is not None
    used = _AUTUMN.between(start, stop)
    if used < promised:
        assert used + _AUTUMN.between(resumed, end) == promised
    else:
        assert end <= max(stop, _AUTUMN.add(resumed, 0))


def test_light() -> None:
    """Green, gold with two working days or fewer, red when late, still when nothing is due."""
    assert clock.light(date(2026, 10, 16), date(2026, 10, 13), _AUTUMN) == "green"
    assert clock.light(date(2026, 10, 16), date(2026, 10, 14), _AUTUMN) == "gold"
    assert clock.light(date(2026, 10, 16), date(2026, 10, 16), _AUTUMN) == "gold"
    assert clock.light(date(2026, 10, 16), date(2026, 10, 17), _AUTUMN) == "red"
    assert clock.light(None, date(2026, 10, 17), _AUTUMN) == "still"
    # Two working days, ten calendar days: the National Day week does not count.
    assert clock.light(date(2026, 10, 8), date(2026, 9, 29), _AUTUMN) == "gold"


def test_limits_survive_being_kept() -> None:
    """The column gives back what was put in."""
    limits = Limits(
        5, 20, date(2026, 10, 12), 2,
        (Stop(date(2026, 10, 13), date(2026, 10, 14)), Stop(date(2026, 10, 20), until=date(2026, 10, 30))),
    )  # fmt: skip
    assert clock.from_json(clock.to_json(limits)) == limits
    assert clock.from_json(clock.to_json(Limits())) == Limits()
    assert limits.asked_until == date(2026, 10, 30)
    assert limits.resumed(date(2026, 10, 21)).asked_until is None
    before = {**clock.to_json(limits), "stops": [["2026-10-20", None]]}
    assert clock.from_json(before).asked_until is None, "cases of before kept no day"
