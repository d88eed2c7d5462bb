"""The plan of a drill: which fault of the sandbox, how strong, for how long; the same seed gives the same plan."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SHORTEST, _LONGEST = 5.0, 15.0
_Make = Callable[[random.Random], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One fault for some seconds; `fault` as the sandbox takes it, None while the province behaves."""

    seconds: float
    fault: dict[str, Any] | None

    def __str__(self) -> str:
        """For the log of a drill."""
        said = " ".join(f"{name}={value}" for name, value in (self.fault or {"kind": "none"}).items())
        return f"{self.seconds:.1f}s {said}"


def _rate(dice: random.Random) -> float:
    return round(dice.uniform(0.2, 0.6), 2)


#: Errors, delays, stored but no answer, resets, outages, and what else a province does on a bad day.
FAULTS: tuple[_Make, ...] = (
    lambda dice: {"kind": "status", "rate": _rate(dice), "statuses": [500, 502, 503, 504]},
    lambda dice: {"kind": "delay", "rate": _rate(dice), "delay_ms": dice.randrange(200, 3000)},
    lambda dice: {"kind": "stored_but_no_answer", "scope": "messages", "rate": _rate(dice)},
    lambda dice: {"kind": "reset", "rate": _rate(dice)},
    lambda dice: {"kind": "outage", "refuse": dice.random() < 0.5},
    lambda dice: {"kind": "wrong_receipt", "scope": "messages", "rate": _rate(dice)},
    lambda dice: {"kind": "html", "scope": "messages", "rate": _rate(dice)},
    lambda dice: {"kind": "busy", "rate": _rate(dice), "retry_after": dice.randrange(1, 4)},
)


def plan(seed: int, seconds: float) -> list[Step]:
    """Steps that fill `seconds`; every fault comes once before any comes again, with a quiet step among them."""
    dice, left = random.Random(seed), seconds  # noqa: S311 - a repeatable draw is the point.
    steps, bag = list[Step](), list[_Make | None]()
    while left > 0:
        if not bag:
            bag = [*FAULTS, None]
            dice.shuffle(bag)
        make, length = bag.pop(), min(left, dice.uniform(_SHORTEST, _LONGEST))
        steps.append(Step(length, make(dice) if make else None))
        left -= length
    return steps
