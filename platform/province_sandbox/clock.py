"""Time: the true clock for signatures, and a calendar that tests and demos may move forward."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))


class Clock:
    """`now_ms` is the true time. `calendar` is what `received_at` shows: true time plus whole days,
    so that a day can be over, and be reconciled, without waiting for midnight."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.shift_days = 0

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return int(self._source() * 1000)

    def calendar(self) -> datetime:
        """The moment in Asia/Shanghai, which has had no summer time since 1991."""
        moment = datetime.fromtimestamp(self._source(), SHANGHAI)
        return moment + timedelta(days=self.shift_days)
