"""Time: one clock, always aware, Asia/Shanghai for days.

Tests put another clock in place with `frozen`; nothing else in the product calls `datetime.now`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Asia/Shanghai, which is the day of every office we serve."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """`moment` as people in the office read it (Asia/Shanghai)."""
    return moment.astimezone(SHANGHAI)


def rfc3339(moment: datetime) -> str:
    """RFC 3339 with the offset of Asia/Shanghai, whole seconds (contract §1 `occurred_at`)."""
    return local(moment).isoformat(timespec="seconds")


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` within this context."""
    if moment.tzinfo is None:
        raise ValueError("a frozen moment must be aware")
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
