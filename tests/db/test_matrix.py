"""The matrix: every tenant table × every verb × every scope, generated from the catalogue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from db.test_catalogue import FOREIGN, REFERENCE
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database, Scope

_SAMPLES = {
    "int4": "7", "int8": "7", "int2": "7", "text": "'x'", "varchar": "'x'", "bytea": "'\\x00'", "jsonb": "'{}'", "json": "'{}'",
    "uuid": "'00000000-0000-7000-8000-000000000001'", "bool": "false", "date": "'2026-11-21'",
    "timestamptz": "'2026-11-21 09:30+08'", "timestamp": "'2026-11-21 09:30'", "interval": "'1 day'", "float8": "1",
    "_text": "'{}'", "_int4": "'{}'",
}  # fmt: skip


@pytest.fixture
def seeded(cluster: Cluster, database: str) -> Iterator[tuple[Cluster, str, list[str]]]:
    """A database in which tenants 1 and 2 have one row in every tenant table (put there past the constraints)."""
    with psycopg.connect(cluster.url("postgres", database), autocommit=True) as root:
        root.execute("set session_replication_role = replica")
        tables = [
            str(name)
            for (name,) in root.execute(
                "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'"
            )
            if name not in REFERENCE and not FOREIGN.match(str(name)) and not _of_a_person(root, str(name))
        ]
        for table in tables:
            _forget_checks(root, table)
            for tenant_id in (1, 2):
                root.execute(_insert(root, table, tenant_id))
    yield cluster, database, tables


def _of_a_person(root: psycopg.Connection[tuple[object, ...]], table: str) -> bool:
    """Tables under a citizen's or a web session's policy; `test_a_citizen_sees_no_other` looks at those."""
    policy = root.execute(
        "select pg_get_expr(polqual, polrelid) from pg_policy where polname = 'scope' and polrelid = %s::regclass",
        [table],
    ).fetchone()
    return policy is None or "xiangtong.tenant_id" not in str(policy[0])


def _forget_checks(root: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """The made-up values mean nothing, so what the columns may say is not asked here."""
    checks = root.execute(
        "select conname from pg_constraint where contype = 'c' and conrelid = %s::regclass", [table]
    ).fetchall()
    for (name,) in checks:
        root.execute(
            sql.SQL("alter table {} drop constraint {}").format(sql.Identifier(table), sql.Identifier(str(name)))
        )


def _insert(root: psycopg.Connection[tuple[object, ...]], table: str, tenant_id: int) -> sql.Composable:
    columns = root.execute(
        "select column_name, udt_name from information_schema.columns where table_schema = 'public' and table_name = %s"
        " and is_generated = 'NEVER' and (is_nullable = 'NO' or column_name = 'tenant_id')",
        [table],
    ).fetchall()
    values = [str(tenant_id) if name == "tenant_id" else _SAMPLES[str(kind)] for name, kind in columns]
    return sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(str(name)) for name, _ in columns),
        sql.SQL(", ").join(sql.SQL(value.replace("-0000000", f"-{tenant_id}000000")) for value in values),
    )


def _scoped(connection: psycopg.Connection[tuple[object, ...]], tenant: str | None) -> None:
    if tenant is not None:
        connection.execute(sql.SQL("set local xiangtong.tenant_id = {}").format(sql.Literal(tenant)))


@pytest.mark.parametrize("tenant", [None, "", "1", "999"], ids=["unset", "empty", "own", "other"])
def test_every_table_shows_a_tenant_its_own_rows_only(
    seeded: tuple[Cluster, str, list[str]], tenant: str | None
) -> None:
    cluster, database, tables = seeded
    expected = {1} if tenant == "1" else set()
    assert len(tables) >= 4
    with psycopg.connect(cluster.url("xiangtong_app", database)) as connection:
        for table in tables:
            with connection.transaction():
                _scoped(connection, tenant)
                rows = connection.execute(sql.SQL("select tenant_id from {}").format(sql.Identifier(table))).fetchall()
                assert {row[0] for row in rows} == expected, table


def test_garbage_in_the_setting_is_an_error_and_never_a_row(seeded: tuple[Cluster, str, list[str]]) -> None:
    cluster, database, _ = seeded
    with (
        psycopg.connect(cluster.url("xiangtong_app", database)) as connection,
        pytest.raises(psycopg.errors.InvalidTextRepresentation),
    ):
        _scoped(connection, "1 or true")
        connection.execute("select * from data_key")


def test_no_verb_reaches_another_tenants_row(seeded: tuple[Cluster, str, list[str]]) -> None:
    cluster, database, tables = seeded
    with psycopg.connect(cluster.url("xiangtong_app", database)) as connection:
        for table in tables:
            for verb in (
                "update {} set tenant_id = tenant_id where tenant_id = 2",
                "delete from {} where tenant_id = 2",
            ):
                assert _touched(connection, verb, table) == 0, f"{table}: {verb}"
            for verb in (
                "update {} set tenant_id = 2 where tenant_id = 1",
                "insert into {} select * from {} where false",
            ):
                assert _refused_or_nothing(connection, verb, table), f"{table}: {verb}"


def _touched(connection: psycopg.Connection[tuple[object, ...]], verb: str, table: str) -> int:
    name = sql.Identifier(table)
    try:
        with connection.transaction(force_rollback=True):
            _scoped(connection, "1")
            return connection.execute(sql.SQL(verb).format(name)).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0


def _refused_or_nothing(connection: psycopg.Connection[tuple[object, ...]], verb: str, table: str) -> bool:
    name = sql.Identifier(table)
    try:
        with connection.transaction(force_rollback=True):
            _scoped(connection, "1")
            return connection.execute(sql.SQL(verb).format(name, name)).rowcount == 0
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation):
        return True


@pytest.mark.parametrize("setting", ["xiangtong.citizen_id", "xiangtong.session_key"])
def test_a_citizen_or_a_session_sees_no_other(cluster: Cluster, database: str, setting: str) -> None:
    """Tables of people: without the person's own key nothing is seen, whatever tenant is set."""
    with psycopg.connect(cluster.url("postgres", database), autocommit=True) as root:
        names = root.execute(
            "select polrelid::regclass::text, pg_get_expr(polqual, polrelid) from pg_policy where polname = 'scope'"
        ).fetchall()
        tables = [str(name) for name, policy in names if setting in str(policy)]
        root.execute("set session_replication_role = replica")
        for table in tables:
            _forget_checks(root, table)
            root.execute(_insert(root, table, 1))
    assert tables
    with psycopg.connect(cluster.url("xiangtong_app", database)) as connection:
        _scoped(connection, "1")
        for table in tables:
            assert connection.execute(sql.SQL("select 1 from {}").format(sql.Identifier(table))).fetchall() == [], table


def test_dropping_one_policy_is_seen(seeded: tuple[Cluster, str, list[str]]) -> None:
    """The mutation, at each table: with its policy gone, the look above must find a foreign row, else it proves nothing."""
    cluster, database, tables = seeded
    with psycopg.connect(cluster.url("postgres", database), autocommit=True) as root:
        for table in map(sql.Identifier, tables):
            root.execute(sql.SQL("drop policy scope on {0}; create policy scope on {0} using (true)").format(table))
    with psycopg.connect(cluster.url("xiangtong_app", database)) as connection:
        _scoped(connection, "1")
        for table in tables:
            rows = connection.execute(sql.SQL("select tenant_id from {}").format(sql.Identifier(table))).fetchall()
            assert {row[0] for row in rows} == {1, 2}, table


def test_a_pool_of_two_connections_keeps_200_interleaved_tenants_apart(db: Database, keys: KeyRing) -> None:
    """Random roll-backs and a killed connection now and then; every answer carries its tenant and is compared."""
    for tenant_id in range(1, 21):
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            keys.found_tenant(session, tenant_id=tenant_id)
    random, wrong = Random(20261121), []

    def visit(tenant_id: int, fate: float) -> None:
        try:
            with db.scope(Scope(tenant_id=tenant_id)) as session:
                seen = set(session.scalars(text("select tenant_id from tenant_key")))
                if seen != {tenant_id}:
                    wrong.append((tenant_id, seen))
                if fate < 0.3:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass

    visits = [(random.randint(1, 20), random.random()) for _ in range(200)]
    threads = [
        threading.Thread(target=lambda part=part: [visit(*each) for each in part])
        for part in (visits[::2], visits[1::2])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with db.scope(NOBODY) as session:
        assert session.scalars(text("select tenant_id from tenant_key")).all() == []


def test_a_foreign_key_cannot_cross_tenants(seeded: tuple[Cluster, str, list[str]]) -> None:
    cluster, database, tables = seeded
    with psycopg.connect(cluster.url("postgres", database)) as root:
        crossing = root.execute(
            "select con.conname from pg_constraint con join pg_class c on c.oid = con.conrelid"
            " join pg_class f on f.oid = con.confrelid where con.contype = 'f' and c.relname = any(%s)"
            " and f.relname = any(%s) and array_length(con.conkey, 1) < 2",
            [tables, tables],
        ).fetchall()
    assert crossing == []
