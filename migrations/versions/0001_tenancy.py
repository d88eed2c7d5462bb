"""Tables of tenancy: cities, divisions, tenants, places, units, keys, the work calendar."""

from __future__ import annotations

from alembic import op

from xiangtong.tenancy import models
from xiangtong.tenancy.policies import protect, reference

revision = "0001"
down_revision = None

_REFERENCE = (models.City, models.Division, models.Tenant, models.WorkDay)
_OF_TENANTS = (models.Unit, models.Place, models.TenantKey, models.DataKey)


def upgrade() -> None:
    """Create the tables, then protect them."""
    op.execute("create sequence tenant_id_seq as integer")
    for model in (*_REFERENCE, *_OF_TENANTS):
        model.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    reference(*(model.__tablename__ for model in _REFERENCE))
    op.execute("grant usage on sequence tenant_id_seq to xiangtong_city")
    protect("unit", oversight=True)
    protect("place", oversight=True)
    protect("tenant_key")
    protect("data_key")


def downgrade() -> None:
    """Drop them, last first."""
    for model in reversed((*_REFERENCE, *_OF_TENANTS)):
        model.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
    op.execute("drop sequence tenant_id_seq")
