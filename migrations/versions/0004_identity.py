"""Tables of identity and of what operators upload; the accounts of the console's framework in its own shape."""

from __future__ import annotations

from alembic import op
from flask_appbuilder import Model
from flask_appbuilder.security.sqla import models as _accounts  # noqa: F401 - fills Model.metadata

from xiangtong.identity import models
from xiangtong.tenancy.policies import CITIZEN, REACH, SESSION, protect
from xiangtong.tenancy.uploads import Upload

revision = "0004"
down_revision = "0003"

_BY_KEY = (models.StaffLogin, models.WebSession, models.OneTimeCode, models.Throttle)
_EXPIRING = ("web_session", "one_time_code", "throttle")
_OF_TENANTS = (models.Staff, models.StaffSession, Upload)
_OF_CITIZENS = (models.Citizen, models.CitizenSession)
# What the city's screens need to see who has not signed in: no phone, no secret.
_FOR_THE_CITY = "tenant_id, id, staff_no, name, roles, state, last_sign_in_at, created_at, demo"


def upgrade() -> None:
    """Create the tables, then protect them."""
    for model in (*_BY_KEY, *_OF_TENANTS, *_OF_CITIZENS):
        model.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    for model in _OF_TENANTS:
        protect(model.__tablename__)
    for model in _OF_CITIZENS:
        protect(model.__tablename__, policy=CITIZEN)
    for model in _BY_KEY:
        protect(model.__tablename__, policy=SESSION)
    for table in _EXPIRING:
        op.execute(f"create policy stale on {table} for delete using (expires_at < now())")
    op.execute(f"create policy reach on staff for select to xiangtong_oversight using ({REACH})")
    op.execute(f"grant select ({_FOR_THE_CITY}) on staff to xiangtong_oversight")
    _accounts_of_the_framework()


def _accounts_of_the_framework() -> None:
    Model.metadata.create_all(op.get_bind())
    for table in Model.metadata.tables:
        op.execute(f"grant select on {table} to xiangtong_app")
    for table in ("ab_user", "ab_user_role"):
        op.execute(f"grant insert, update, delete on {table} to xiangtong_app")
    op.execute("grant usage on sequence ab_user_id_seq, ab_user_role_id_seq to xiangtong_app")


def downgrade() -> None:
    """Drop them."""
    Model.metadata.drop_all(op.get_bind())
    for model in reversed((*_BY_KEY, *_OF_TENANTS, *_OF_CITIZENS)):
        model.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
