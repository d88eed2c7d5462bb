"""The province's jobs: understanding callbacks, and the daily reconciliation."""

from __future__ import annotations

import logging
from uuid import UUID

from xiangtong.kernel import jobs
from xiangtong.province.callbacks import UNDERSTAND, Meaning, understand
from xiangtong.province.results import on_result
from xiangtong.push.cli import cities
from xiangtong.push.ports import Services, Unreachable
from xiangtong.push.reconcile import Report, days_to_compare, reconcile
from xiangtong.tenancy.scope import NOBODY

_LOG = logging.getLogger(__name__)

# The events of contract §6 that we do something about; the others are kept and counted until an area takes them.
MEANINGS: dict[str, Meaning] = {"receipt.result": on_result}


@jobs.task(UNDERSTAND)
def understand_callback(services: Services, *, event_id: str) -> None:
    """Do what a stored callback asks for."""
    understand(services, event_id=UUID(event_id), meanings=MEANINGS)


@jobs.task("province.reconcile", cron="40 1 * * * 0")
def reconcile_nightly(services: Services, **_ids: object) -> None:
    """Every night: compare with each city's province yesterday, and the days on which it could not be asked."""
    for city_code in cities(services):
        with services.db.scope(NOBODY) as session:
            days = days_to_compare(session, city_code=city_code)
        try:
            for day in days:
                _tell(reconcile(services, day, city_code=city_code), city_code)
        except Unreachable:
            _LOG.error("reconciliation unreachable", extra={"city": city_code, "days": len(days)})


def _tell(report: Report, city_code: str) -> None:
    level = logging.INFO if report.clean else logging.ERROR
    _LOG.log(level, "reconciled", extra={"city": city_code, "day": str(report.day), "equal": report.equal,
                                         "re_sent": report.re_sent, "differences": report.differences})  # fmt: skip
