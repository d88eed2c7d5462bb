"""Tables of audit: entries that are written once, seals that are never touched again."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import append_only, protect

revision = "0003"
down_revision = "0002"

_TABLES = ("audit_entry", "audit_seal")


def upgrade() -> None:
    """Create, protect, and leave the app one column to write: which seal closed an entry."""
    create_tables("0003")
    for table in _TABLES:
        protect(table, oversight=True)
        append_only(table)
    op.execute("grant update (seal_seq) on audit_entry to xiangtong_app")


def downgrade() -> None:
    """Drop them."""
    drop_tables(*reversed(_TABLES))
