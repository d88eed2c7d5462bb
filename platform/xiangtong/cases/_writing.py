"""The one statement that writes a filing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import text

from xiangtong import attachments, ledger
from xiangtong.cases import numbers
from xiangtong.cases.models import CaseEvent, CaseRecord, NewMaterial
from xiangtong.cases.numbers import NUMBERED
from xiangtong.drafts.opening import context
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.kernel import clock as time
from xiangtong.kernel.compact import written
from xiangtong.kernel.db import ScopedSession, columns_of
from xiangtong.kernel.jobs import DEFERRAL
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.keys import OpenKey
from xiangtong.tenancy.walls import as_citizen

# Any number of rows in one parameter: cheaper than one for each value, and the statement stays the same. It has to
# stay short as well: the driver reads a statement of more than 4,096 characters anew every time.
_WRITE = text(
    f"with {NUMBERED}, {attachments.CLAIMED},"  # noqa: S608
    " records as (select r.* from numbered n, jsonb_populate_record(null::case_record,"
    "  cast(:record as jsonb) || jsonb_build_object('case_no', n.case_no)) r),"
    " new_records as (insert into case_record select * from records),"
    " new_events as (insert into case_event"
    "  select * from jsonb_populate_record(null::case_event, cast(:event as jsonb))),"
    " new_materials as (insert into case_material"
    "  select * from jsonb_populate_recordset(null::case_material, cast(:materials as jsonb))),"
    " new_facts as (insert into ledger_fact"
    "  select r.* from numbered n, jsonb_populate_record(null::ledger_fact,"
    "  cast(:fact as jsonb) || jsonb_build_object('case_no', n.case_no)) r),"
    " emptied as (update draft set state = 'submitted', typed = :emptied, revisions = '{}', updated_at = :now"
    "  where tenant_id = :tenant and id = :case),"
    " gone_pointer as (delete from citizen_draft where citizen_id = :citizen and draft_id = :case),"
    # A case that staff filed for somebody without an account has no pointer.
    " new_pointer as (insert into citizen_case (citizen_id, case_id, tenant_id, case_no, item_name, submitted_at)"
    "  select citizen_id, id, tenant_id, case_no, item_name, submitted_at from records where citizen_id is not null)"
    f" select serial, case_no, (select count(*) from claimed) as claimed, {DEFERRAL} from numbered"
)


def write(
    session: ScopedSession,
    *,
    case: CaseRecord,
    event: CaseEvent,
    materials: Sequence[NewMaterial],
    fact: LedgerFact,
    key: OpenKey,
    township: str,
) -> None:
    """Number the case, write it with event, materials and fact, claim its files, defer the delivery, empty the draft,
    and turn the citizen's pointer.

    Nothing between them is ever asked, so they travel together. `case` gets its number here, last of all, so that
    other filings of the township (nine digits) wait for it no longer than they must. Raises TooMany,
    attachments.NotReady.
    """
    files = [one.attachment_id for one in materials if one.attachment_id]
    rows: dict[str, Any] = {
        "record": written(columns_of(case)).decode(),
        "event": written(columns_of(event)).decode(),
        "materials": written([one.columns() for one in materials]).decode(),
        "fact": written(columns_of(fact)).decode(),
    }
    beside = {"files": files, "township": township, "emptied": key.seal(to_bytes(Typed()), context=context(case.id))}
    with as_citizen(session, case.citizen_id) if case.citizen_id else nullcontext():
        done = session.connection().execute(_WRITE, rows | beside | _named(case) | ledger.delivery_of(fact)).one()
    numbers.check_serial(done.serial)
    attachments.check_claimed(done.claimed, files)
    case.case_no = done.case_no
    # Whoever opened the draft in this transaction must see it emptied.
    session.expire_all()


def _named(case: CaseRecord) -> dict[str, Any]:
    """Whose case it is, and when: what the statement asks of the case besides its row."""
    return {
        "case": case.id, "tenant": case.tenant_id, "citizen": case.citizen_id, "now": case.submitted_at,
        "day": time.local(case.submitted_at).date(),
    }  # fmt: skip
