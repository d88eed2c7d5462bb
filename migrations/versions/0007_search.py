"""Tables of search, and the indices by which townships and villages are found."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import protect

revision = "0007"
down_revision = "0006"

_FOUND_BY = ("short_name", "pinyin", "initials")


def upgrade() -> None:
    """Published text is everybody's to read and its township's to write; divisions are found by prefix."""
    create_tables("0007")
    protect("search_entry")
    op.execute("create policy published on search_entry for select using (true)")
    for column in _FOUND_BY:
        op.execute(f'create index ix_division_{column} on division ({column} collate "C")')


def downgrade() -> None:
    """Drop them."""
    for column in _FOUND_BY:
        op.execute(f"drop index ix_division_{column}")
    drop_tables("search_entry")
