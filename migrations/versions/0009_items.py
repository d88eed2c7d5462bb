"""Tables of items."""

from __future__ import annotations

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table."""
    create_tables("0009")
    protect("item", oversight=True)


def downgrade() -> None:
    """Drop it."""
    drop_tables("item")
