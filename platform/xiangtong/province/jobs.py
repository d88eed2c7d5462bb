"""The province's jobs: understanding callbacks, and the daily reconciliation."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from xiangtong.kernel import clock, jobs
from xiangtong.province.callbacks import UNDERSTAND, Meaning, understand
from xiangtong.province.results import on_result
from xiangtong.push.cli import cities
from xiangtong.push.ports import Services, Unreachable
from xiangtong.push.reconcile import reconcile

_LOG = logging.getLogger(__name__)

# The events of contract §6 that we do something about; the others are kept and counted until an area takes them.
MEANINGS: dict[str, Meaning] = {"receipt.result": on_result}


@jobs.task(UNDERSTAND)
def understand_callback(services: Services, *, event_id: str) -> None:
    """Do what a stored callback asks for."""
    understand(services, event_id=UUID(event_id), meanings=MEANINGS)


@jobs.task("province.reconcile", cron="40 1 * * * 0")
def reconcile_yesterday(services: Services, **_ids: object) -> None:
    """Every night: compare yesterday with each city's province. A province that cannot be asked is asked tomorrow."""
    yesterday = clock.today() - timedelta(days=1)
    for city_code in cities(services):
        try:
            report = reconcile(services, yesterday, city_code=city_code)
        except Unreachable:
            _LOG.error("reconciliation unreachable", extra={"city": city_code, "day": str(yesterday)})
            continue
        level = logging.INFO if report.clean else logging.ERROR
        _LOG.log(level, "reconciled", extra={"city": city_code, "day": str(yesterday), "equal": report.equal,
                                             "re_sent": report.re_sent, "differences": report.differences})  # fmt: skip
