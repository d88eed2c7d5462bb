"""The one statement that writes a filing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from xiangtong import ledger
from xiangtong.cases.models import CaseEvent, CaseRecord, NewMaterial
from xiangtong.drafts.opening import context
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.kernel.jobs import DEFERRAL
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.keys import OpenKey
from xiangtong.tenancy.walls import as_citizen

# Any number of rows in one parameter: cheaper than one for each value, and the statement stays the same. It has to
# stay short as well: the driver reads a statement of more than 4,096 characters anew every time.
_WRITE = text(
    "with records as (select * from jsonb_populate_recordset(null::case_record, cast(:records as jsonb))),"  # noqa: S608
    " new_records as (insert into case_record select * from records),"
    " new_events as (insert into case_event"
    "  select * from jsonb_populate_recordset(null::case_event, cast(:events as jsonb))),"
    " new_materials as (insert into case_material"
    "  select * from jsonb_populate_recordset(null::case_material, cast(:materials as jsonb))),"
    " new_facts as (insert into ledger_fact"
    "  select * from jsonb_populate_recordset(null::ledger_fact, cast(:ledger as jsonb))),"
    " emptied as (update draft set state = 'submitted', typed = :emptied, revisions = '{}', updated_at = :now"
    "  where tenant_id = :tenant and id = :case),"
    " gone_pointer as (delete from citizen_draft where citizen_id = :citizen and draft_id = :case),"
    # A case that staff filed for somebody without an account has no pointer.
    " new_pointer as (insert into citizen_case (citizen_id, case_id, tenant_id, case_no, item_name, submitted_at)"
    "  select citizen_id, id, tenant_id, case_no, item_name, submitted_at from records where citizen_id is not null)"
    f" select {DEFERRAL}"
)


def write(
    session: ScopedSession,
    *,
    case: CaseRecord,
    event: CaseEvent,
    materials: Sequence[NewMaterial],
    fact: LedgerFact,
    key: OpenKey,
) -> None:
    """Write case, event, materials and fact, defer the delivery, empty the draft, and turn the citizen's pointer.

    Nothing between them is ever asked, so they travel together.
    """
    values: dict[str, Any] = {
        "records": _rows([_plain(case)]),
        "events": _rows([_plain(event)]),
        "materials": _rows(one.columns() for one in materials),
        "ledger": _rows([_plain(fact)]),
        "emptied": key.seal(to_bytes(Typed()), context=context(case.id)),
        "case": case.id,
        "tenant": case.tenant_id,
        "citizen": case.citizen_id,
        "now": case.submitted_at,
    }
    with as_citizen(session, case.citizen_id) if case.citizen_id else nullcontext():
        session.connection().execute(_WRITE, values | ledger.delivery_of(fact))
    # Whoever opened the draft in this transaction must see it emptied.
    session.expire_all()


def _plain(row: Base) -> dict[str, Any]:
    """The values of a row that was never written."""
    given = vars(row)
    return {one: given[one] for one in row.__table__.columns.keys()}  # noqa: SIM118 - a collection of columns.


def _rows(rows: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(rows), default=_told, ensure_ascii=False)


def _told(value: Any) -> str:
    """A value as the database reads it out of JSON."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, (UUID, date)):
        return str(value)
    raise TypeError(type(value).__name__)
