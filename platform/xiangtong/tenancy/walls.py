"""The reviewed ways through a wall between scopes, inside one transaction (design §4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.scope import current, within


@contextmanager
def as_citizen(session: ScopedSession, citizen_id: UUID) -> Iterator[None]:
    """See and write this citizen's pointers for the block; costs nothing where the scope already names the citizen."""
    if current(session).citizen_id == citizen_id:
        yield
        session.flush()
        return
    with within(session, citizen_id=citizen_id):
        yield


@contextmanager
def as_tenant(session: ScopedSession, tenant_id: int, *, case_id: UUID | None = None) -> Iterator[None]:
    """Act in another body's rows for the block; with `case_id` as a guest who sees this one case only."""
    scope = current(session)
    if (scope.tenant_id, scope.case_id) == (tenant_id, case_id):
        yield
        session.flush()
        return
    with within(session, tenant_id=tenant_id, case_id=case_id):
        yield
