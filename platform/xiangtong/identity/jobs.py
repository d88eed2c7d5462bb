"""Jobs of identity: codes go to phones; expired sessions, codes and counters leave once an hour."""

from __future__ import annotations

import logging
from typing import Any

from xiangtong.identity import sessions, sign_in
from xiangtong.kernel.jobs import task
from xiangtong.notify.ports import SmsUnavailable
from xiangtong.tenancy.scope import NOBODY

_LOG = logging.getLogger(__name__)


@task("identity.sweep", cron="17 * * * *")
def _sweep(services: Any) -> None:
    with services.db.scope(NOBODY) as session:
        sessions.sweep(session)


@task(sign_in.SEND_CODE)
def _send_code(services: Any, *, tenant_id: int, staff_id: str) -> None:
    try:
        sign_in.send_code(services.db, keys=services.keys, sms=services.sms, tenant_id=tenant_id, staff_id=staff_id)
    except SmsUnavailable:
        _LOG.warning("message not sent", extra={"template": "staff_code", "tenant": tenant_id})
