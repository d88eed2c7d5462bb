"""Rows: engines, sessions, and the one event that puts a scope into every transaction.

A session is opened with *local settings* (name → value). They are written with `SET LOCAL` statements when a
transaction begins, so a pooled connection never carries one person's scope to the next (design §4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# SET takes no bind parameters, so only what matches here is ever written into the statement.
_SETTING = re.compile(r"[a-z_.]+\Z")
_VALUE = re.compile(r"[0-9a-z_,\-]*\Z")


class Base(DeclarativeBase):
    """The declarative base of every table that is ours (Flask-AppBuilder's have their own)."""

    metadata = MetaData(naming_convention=_NAMING)
    # The clock is aware, so every moment in a row is too.
    type_annotation_map = {datetime: DateTime(timezone=True)}


_Row = TypeVar("_Row", bound=Base)


def engine(url: str, **options: Any) -> Engine:
    """An engine for a `postgresql://` address (psycopg 3); raises ValueError for any other database."""
    address = make_url(url)
    if not address.drivername.startswith("postgresql"):
        raise ValueError("PostgreSQL 15 or later is the only database there is a promise for")
    defaults: dict[str, Any] = {"pool_pre_ping": False, "pool_size": 10, "max_overflow": 10}
    return create_engine(address.set(drivername="postgresql+psycopg"), **(defaults | options))


def statement(settings: Mapping[str, str]) -> str:
    """`SET LOCAL` for each setting, one round trip; raises ValueError for a name or value that is not plain."""
    parts = []
    for name, value in settings.items():
        if not (_SETTING.match(name) and _VALUE.match(value)):
            raise ValueError(f"not a plain setting: {name}")
        parts.append(f"SET LOCAL {name} = '{value}'" if name != "role" else f"SET LOCAL ROLE {value}")
    return "; ".join(parts)


def unwritten(model: type[_Row], **values: Any) -> _Row:
    """A row that a statement of its own will write: the attributes of `model`, without the watch kept over them.

    No session ever takes it. Watching costs more than everything else about a row that is written once.
    """
    return cast("_Row", SimpleNamespace(**values))


def columns_of(row: Base) -> dict[str, Any]:
    """The values of an `unwritten` row by the names of its columns."""
    return vars(row)


class ScopedSession(Session):
    """A session whose every transaction begins with its local settings."""

    def narrow(self, settings: Mapping[str, str]) -> None:
        """Replace the local settings, for the transaction that runs now and for those that follow."""
        self.info["settings"] = dict(settings)
        if self.in_transaction():
            self.connection().exec_driver_sql(statement(settings))


@event.listens_for(ScopedSession, "after_begin")
def _settle(session: ScopedSession, transaction: SessionTransaction, connection: Connection) -> None:
    settings = session.info.get("settings")
    if settings and not transaction.nested:
        connection.exec_driver_sql(statement(settings))


@contextmanager
def transaction(bind: Engine, settings: Mapping[str, str]) -> Iterator[ScopedSession]:
    """One session, one transaction: committed when the block ends well, rolled back when it raises."""
    with ScopedSession(bind, expire_on_commit=False, info={"settings": dict(settings)}) as session, session.begin():
        yield session
