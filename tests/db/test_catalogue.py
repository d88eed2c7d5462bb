"""The catalogue of the database itself proves the isolation: a table added tomorrow is covered the day it appears."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy import policies

# Reference tables that everybody reads, and tables of others' making that hold no tenant's data.
REFERENCE = {"city", "division", "tenant", "work_calendar", "library_version", "alembic_version", "search_entry"}
# The city's own books, reviewed one by one: a breaker and a reconciliation belong to a destination; a callback is
# sealed with the city's key before anybody knows whose it is; a sign-in name is a keyed digest that names a tenant;
# a throttle counts keyed digests.
# Versions of forms are everybody's to read; a sheet counts drafts and names nobody's.
REFERENCE |= {"form_version", "form_sheet"}
REFERENCE |= {"breaker", "reconciliation_run", "callback", "staff_login", "throttle"}
FOREIGN = re.compile(r"(procrastinate_|ab_)")
# Tables that belong to a citizen or to a web session and not to a tenant.
OTHER_SCOPES = {policies.CITIZEN, policies.SESSION}


@pytest.fixture
def catalogue(cluster: Cluster, database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A superuser's look at the catalogue of a migrated database."""
    with psycopg.connect(cluster.url("postgres", database)) as connection:
        yield connection


def _tables(catalogue: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    found = catalogue.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    return [str(name) for (name,) in found if name not in REFERENCE and not FOREIGN.match(str(name))]


def _normal(expression: str) -> str:
    """PostgreSQL prints a policy with its own brackets and casts; compare what remains without them."""
    return re.sub(r"::(text|integer|int|uuid)|[\s()]", "", expression.lower())


def test_every_table_is_forced_under_one_known_policy(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    rows = catalogue.execute(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polcmd, pg_get_expr(p.polqual, p.polrelid),"
        " pg_get_expr(p.polwithcheck, p.polrelid) from pg_class c"
        " left join pg_policy p on p.polrelid = c.oid and p.polname = 'scope'"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
    ).fetchall()
    wanted = set(_tables(catalogue))
    assert wanted
    for table, enabled, forced, command, using, check in rows:
        if table not in wanted:
            continue
        assert enabled, f"{table}: row security is off"
        assert forced, f"{table}: the owner would bypass the policy"
        assert command == "*", f"{table}: the policy must cover every command"
        assert using == check, f"{table}: what is seen and what may be written must be the same"
        assert _is_known(str(using)), f"{table}: an unknown policy {using}"


def _is_known(expression: str) -> bool:
    plain = _normal(expression)
    if plain in {_normal(policy) for policy in OTHER_SCOPES}:
        return True
    return plain.startswith(_normal(policies.TENANT)) and (
        plain == _normal(policies.TENANT) or ("coalesce" in plain and "xiangtong.case_id" in plain)
    )


def test_every_key_of_a_tenant_table_begins_with_the_tenant(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    rows = catalogue.execute(
        "select c.relname, con.conname, con.contype, a.attname from pg_constraint con"
        " join pg_class c on c.oid = con.conrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = con.conkey[1]"
        " where con.contype in ('p', 'u', 'f') and c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    wanted, checked = set(_tables(catalogue)), 0
    for table, name, _kind, first in rows:
        if table in wanted:
            checked += 1
            assert first in {"tenant_id", "citizen_id", "key", "id"}, f"{table}.{name} begins with {first}"
            if _has_column(catalogue, str(table), "tenant_id") and first != "tenant_id":
                assert first == "citizen_id", f"{table}.{name} begins with {first}"
    assert checked


def _has_column(catalogue: psycopg.Connection[tuple[object, ...]], table: str, column: str) -> bool:
    return bool(
        catalogue.execute(
            "select 1 from information_schema.columns where table_name = %s and column_name = %s", [table, column]
        ).fetchone()
    )


def test_unique_indexes_do_not_tell_of_other_tenants(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    rows = catalogue.execute(
        "select c.relname, i.relname, a.attname from pg_index x join pg_class c on c.oid = x.indrelid"
        " join pg_class i on i.oid = x.indexrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]"
        " where x.indisunique and c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    for table, name, first in rows:
        if table in set(_tables(catalogue)) and _has_column(catalogue, str(table), "tenant_id"):
            assert first in {"tenant_id", "citizen_id"}, f"{table}.{name} begins with {first}"


def test_views_and_functions_open_no_back_door(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    views = catalogue.execute(
        "select relname, reloptions from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []
    definers = catalogue.execute(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert definers == []


def test_no_serving_role_bypasses_owns_or_creates(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    roles = catalogue.execute(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolinherit from pg_roles where rolname ~ '^xiangtong_'"
    ).fetchall()
    assert {str(row[0]) for row in roles} >= {
        "xiangtong_app",
        "xiangtong_oversight",
        "xiangtong_relay",
        "xiangtong_city",
    }
    for name, superuser, bypass, create, inherit in roles:
        assert not (superuser or bypass or create), name
        assert name != "xiangtong_app" or not inherit, "the app would hold the city's rights without asking"
    owned = catalogue.execute(
        "select relname from pg_class c join pg_roles r on r.oid = c.relowner"
        " where r.rolname ~ '^xiangtong_(app|oversight|relay|city)$'"
    ).fetchall()
    assert owned == []


def test_the_relay_sees_no_body(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    columns = catalogue.execute(
        "select table_name, column_name from information_schema.column_privileges"
        " where grantee = 'xiangtong_relay' and privilege_type = 'SELECT'"
    ).fetchall()
    open_to_it = {(t, c) for t, c in columns if t not in REFERENCE}
    assert {c for t, c in open_to_it if t == "ledger_fact"} <= {
        "tenant_id", "id", "case_id", "seq", "state", "due_at", "lease_until",
    }  # fmt: skip
    assert {c for t, c in open_to_it if t == "wire_message"} <= {"tenant_id", "message_id", "fact_id"}
    assert {t for t, c in open_to_it} <= {"ledger_fact", "wire_message"}


def test_oversight_only_reads(catalogue: psycopg.Connection[tuple[object, ...]]) -> None:
    grants = catalogue.execute(
        "select table_name, privilege_type from information_schema.role_table_grants where grantee = 'xiangtong_oversight'"
    ).fetchall()
    assert grants
    assert {privilege for _, privilege in grants} == {"SELECT"}
