"""Tables of cases: records, events, materials, counters, the citizens' pointers."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import CITIZEN, REACH, append_only, of_case, protect

revision = "0011"
down_revision = "0010"

_TABLES = ("case_record", "case_event", "case_material", "case_counter", "citizen_case")
# What the city's screens count: states and days, never a name, a digest or a sealed body.
_OVERSEEN = (
    "tenant_id, id, case_no, state, open, item_code, item_name, form_code, channel, division_code, village_code,"
    " last_seq, due_on, promised_due_on, statutory_due_on, submitted_at, updated_at, erased_at"
)


def upgrade() -> None:
    """Create the tables, then protect them."""
    create_tables("0011")
    protect("case_record", policy=of_case("id"))
    protect("case_event", policy=of_case("case_id"))
    protect("case_material", policy=of_case("case_id"))
    protect("case_counter")
    protect("citizen_case", policy=CITIZEN)
    append_only("case_event")
    append_only("case_material")
    op.execute(f"create policy reach on case_record for select to xiangtong_oversight using ({REACH})")
    op.execute(f"grant select ({_OVERSEEN}) on case_record to xiangtong_oversight")


def downgrade() -> None:
    """Drop them, last first."""
    drop_tables(*reversed(_TABLES))
