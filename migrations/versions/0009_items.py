"""Tables of items."""

from __future__ import annotations

from alembic import op

from xiangtong.items.models import Item
from xiangtong.tenancy.policies import protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table."""
    Item.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    protect("item", oversight=True)


def downgrade() -> None:
    """Drop it."""
    Item.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
