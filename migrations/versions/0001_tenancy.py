"""Tables of tenancy: cities, divisions, tenants, places, units, keys, the work calendar."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import protect, reference

revision = "0001"
down_revision = None

_REFERENCE = ("city", "division", "tenant", "work_calendar")
_OF_TENANTS = ("unit", "place", "tenant_key", "data_key")


def upgrade() -> None:
    """Create the tables, then protect them."""
    op.execute("create sequence tenant_id_seq as integer")
    create_tables("0001")
    reference(*_REFERENCE)
    op.execute("grant usage on sequence tenant_id_seq to xiangtong_city")
    protect("unit", oversight=True)
    protect("place", oversight=True)
    protect("tenant_key")
    protect("data_key")


def downgrade() -> None:
    """Drop them, last first."""
    drop_tables(*reversed((*_REFERENCE, *_OF_TENANTS)))
    op.execute("drop sequence tenant_id_seq")
