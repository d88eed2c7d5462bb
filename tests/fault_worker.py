"""A delivery worker as the product runs it (procrastinate, delivery, sweeper), at a test's pace, in a process of its own.

It dies at its failpoint, and at the moment it would send the case `poison`, as a message that crashes its worker does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector

from fault_wire import raw_request, send_cut
from ledger_writer import PushServices, push_services
from pushing import QUICK
from xiangtong.kernel import failpoint
from xiangtong.province.http import HttpLine
from xiangtong.push.deliver import deliver_together
from xiangtong.push.pace import Pace
from xiangtong.push.ports import Answer
from xiangtong.push.sweep import sweep
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

PACE = replace(
    QUICK, lease=timedelta(seconds=2), woken_for=timedelta(seconds=2), base=timedelta(milliseconds=50),
    probe_every=timedelta(milliseconds=500), failures=10, claims_lost=12,
)  # fmt: skip


def work(folder: Path, url: str, urls: tuple[str, str, str], point: str, poison: str) -> None:
    """Work until killed; `urls` are those of app, oversight and relay."""
    failpoint.arm(point, environment="test")
    pace = replace(PACE, claims_lost=3) if poison else PACE
    _poison(poison)
    _cut(url, point)
    db = Database(app_url=urls[0], oversight_url=urls[1], relay_url=urls[2])
    with push_services(db, KeyRing(b"master-key-for-tests"), url, folder) as services:
        app = App(connector=PsycopgConnector(conninfo=urls[0], min_size=1, max_size=4))

        @app.task(name="push.deliver")
        def _deliver(tenant_id: int, fact_id: str) -> None:
            deliver_together(services, tenant_id=tenant_id, fact_id=UUID(fact_id), pace=pace)

        threading.Thread(target=_sweep_for_ever, args=(services, pace), daemon=True).start()
        asyncio.run(_work(app))


def _sweep_for_ever(services: PushServices, pace: Pace) -> None:
    while True:
        try:
            sweep(services, pace=pace)
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

    def deadly(line: HttpLine, **message: Any) -> Answer:
        if message["case_no"] == case_no:
            os.kill(os.getpid(), signal.SIGKILL)
        return post(line, **message)

    if case_no:
        HttpLine.post_message = deadly  # type: ignore[method-assign]


def _cut(url: str, point: str) -> None:
    """Die when half the headers, or half the body, are on the wire."""

    def halfway(line: HttpLine, **message: Any) -> Answer:
        request = raw_request(line, url, **message)
        head = request.index(b"\r\n\r\n")
        send_cut(url, request[: head // 2 if point == "wire.headers" else (head + len(request)) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("alive after SIGKILL")

    if point.startswith("wire."):
        HttpLine.post_message = halfway  # type: ignore[method-assign]
