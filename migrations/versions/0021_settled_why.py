"""A difference that a person closes keeps the reason."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column, and let the city's screen read it."""
    create_tables("0021")
    op.execute("grant select (settled_why) on difference to xiangtong_oversight")


def downgrade() -> None:
    """Drop it."""
    op.drop_column("difference", "settled_why")
