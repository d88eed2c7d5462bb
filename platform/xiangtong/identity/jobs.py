"""Jobs of identity: expired sessions, codes and counters leave once an hour."""

from __future__ import annotations

from typing import Any

from xiangtong.identity import sessions
from xiangtong.kernel.jobs import task
from xiangtong.tenancy.scope import NOBODY


@task("identity.sweep", cron="17 * * * *")
def _sweep(services: Any) -> None:
    with services.db.scope(NOBODY) as session:
        sessions.sweep(session)
