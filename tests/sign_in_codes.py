"""The codes that village staff sign in with, sent as the worker sends them: by the jobs that asking for one defers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from xiangtong.identity import sign_in
from xiangtong.notify.ports import Sms
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database

_JOBS = text("select args from procrastinate_jobs where task_name = :name order by id")


def asked_for(db: Database) -> list[dict[str, Any]]:
    """What the jobs so far were deferred with, oldest first."""
    with db.scope(NOBODY) as session:
        return list(session.scalars(_JOBS, {"name": sign_in.SEND_CODE}))


def send_last(db: Database, *, keys: KeyRing, sms: Sms) -> None:
    """Do the last job."""
    sign_in.send_code(db, keys=keys, sms=sms, **asked_for(db)[-1])
