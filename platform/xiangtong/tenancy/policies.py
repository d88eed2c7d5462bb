"""Row policies: the SQL that migrations run so that no table is protected by hand (design §4).

The catalogue test reads these very strings back from PostgreSQL and compares.
"""

from __future__ import annotations

from alembic import op

TENANT = "tenant_id = nullif(current_setting('xiangtong.tenant_id', true), '')::int"
CITIZEN = "citizen_id = nullif(current_setting('xiangtong.citizen_id', true), '')::uuid"
SESSION = "key = nullif(current_setting('xiangtong.session_key', true), '')"
# The prefix range ends at ':' because it follows '9' in the C collation that division codes are kept in.
REACH = (
    "tenant_id in (select t.id from tenant t"
    " join unnest(string_to_array(current_setting('xiangtong.reach', true), ',')) p(prefix)"
    " on t.division_code >= p.prefix and t.division_code < p.prefix || ':')"
)


def of_case(column: str) -> str:
    """The policy of a case table: the tenant matches, and the guest's case (where one is set) is this one.

    `coalesce` and not `or`: an `or` does not keep the empty string from being cast (tried: it fails).
    """
    return f"{TENANT} and coalesce({column} = nullif(current_setting('xiangtong.case_id', true), '')::uuid, true)"


def protect(table: str, *, policy: str = TENANT, oversight: bool = False) -> None:
    """Force row security on `table` with one policy for all commands, and grant the app its four verbs.

    With `oversight`, the role that serves the city's screens may read the rows of tenants within its reach.
    """
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy scope on {table} using ({policy}) with check ({policy})")
    op.execute(f"grant select, insert, update, delete on {table} to xiangtong_app")
    if oversight:
        op.execute(f"create policy reach on {table} for select to xiangtong_oversight using ({REACH})")
        op.execute(f"grant select on {table} to xiangtong_oversight")


def reference(*tables: str) -> None:
    """Everybody reads, only the role `xiangtong_city` writes."""
    for table in tables:
        op.execute(f"grant select on {table} to xiangtong_app, xiangtong_oversight, xiangtong_relay")
        op.execute(f"grant select, insert, update, delete on {table} to xiangtong_city")


def append_only(table: str) -> None:
    """Rows of `table` are written once: the app loses UPDATE and DELETE."""
    op.execute(f"revoke update, delete on {table} from xiangtong_app")
