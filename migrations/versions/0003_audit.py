"""Tables of audit: entries that are written once, seals that are never touched again."""

from __future__ import annotations

from alembic import op

from xiangtong.audit import models
from xiangtong.tenancy.policies import append_only, protect

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create, protect, and leave the app one column to write: which seal closed an entry."""
    for model in (models.AuditEntry, models.AuditSeal):
        model.__table__.create(op.get_bind())  # type: ignore[attr-defined]
        protect(model.__tablename__, oversight=True)
        append_only(model.__tablename__)
    op.execute("grant update (seal_seq) on audit_entry to xiangtong_app")


def downgrade() -> None:
    """Drop them."""
    for model in (models.AuditSeal, models.AuditEntry):
        model.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
