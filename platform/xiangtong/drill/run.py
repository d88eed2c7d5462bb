"""A drill: file made-up cases while the sandbox misbehaves by a plan, wait until all is told, compare by content."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from xiangtong.drill.filing import Made, Town, facts_of, file_case, towns, work_on
from xiangtong.drill.plan import Step, plan
from xiangtong.drill.verdict import Figures, Journal
from xiangtong.kernel.errors import Refusal
from xiangtong.ledger.models import LedgerFact
from xiangtong.province.sandbox import Knobs
from xiangtong.tenancy.scope import Scope
from xiangtong.wiring import Services

if TYPE_CHECKING:
    from collections.abc import Iterator

Say = Callable[[str], None]
_LOOK_EVERY = 1.0


class NoGround(Refusal):
    """Here nothing may be drilled: made-up cases belong in a sandbox and nowhere else."""

    code = "NO_DRILL_HERE"
    status = 409


@dataclass(frozen=True, slots=True)
class Drill:
    """How a drill goes: `every` seconds a case, and at most `patience` seconds until everything must be told."""

    seed: int
    seconds: float
    every: float = 0.5
    patience: float = 900.0


@dataclass
class _Course:
    """What a drill did so far."""

    services: Services
    towns: Sequence[Town]
    dice: random.Random
    journal: Journal = field(default_factory=Journal)
    cases: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    def file_one(self) -> None:
        """One more case, and as many steps of work as the dice say."""
        serial = sum(map(len, self.cases.values())) + 1
        made = file_case(self.services, self.dice.choice(self.towns), serial)
        self.cases[made.town.tenant_id].append(made.case_id)
        self._enter(made, 1)
        for seq in work_on(self.services, made, steps=self.dice.randrange(5)):
            self._enter(made, seq)

    def left(self) -> int:
        """How many events of these cases the province has not confirmed yet."""
        return sum(self._left(tenant_id, ids) for tenant_id, ids in self.cases.items())

    def _enter(self, made: Made, seq: int) -> None:
        self.journal.enter(facts_of(self.services, made, seq))

    def _left(self, tenant_id: int, ids: list[UUID]) -> int:
        waiting = select(func.count()).where(
            LedgerFact.tenant_id == tenant_id, LedgerFact.case_id.in_(ids), LedgerFact.state != "delivered"
        )
        with self.services.db.scope(Scope(tenant_id=tenant_id)) as session:
            return session.scalar(waiting) or 0


def refuse_elsewhere(services: Services, knobs: Knobs) -> None:
    """Raise NoGround in production, and wherever the province is not the demo's own."""
    if services.settings.production:
        raise NoGround("正式环境不能演练", "No drills in production")
    if not knobs.answer():
        raise NoGround(
            "XIANGTONG_PROVINCE_URL 后面不是演示用的省网（或者它没有开），不能演练",
            "The province is not the sandbox, or it does not answer",
        )


def run(services: Services, drill: Drill, *, say: Say) -> Figures:
    """Drill, and give the figures. Raises NoGround; the faults are off afterwards, whatever happened."""
    knobs = Knobs(services.settings.province_url.rstrip("/"))
    refuse_elsewhere(services, knobs)
    ready = towns(services)
    if not ready:
        raise NoGround("没有哪个乡镇开通了演练用的事项（高龄津贴）", "No township takes the form of the drill")
    course = _Course(services, ready, random.Random(drill.seed))  # noqa: S311 - a repeatable draw is the point.
    absorbed = knobs.summary()["duplicates"]
    with _faults_off_afterwards(knobs):
        knobs.seed(drill.seed)
        for step in plan(drill.seed, drill.seconds):
            say(str(step))
            _live_through(course, knobs, step, drill.every)
    say(f"drain: {course.left()} to be told")
    left = _drained(course, drill.patience)
    figures = course.journal.compare(knobs.held)
    figures.left, figures.absorbed = left, knobs.summary()["duplicates"] - absorbed
    return figures


def _live_through(course: _Course, knobs: Knobs, step: Step, every: float) -> None:
    knobs.off()
    if step.fault is not None:
        knobs.turn(**step.fault)
    end = time.monotonic() + step.seconds
    while (now := time.monotonic()) < end:
        course.file_one()
        time.sleep(max(0.0, min(end, now + every) - time.monotonic()))


def _drained(course: _Course, patience: float) -> int:
    end = time.monotonic() + patience
    while course.left() and time.monotonic() < end:
        time.sleep(min(_LOOK_EVERY, patience))
    return course.left()


@contextmanager
def _faults_off_afterwards(knobs: Knobs) -> Iterator[None]:
    try:
        yield
    finally:
        knobs.off()
