"""Tables of push that belong to no tenant: breakers, callbacks, runs of the reconciliation."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables

revision = "0012"
down_revision = "0011"

_TABLES = ("breaker", "callback", "reconciliation_run")


def upgrade() -> None:
    """Create them; the app works them, the city's screen reads what holds no body."""
    create_tables("0012")
    op.execute("grant select, insert, update on breaker, callback to xiangtong_app")
    op.execute("grant select, insert on reconciliation_run to xiangtong_app")
    op.execute("grant select on breaker, reconciliation_run to xiangtong_oversight, xiangtong_relay")
    op.execute("grant select (event_id, event, received_at, state) on callback to xiangtong_oversight")


def downgrade() -> None:
    """Drop them, last first."""
    drop_tables(*reversed(_TABLES))
