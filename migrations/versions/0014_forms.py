"""Versions of forms as rows; and the version a draft's holder was told of."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import reference

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the tables. Of a version only its state may ever change, and no version is ever deleted."""
    create_tables("0014")
    reference("form_version", "form_sheet")
    op.execute("revoke update, delete on form_version from xiangtong_city")
    changing = "number, state, note, published_by, published_at, withdrawn_at"
    op.execute(f"grant update ({changing}) on form_version to xiangtong_city")


def downgrade() -> None:
    """Drop them, last first."""
    op.drop_column("draft", "told_version")
    drop_tables("form_sheet", "form_version")
