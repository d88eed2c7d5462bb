"""The one statement that writes a filing; put together once, since it never changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

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

from xiangtong import ledger
from xiangtong.cases.models import CaseEvent, CaseMaterial, CaseRecord, CitizenCase
from xiangtong.drafts.models import CitizenDraft, Draft
from xiangtong.drafts.opening import OpenDraft, context
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.kernel.jobs import DEFERRAL
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.walls import as_citizen


def write(
    session: ScopedSession,
    *,
    case: CaseRecord,
    event: CaseEvent,
    materials: Sequence[CaseMaterial],
    fact: LedgerFact,
    draft: OpenDraft,
) -> None:
    """Write case, event, materials and fact, defer the delivery, empty the draft, and turn the citizen's pointer.

    Nothing between them is ever asked, so they travel together.
    """
    values = _named("record", case) | _named("event", event) | _named("fact", fact) | ledger.delivery_of(fact)
    values["materials"] = [_plain(material) for material in materials]
    values["emptied"] = draft.key.seal(to_bytes(Typed()), context=context(case.id))
    with as_citizen(session, case.citizen_id) if case.citizen_id else nullcontext():
        session.connection().execute(_statement(), values)
    session.expire(draft.row)


@cache
def _statement() -> Select[Any]:
    return select(text(DEFERRAL)).add_cte(
        _row(CaseRecord, "record").cte("new_case_record"),
        _row(CaseEvent, "event").cte("new_case_event"),
        _rows(CaseMaterial, "materials").cte("new_case_material"),
        _row(LedgerFact, "fact").cte("new_ledger_fact"),
        _emptied().cte("emptied_draft"),
        _unpointed().cte("gone_pointer"),
        _pointed().cte("new_pointer"),
    )


def _emptied() -> Update:
    drafts = _table(Draft)
    mine = (drafts.c.tenant_id == bindparam("record__tenant_id"), drafts.c.id == bindparam("record__id"))
    return update(drafts).where(*mine).values(
        state="submitted", typed=bindparam("emptied"), revisions={}, updated_at=bindparam("record__submitted_at")
    )  # fmt: skip


def _unpointed() -> Delete:
    pointers = _table(CitizenDraft)
    return delete(pointers).where(
        pointers.c.citizen_id == bindparam("record__citizen_id"), pointers.c.draft_id == bindparam("record__id")
    )


def _pointed() -> Insert:
    """The citizen's pointer; a case that staff filed for somebody without an account has none."""
    names = {"case_id": "id"}
    pointers, record = _table(CitizenCase), _table(CaseRecord).c
    values = [
        bindparam(f"record__{names.get(one.key, one.key)}", type_=record[names.get(one.key, one.key)].type)
        for one in pointers.columns
    ]
    return insert(pointers).from_select(
        [one.key for one in pointers.columns],
        select(*values).where(bindparam("record__citizen_id", type_=record.citizen_id.type).is_not(None)),
        include_defaults=False,
    )


def _row(model: type[Base], prefix: str) -> Any:
    return insert(_table(model)).values(
        {one.key: bindparam(f"{prefix}__{one.key}", type_=one.type) for one in _table(model).columns}
    )


def _rows(model: type[Base], name: str) -> Any:
    """Any number of rows in one parameter: with as many parameters as rows, no two statements would be alike."""
    columns = [column(one.key, one.type) for one in _table(model).columns]
    given = func.jsonb_to_recordset(bindparam(name, type_=JSONB)).table_valued(*columns).render_derived(with_types=True)
    return insert(_table(model)).from_select([one.key for one in columns], select(*given.c))


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _named(prefix: str, row: Base) -> dict[str, Any]:
    return {f"{prefix}__{name}": value for name, value in _columns(row).items()}


def _columns(row: Base) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in row.__table__.columns}


def _plain(row: Base) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, int) else str(value) for name, value in _columns(row).items()
    }
