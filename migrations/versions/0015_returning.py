"""Ways back to a draft that was begun without an account."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import SESSION, protect

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table, then protect it."""
    create_tables("0015")
    protect("draft_return", policy=SESSION)
    op.execute("create policy stale on draft_return for delete using (expires_at < now())")


def downgrade() -> None:
    """Drop it."""
    op.drop_column("citizen_draft", "form_version")
    drop_tables("draft_return")
