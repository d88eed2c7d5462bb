"""Tables of identity and of what operators upload; the accounts of the console's framework in its own shape."""

from __future__ import annotations

from alembic import op
from flask_appbuilder import Model
from flask_appbuilder.security.sqla import models as _accounts  # noqa: F401 - fills Model.metadata

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import CITIZEN, REACH, SESSION, protect

revision = "0004"
down_revision = "0003"

_BY_KEY = ("staff_login", "web_session", "one_time_code", "throttle")
_EXPIRING = ("web_session", "one_time_code", "throttle")
_OF_TENANTS = ("staff", "staff_session", "provisioning_upload")
_OF_CITIZENS = ("citizen", "citizen_session")
# What the city's screens need to see who has not signed in: no phone, no secret.
_FOR_THE_CITY = "tenant_id, id, staff_no, name, roles, state, last_sign_in_at, created_at, demo"


def upgrade() -> None:
    """Create the tables, then protect them."""
    create_tables("0004")
    for table in _OF_TENANTS:
        protect(table)
    for table in _OF_CITIZENS:
        protect(table, policy=CITIZEN)
    for table in _BY_KEY:
        protect(table, policy=SESSION)
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
    drop_tables(*reversed((*_BY_KEY, *_OF_TENANTS, *_OF_CITIZENS)))
