"""The sheet before publishing is drawn up for one city."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the columns."""
    create_tables("0019")


def downgrade() -> None:
    """Drop them."""
    op.drop_column("form_sheet", "elsewhere")
    op.drop_column("form_sheet", "city_code")
