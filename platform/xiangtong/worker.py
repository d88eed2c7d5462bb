"""The worker: takes jobs by name and hands them to the areas' handlers. Add processes to do more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from procrastinate import App, PsycopgConnector

from xiangtong.kernel.jobs import TASKS, Task
from xiangtong.tenancy.self_check import refuse_silent_policies
from xiangtong.wiring import Services, register_jobs

_LOG = logging.getLogger(__name__)
_STALLED_SECONDS = 60


def job_app(services: Services) -> App:
    """The procrastinate app with every registered job."""
    register_jobs()
    connector = PsycopgConnector(conninfo=services.settings.database_url, min_size=1, max_size=4)
    app = App(connector=connector)
    for job in TASKS.values():
        _add(app, services, job)
    app.periodic(cron="* * * * *")(app.task(name="worker.rescue", queue="default", pass_context=False)(_rescue(app)))
    return app


def _add(app: App, services: Services, job: Task) -> None:
    task = app.task(name=job.name, queue="default")(_bound(services, job))
    if job.cron:
        app.periodic(cron=job.cron)(task)


def _bound(services: Services, job: Task) -> Callable[..., None]:
    def run(timestamp: int | None = None, **ids: Any) -> None:
        try:
            job.handler(services, **ids)
        except Exception:
            _LOG.exception("job failed", extra={"job": job.name, **ids})
            raise

    return run


def _rescue(app: App) -> Callable[..., Any]:
    async def rescue(timestamp: int) -> None:
        """Jobs whose worker died more than a minute ago start again; every handler may run twice."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
            await app.job_manager.retry_job(job)

    return rescue


def run(services: Services, *, concurrency: int = 4, wait: bool = True) -> None:
    """Work until stopped by a signal; with `wait=False`, until no job is left. Refuses where policies would be silent."""
    refuse_silent_policies(services.db)
    asyncio.run(_run(services, concurrency, wait))


async def _run(services: Services, concurrency: int, wait: bool) -> None:
    app = job_app(services)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency, wait=wait, delete_jobs="successful", install_signal_handlers=wait,
            fetch_job_polling_interval=1.0,
        )  # fmt: skip
