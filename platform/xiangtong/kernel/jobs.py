"""Jobs: procrastinate on the same PostgreSQL. The queue is a wake-up, never the truth (design §7).

Areas register handlers by name; whoever wants work done defers by that name, so nobody imports upward.
Arguments are ids only.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

Handler = Callable[..., None]
Thing = TypeVar("Thing")
_LOG = logging.getLogger(__name__)

# A statement that writes rows may defer its job as it goes: `select(text(DEFERRAL))` with the values of `deferral`.
DEFERRAL = (
    "procrastinate_defer_jobs_v1(array[row(:job_queue, :job_name, :job_priority, :job_lock, null,"
    " cast(:job_args as jsonb), cast(:job_at as timestamptz))::procrastinate_job_to_defer_v1])"
)
_DEFER = text(f"select {DEFERRAL}")


@dataclass(frozen=True, slots=True)
class Task:
    """A handler under its name. It gets the services first, then the ids it was deferred with."""

    name: str
    handler: Handler
    cron: str | None = None


TASKS: dict[str, Task] = {}


def task(name: str, *, cron: str | None = None) -> Callable[[Handler], Handler]:
    """Register `handler(services, **ids)` under `name`; with `cron` (six fields, seconds last) it also runs by the clock."""

    def register(handler: Handler) -> Handler:
        if name in TASKS:
            raise ValueError(f"two handlers are called {name}")
        TASKS[name] = Task(name, handler, cron)
        return handler

    return register


def each(act: Callable[[Thing], int | None], things: Iterable[Thing], *, job: str) -> int:
    """Act on every thing and add up what came of it; one that fails is logged and never keeps the others waiting."""
    total = 0
    for thing in things:
        try:
            total += act(thing) or 0
        except Exception:
            _LOG.exception("left out of a job", extra={"job": job, "left_out": str(thing)})
    return total


def defer(
    session: Session,
    name: str,
    *,
    lock: str | None = None,
    queue: str = "default",
    priority: int = 0,
    at: Any = None,
    **ids: str | int,
) -> None:
    """Defer the job `name` on the session's own connection: a roll-back takes it along."""
    session.execute(_DEFER, deferral(name, lock=lock, queue=queue, priority=priority, at=at, **ids))


def deferral(
    name: str, *, lock: str | None = None, queue: str = "default", priority: int = 0, at: Any = None, **ids: str | int
) -> dict[str, Any]:
    """The values that `DEFERRAL` binds."""
    job = {"queue": queue, "name": name, "priority": priority, "lock": lock, "args": json.dumps(ids), "at": at}
    return {f"job_{key}": value for key, value in job.items()}
