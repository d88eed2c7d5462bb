"""Pages that were posted after a session had ended, kept sealed for an hour."""

from __future__ import annotations

from alembic import op

from xiangtong.drafts.unsent import Unsent
from xiangtong.tenancy.policies import SESSION, protect

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the table, then protect it."""
    Unsent.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    protect("unsent", policy=SESSION)
    op.execute("create policy stale on unsent for delete using (expires_at < now())")


def downgrade() -> None:
    """Drop it."""
    Unsent.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
