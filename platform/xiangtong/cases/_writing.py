"""The one statement that writes a filing; put together once, since it never changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import TableValuedAlias

from xiangtong import ledger
from xiangtong.cases.models import CaseEvent, CaseMaterial, CaseRecord, CitizenCase, NewMaterial
from xiangtong.drafts.models import CitizenDraft, Draft
from xiangtong.drafts.opening import context
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.kernel.jobs import DEFERRAL
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.keys import OpenKey
from xiangtong.tenancy.walls import as_citizen


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
        "records": [_plain(case)],
        "events": [_plain(event)],
        "materials": [{name: _json(value) for name, value in one.columns().items()} for one in materials],
        "ledger": [_plain(fact)],
        "case": case.id,
        "tenant": case.tenant_id,
        "citizen": case.citizen_id,
        "now": case.submitted_at,
    } | ledger.delivery_of(fact)
    values["emptied"] = key.seal(to_bytes(Typed()), context=context(case.id))
    with as_citizen(session, case.citizen_id) if case.citizen_id else nullcontext():
        session.connection().execute(_statement(), values)
    # Whoever opened the draft in this transaction must see it emptied.
    session.expire_all()


@cache
def _statement() -> Select[Any]:
    return select(text(DEFERRAL)).add_cte(
        _rows(CaseRecord, "records").cte("new_case_record"),
        _rows(CaseEvent, "events").cte("new_case_event"),
        _rows(CaseMaterial, "materials").cte("new_case_material"),
        _rows(LedgerFact, "ledger").cte("new_ledger_fact"),
        _emptied().cte("emptied_draft"),
        _unpointed().cte("gone_pointer"),
        _pointed().cte("new_pointer"),
    )


def _emptied() -> Update:
    drafts = _table(Draft)
    mine = (drafts.c.tenant_id == bindparam("tenant"), drafts.c.id == bindparam("case"))
    return update(drafts).where(*mine).values(
        state="submitted", typed=bindparam("emptied"), revisions={}, updated_at=bindparam("now")
    )  # fmt: skip


def _unpointed() -> Delete:
    pointers = _table(CitizenDraft)
    return delete(pointers).where(
        pointers.c.citizen_id == bindparam("citizen"), pointers.c.draft_id == bindparam("case")
    )


def _pointed() -> Insert:
    """The citizen's pointer; a case that staff filed for somebody without an account has none."""
    names = [one.key if one.key != "case_id" else "id" for one in _table(CitizenCase).columns]
    given = _given(CaseRecord, "records")
    return insert(_table(CitizenCase)).from_select(
        [one.key for one in _table(CitizenCase).columns],
        select(*(given.c[name] for name in names)).where(given.c.citizen_id.is_not(None)),
        include_defaults=False,
    )


def _rows(model: type[Base], name: str) -> Insert:
    given = _given(model, name)
    return insert(_table(model)).from_select([one.key for one in given.c], select(*given.c), include_defaults=False)


def _given(model: type[Base], name: str) -> TableValuedAlias:
    """Any number of rows in one parameter: cheaper than one for each value, and the statement stays the same."""
    columns = [column(one.key, one.type) for one in _table(model).columns]
    rows = func.jsonb_to_recordset(bindparam(name, type_=JSONB))
    return rows.table_valued(*columns).render_derived(with_types=True)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _plain(row: Base) -> dict[str, Any]:
    """The values of a row that was never written, as `jsonb_to_recordset` reads them."""
    given = vars(row)
    return {one: _json(given[one]) for one in row.__table__.columns.keys()}  # noqa: SIM118 - a collection of columns.


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value) if isinstance(value, (UUID, date)) else value
