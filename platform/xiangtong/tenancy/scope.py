"""Scope: who a transaction acts for. No scope, no rows (design §4).

Every setting is written in every transaction, the unset ones as an empty string, so that narrowing within a
transaction never leaves an older setting behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Engine

from xiangtong.kernel.db import ScopedSession, engine, transaction


@dataclass(frozen=True, slots=True)
class Scope:
    """What the row policies compare with.

    tenant_id  the tenant whose rows are seen; None sees none
    citizen_id the citizen whose own rows (drafts, cases, pointers) are seen
    case_id    when set, only this case of the tenant is seen (guest of one case)
    reach      division prefixes (2, 4, 6, 9 or 12 digits) the oversight role may read; none reads nothing
    session_key hex digest of a web session's token: only that session row is seen
    city       True: this transaction may write the reference tables (role `xiangtong_city`)
    """

    tenant_id: int | None = None
    citizen_id: UUID | None = None
    case_id: UUID | None = None
    reach: tuple[str, ...] = ()
    session_key: str = ""
    city: bool = False

    def settings(self) -> dict[str, str]:
        """The local settings of a transaction in this scope."""
        plain = {
            "xiangtong.tenant_id": "" if self.tenant_id is None else str(int(self.tenant_id)),
            "xiangtong.citizen_id": str(self.citizen_id or ""),
            "xiangtong.case_id": str(self.case_id or ""),
            "xiangtong.reach": ",".join(self.reach),
            "xiangtong.session_key": self.session_key,
        }
        return plain | ({"role": "xiangtong_city"} if self.city else {})


NOBODY = Scope()
CITY = Scope(city=True)


class Database:
    """The three doors to the rows: app (policies by scope), oversight (read by division), relay (due rows only)."""

    def __init__(self, *, app_url: str, oversight_url: str, relay_url: str) -> None:
        self.app: Engine = engine(app_url)
        self._oversight: Engine = engine(oversight_url, pool_size=2)
        self._relay: Engine = engine(relay_url, pool_size=2)

    @property
    def engines(self) -> tuple[Engine, Engine, Engine]:
        """What stands behind the three doors, for the look at start-up."""
        return self.app, self._oversight, self._relay

    @contextmanager
    def scope(self, scope: Scope) -> Iterator[ScopedSession]:
        """One transaction in `scope`; commits at the end of the block, rolls back when it raises."""
        with transaction(self.app, scope.settings()) as session:
            session.info["scope"] = scope
            yield session

    @contextmanager
    def oversight(self, *reach: str) -> Iterator[ScopedSession]:
        """One reading transaction over every tenant below the division prefixes `reach`."""
        with transaction(self._oversight, Scope(reach=reach).settings()) as session:
            yield session

    @contextmanager
    def relay(self) -> Iterator[ScopedSession]:
        """One reading transaction that sees which ledger rows are due, and no body of any."""
        with transaction(self._relay, {}) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection (before a fork, at the end of a test)."""
        for bind in self.engines:
            bind.dispose()


def current(session: ScopedSession) -> Scope:
    """The scope `session` acts in."""
    scope = session.info.get("scope", NOBODY)
    assert isinstance(scope, Scope)
    return scope


def enter(session: ScopedSession, **changes: object) -> None:
    """Act in a changed scope for the rest of the transaction."""
    _enter(session, replace(current(session), **changes))  # type: ignore[arg-type]


@contextmanager
def within(session: ScopedSession, **changes: object) -> Iterator[None]:
    """Act in a changed scope for the block, inside the same transaction, then return to the one before.

    The reviewed verbs that cross a wall (a work item in the receiver's tenant, a citizen's pointer) use this.
    """
    before = current(session)
    _enter(session, replace(before, **changes))  # type: ignore[arg-type]
    try:
        yield
        session.flush()
    finally:
        if session.is_active:
            _enter(session, before)


def _enter(session: ScopedSession, scope: Scope) -> None:
    session.flush()
    session.info["scope"] = scope
    session.narrow(scope.settings() if scope.city else {"role": "none"} | scope.settings())
