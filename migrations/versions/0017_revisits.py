"""A device that came to a draft by a code opens that draft and no other."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the column."""
    create_tables("0017")


def downgrade() -> None:
    """Drop it."""
    op.drop_column("web_session", "draft_id")
