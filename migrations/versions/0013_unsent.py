"""Pages that were posted after a session had ended, kept sealed for an hour."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import SESSION, protect

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the table, then protect it."""
    create_tables("0013")
    protect("unsent", policy=SESSION)
    op.execute("create policy stale on unsent for delete using (expires_at < now())")


def downgrade() -> None:
    """Drop it."""
    drop_tables("unsent")
