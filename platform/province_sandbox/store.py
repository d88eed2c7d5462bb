"""The province's own SQLite file: write-ahead log, one transaction a message, on disk before a 201.

`synchronous=FULL` makes a commit wait for the disk, so a server killed at any moment loses nothing
that it acknowledged. Writers queue at one lock; readers never wait.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
create table if not exists message (
    message_id text primary key, case_no text not null, seq integer not null, type text not null,
    division_code text not null, item_code text not null, body blob not null, digest text not null,
    chain text not null, receipt_no text not null, received_at text not null,
    received_on text not null, unique (case_no, seq));
create index if not exists message_day on message (received_on, case_no);
create table if not exists case_state (
    case_no text primary key, last_seq integer not null, chain text not null,
    received_at text not null);
create index if not exists case_latest on case_state (received_at);
create table if not exists material (
    digest text primary key, size integer not null, received_at text not null);
create table if not exists answered (
    idempotency_key text primary key, address text not null, body_digest text not null,
    answer text not null, answered_at text not null);
create table if not exists item (
    item_code text primary key, division_code text not null, document text not null,
    changed_at text not null);
create table if not exists work_order (
    order_no text primary key, division_code text not null, document text not null,
    created_at text not null, state text not null);
create table if not exists work_order_action (
    id integer primary key, order_no text not null, action text not null, document text not null);
create table if not exists licence_query (
    id integer primary key, licence_type text not null, purpose text not null, found integer not null,
    asked_at text not null);
create table if not exists callback (
    event_id text primary key, event text not null, body blob not null, created_at text not null,
    attempts integer not null default 0, due_ms integer not null, status integer,
    done integer not null default 0);
"""

Row = sqlite3.Row


class Store:
    """One database file, safe to use from any thread."""

    def __init__(self, path: Path, *, synchronous: str = "FULL") -> None:
        self._path = path
        self._synchronous = synchronous
        self._local = threading.local()
        self._writer = threading.Lock()
        self._open: list[sqlite3.Connection] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection().executescript(_TABLES)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed (and on disk) when the block ends, undone when it raises."""
        with self._writer:
            connection = self._connection()
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def all(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection().execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self._connection().execute(sql, values).fetchone()
        return row

    def count(self, sql: str, *values: Any) -> int:
        """The first column of the first row of a counting query."""
        return int(self._connection().execute(sql, values).fetchone()[0])

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._open:
            connection.close()
        self._open.clear()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("pragma journal_mode = wal")
            connection.execute(f"pragma synchronous = {self._synchronous}")
            self._local.connection = connection
            self._open.append(connection)
        return connection
