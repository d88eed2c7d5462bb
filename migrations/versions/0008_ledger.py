"""Tables of the ledger: facts, wire messages, receipts, attempts, materials sent, what is reconciled, differences."""

from __future__ import annotations

from alembic import op

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import append_only, of_case, protect

revision = "0008"
down_revision = "0007"

_TABLES = ("ledger_fact", "wire_message", "receipt", "push_attempt", "pushed_material", "reconciled", "difference")
# What may change of a fact: how its delivery stands, never what happened.
_DELIVERY = "state, due_at, lease_until, token, attempts, lost, failing_since, last_code, last_reason, message_id"
# The relay finds what is due and whose a message is; it never sees a body.
_RELAY = {
    "ledger_fact": "tenant_id, id, case_id, seq, state, due_at, lease_until",
    "wire_message": "tenant_id, message_id, fact_id",
}
# The city's screen counts and lists; it never sees a body either.
_OVERSIGHT = {
    "ledger_fact": "tenant_id, id, case_id, case_no, seq, type, occurred_at, recorded_at, state, due_at, lease_until,"
    " attempts, failing_since, last_code, last_reason, message_id",
    "receipt": "tenant_id, fact_id, case_id, case_no, seq, receipt_no, received_at, received_on",
    "difference": "tenant_id, id, case_id, case_no, seq, kind, ours, theirs, found_at, settled_at, settled_by",
}


def upgrade() -> None:
    """Create, protect, then narrow what each role may touch."""
    create_tables("0008")
    for table in _TABLES:
        protect(table, policy=of_case("case_id"), oversight=table in _OVERSIGHT)
    for table in ("receipt", "push_attempt"):
        append_only(table)
    op.execute("revoke update, delete on ledger_fact from xiangtong_app")
    op.execute(f"grant update ({_DELIVERY}) on ledger_fact to xiangtong_app")
    op.execute("revoke update, delete on wire_message from xiangtong_app")
    op.execute("grant update (state) on wire_message to xiangtong_app")
    for table, columns in _RELAY.items():
        op.execute(f"create policy relay on {table} for select to xiangtong_relay using (true)")
        op.execute(f"grant select ({columns}) on {table} to xiangtong_relay")
    for table, columns in _OVERSIGHT.items():
        op.execute(f"revoke select on {table} from xiangtong_oversight")
        op.execute(f"grant select ({columns}) on {table} to xiangtong_oversight")


def downgrade() -> None:
    """Drop them, last first."""
    drop_tables(*reversed(_TABLES))
