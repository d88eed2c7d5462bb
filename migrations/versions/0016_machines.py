"""Terminals and departments that file over the API, and what each calls its filings."""

from __future__ import annotations

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import protect

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the tables, then protect them."""
    create_tables("0016")
    protect("machine")
    protect("machine_filing")


def downgrade() -> None:
    """Drop them."""
    drop_tables("machine_filing", "machine")
