"""How fast and how long: leases, back-off, breaker and sweeper, in one place that a test may tighten."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Delivery's numbers (design §7; delivery notes §2.3).

    lease          how long a claim holds before others may take it over: longer than every time-out of one send
    base, cap      full jitter: random(0, min(cap, base · 2^attempts)); `late_cap` replaces `cap` after `early`
    give_up        after this long without an answer that helps, a person must look
    in_queue       waits up to this long stay in the queue, longer ones only in the ledger
    claims_lost    claims in a row that never reported back before the message is taken for poison
    failures       failures in a row, with no success of anybody between, that open the breaker
    probe_every    how often an open breaker lets one message try
    together, hands   how many messages of a township one claim may take, and over how many connections they go
    per_tenant, window   the sweeper's share for each tenant in a pass, and the bound on what waits in the queue
    """

    lease: timedelta = timedelta(seconds=150)
    base: timedelta = timedelta(seconds=5)
    cap: timedelta = _HOUR
    late_cap: timedelta = 6 * _HOUR
    early: timedelta = 24 * _HOUR
    give_up: timedelta = timedelta(days=7)
    in_queue: timedelta = timedelta(minutes=5)
    claims_lost: int = 5
    failures: int = 20
    probe_every: timedelta = timedelta(seconds=30)
    together: int = 64
    hands: int = 4
    per_tenant: int = 50
    window: int = 2000
    woken_for: timedelta = timedelta(seconds=60)
    behind_for: timedelta = _HOUR

    def wait(self, *, attempts: int, failing_for: timedelta, chance: float | None = None) -> timedelta | None:
        """How long until the next attempt, or None when it is time to park. `chance` in [0, 1) replaces the dice."""
        if failing_for >= self.give_up:
            return None
        cap = self.cap if failing_for < self.early else self.late_cap
        longest: timedelta = min(cap, self.base * (1 << min(attempts, 30)))
        dice = random.random() if chance is None else chance  # noqa: S311 - jitter, not a secret.
        return max(self.base / 5, longest * dice)

    def in_the_queue(self, wait: timedelta) -> bool:
        """Whether a wait is short enough for the queue; every job that waits there slows the fetching of all."""
        return wait <= self.in_queue


PACE = Pace()


def seconds_from(now: datetime, seconds: int) -> datetime:
    """The moment `seconds` after `now`, a province's Retry-After kept within a day."""
    return now + timedelta(seconds=min(max(seconds, 1), 86_400))
