"""Rows of many tenants in one transaction: each tenant costs one `SET LOCAL` and a statement per table, in a pipeline.

A row policy lets a statement write the rows of one tenant only, so the townships of a province are some ten thousand
statements; sent one after another, each would wait for the database's answer. The rows of a statement travel as one
JSON document, which PostgreSQL takes apart by the column types of the table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, LiteralString, NewType
from uuid import UUID

from psycopg import sql
from sqlalchemy import Table

from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.tenancy.scope import NOBODY, current

Row = Mapping[str, Any]
# Made by `inserting`, `updating` and `deleting` alone: names are quoted by the driver, values are never part of it.
Statement = NewType("Statement", str)
# Statement → the rows it writes. Statements run in the order in which they were put in.
Batch = dict[Statement, list[Row]]


@cache
def inserting(
    model: type[Base], columns: tuple[str, ...], replacing: tuple[str, ...] | None = None
) -> Statement:  # fmt: skip
    """Insert rows of these columns; others get their defaults.

    replacing  None: a row that is there already is an error; (): it stays; names: these columns of it are replaced
    """
    conflict: sql.Composable = sql.SQL("")
    if replacing is not None:
        fresh = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in replacing)
        change = sql.SQL("update set {}").format(fresh) if replacing else sql.SQL("nothing")
        conflict = sql.SQL(" on conflict ({}) do {}").format(_names(_key(model)), change)
    return _statement(
        "insert into {table} ({named}) select {named} from {source}{conflict}", model, named=_names(columns),
        conflict=conflict,
    )  # fmt: skip


@cache
def updating(model: type[Base], columns: tuple[str, ...]) -> Statement:
    """Give rows, found by their primary key, new values in these columns."""
    fresh = sql.SQL(", ").join(sql.SQL("{0} = fresh.{0}").format(sql.Identifier(name)) for name in columns)
    return _statement("update {table} set {fresh} from {source} as fresh where {same}", model, fresh=fresh)


@cache
def deleting(model: type[Base]) -> Statement:
    """Take rows out by their primary key."""
    return _statement("delete from {table} using {source} as fresh where {same}", model)


def add(batch: Batch, statement: Statement, rows: Sequence[Row]) -> None:
    """Put rows into a batch; none leave it as it is."""
    if rows:
        batch.setdefault(statement, []).extend(rows)


def write_reference(session: ScopedSession, batch: Batch) -> None:
    """Write rows of tables that belong to no tenant, in the session's own scope."""
    with _cursor(session) as cursor:
        for statement, rows in batch.items():
            cursor.execute(statement, [_document(rows)])


def write_tenants(session: ScopedSession, batches: Mapping[int, Batch]) -> None:
    """Write the batch of each tenant in that tenant's scope; the session's own scope holds again afterwards.

    After an error there is nothing to return to: the transaction is lost, which the caller's block sees to.
    """
    session.flush()
    session.narrow({"role": "none"} | NOBODY.settings())
    with _driver(session).pipeline(), _cursor(session) as cursor:
        for tenant_id, batch in batches.items():
            cursor.execute(sql.SQL("SET LOCAL xiangtong.tenant_id = {}").format(sql.Literal(str(int(tenant_id)))))
            for statement, rows in batch.items():
                cursor.execute(statement, [_document(rows)])
    session.narrow({"role": "none"} | current(session).settings())


def _driver(session: ScopedSession) -> Any:
    return session.connection().connection.driver_connection


def _cursor(session: ScopedSession) -> Any:
    return _driver(session).cursor()


def _document(rows: Sequence[Row]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    """Values that JSON has no form for, as PostgreSQL reads them from text."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value) if isinstance(value, UUID) else value.isoformat()  # type: ignore[attr-defined]


def _statement(words: LiteralString, model: type[Base], **parts: sql.Composable) -> Statement:
    table = sql.Identifier(_table(model).name)
    source = sql.SQL("json_populate_recordset(null::{}, %s::json)").format(table)
    same = sql.SQL(" and ").join(
        sql.SQL("{0}.{1} = fresh.{1}").format(table, sql.Identifier(name)) for name in _key(model)
    )
    return Statement(sql.SQL(words).format(table=table, source=source, same=same, **parts).as_string())


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _key(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in _table(model).primary_key.columns)
