"""What every page of a township begins with, known for a moment: its names and parameters, villages and telephones.

They change a few times a year and are asked for with every click. So a process keeps them for two seconds, and
forgets them as soon as it changes any itself; another process may show an old name for those two seconds. Whether a
township takes filings is nothing to be told late: `cases.submit` asks the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.finding import Township, township
from xiangtong.tenancy.models import Division, Place, Tenant
from xiangtong.tenancy.neighbourhood import Neighbourhood, neighbourhood
from xiangtong.tenancy.scope import Database, current, enter

_KEEP_SECONDS = 2.0
_MOST = 500
_CHANGED = "changes_townships"


@dataclass(frozen=True, slots=True)
class Known:
    """A township with what is around it. Its rows belong to no session and are only read."""

    town: Township
    around: Neighbourhood
    until: float


_known: WeakKeyDictionary[Engine, dict[str, Known]] = WeakKeyDictionary()


def recall(db: Database, *, code: str) -> Known | None:
    """The township of a 9-digit code, if it was read within the last two seconds. No query."""
    found = _known.get(db.app, {}).get(code)
    return found if found is not None and found.until > monotonic() else None


def learn(session: ScopedSession, *, code: str) -> Known:
    """Read the township and go on in its scope; raises NotFound. Two queries."""
    town = township(session, code=code)
    enter(session, tenant_id=town.tenant.id)
    around = neighbourhood(session, tenant=town.tenant)
    for row in filter(None, (town.tenant, town.successor)):
        session.expunge(row)
    found = Known(town, around, monotonic() + _KEEP_SECONDS)
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    kept = _known.setdefault(bind, {})
    if len(kept) >= _MOST:
        kept.clear()
    kept[code] = found
    return found


def forget() -> None:
    """Read every township anew when it is next asked for."""
    _known.clear()


@event.listens_for(ScopedSession, "after_flush")
def _note(session: ScopedSession, *_: Any) -> None:
    touched = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, (Tenant, Place, Division)) for row in touched):
        session.info[_CHANGED] = True


@event.listens_for(ScopedSession, "after_commit")
def _forget(session: ScopedSession) -> None:
    # The reference tables are written in the city's scope alone, in bulk and past the flush.
    if session.info.pop(_CHANGED, False) or current(session).city:
        forget()
