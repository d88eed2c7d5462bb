"""What machines call their filings is forgotten after a while: since when it is known."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column and its index."""
    create_tables("0018")


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_machine_filing_created_at", "machine_filing")
    op.drop_column("machine_filing", "created_at")
