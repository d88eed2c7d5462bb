"""Tables of drafts: filings in progress, the citizens' pointers to them, work items."""

from __future__ import annotations

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import CITIZEN, protect

revision = "0010"
down_revision = "0009"

_TABLES = ("draft", "citizen_draft", "work_item")


def upgrade() -> None:
    """Create the tables, then protect them."""
    create_tables("0010")
    protect("draft")
    protect("citizen_draft", policy=CITIZEN)
    protect("work_item")


def downgrade() -> None:
    """Drop them, last first."""
    drop_tables(*reversed(_TABLES))
