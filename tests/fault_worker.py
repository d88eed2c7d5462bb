"""A delivery worker as the product runs it (procrastinate, deliver, sweeper), at a test's pace, in its own process.

`python tests/fault_worker.py FOLDER URL APP OVERSIGHT RELAY [POISON]`: dies at XIANGTONG_FAILPOINT, and at the
moment it would send the case POISON, as a message that crashes its worker does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from procrastinate import App, PsycopgConnector

from ledger_writer import push_services
from pushing import QUICK
from xiangtong.kernel import failpoint
from xiangtong.province.http import HttpLine
from xiangtong.push.deliver import deliver_together
from xiangtong.push.sweep import sweep
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

PACE = replace(
    QUICK, lease=timedelta(seconds=2), woken_for=timedelta(seconds=2), base=timedelta(milliseconds=50),
    probe_every=timedelta(milliseconds=500), failures=10, claims_lost=3 if len(sys.argv) > 6 else 12,
)  # fmt: skip


def main(folder: str, url: str, *places: str) -> None:
    """Work until killed."""
    failpoint.arm(os.environ.get("XIANGTONG_FAILPOINT", ""), environment="test")
    app_url, oversight_url, relay_url, *poison = places
    _poison("".join(poison))
    db = Database(app_url=app_url, oversight_url=oversight_url, relay_url=relay_url)
    with push_services(db, KeyRing(b"master-key-for-tests"), url, Path(folder)) as services:
        app = App(connector=PsycopgConnector(conninfo=app_url, min_size=1, max_size=4))

        @app.task(name="push.deliver")
        def _deliver(tenant_id: int, fact_id: str) -> None:
            deliver_together(services, tenant_id=tenant_id, fact_id=UUID(fact_id), pace=PACE)

        threading.Thread(target=_sweep_for_ever, args=(services,), daemon=True).start()
        asyncio.run(_work(app))


def _sweep_for_ever(services: object) -> None:
    while True:
        try:
            sweep(services, pace=PACE)  # type: ignore[arg-type]
        except Exception:
            # The database is down: so will be the worker's own connection, and whoever tends us starts us again.
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.3)


async def _work(app: App) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=4, delete_jobs="always", fetch_job_polling_interval=0.2, install_signal_handlers=False
        )


def _poison(case_no: str) -> None:
    post = HttpLine.post_message

    def deadly(line: HttpLine, **message: object) -> object:
        if message["case_no"] == case_no:
            os.kill(os.getpid(), signal.SIGKILL)
        return post(line, **message)  # type: ignore[arg-type]

    if case_no:
        HttpLine.post_message = deadly  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    main(*sys.argv[1:])
