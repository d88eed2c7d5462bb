"""The job tables of procrastinate, as its own package ships them."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them and let the app use them; they hold ids only, so no row policy."""
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute("grant select, insert, update, delete on all tables in schema public to xiangtong_app")
    for table in ("city", "division", "tenant", "work_calendar", "alembic_version"):
        op.execute(f"revoke insert, update, delete on {table} from xiangtong_app")
    op.execute("grant usage on all sequences in schema public to xiangtong_app")


def downgrade() -> None:
    """Drop everything that is named after the package: tables, functions, types."""
    op.execute(
        "do $$ declare r record; begin"
        " for r in select tablename as name from pg_tables where tablename like 'procrastinate%' loop"
        " execute format('drop table if exists %I cascade', r.name); end loop;"
        " for r in select oid::regprocedure as name from pg_proc where proname like 'procrastinate%' loop"
        " execute format('drop function if exists %s cascade', r.name); end loop;"
        " for r in select typname as name from pg_type where typname like 'procrastinate%' and typtype in ('e', 'c') loop"
        " execute format('drop type if exists %I cascade', r.name); end loop; end $$"
    )
