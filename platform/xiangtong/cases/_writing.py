"""The one statement that writes a filing; put together once, since it never changes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, Update, bindparam, column, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from xiangtong.cases.models import CaseEvent, CaseMaterial, CaseRecord
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import OpenDraft, context
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.kernel.db import Base, ScopedSession


def write(
    session: ScopedSession, *, case: CaseRecord, event: CaseEvent, materials: Sequence[CaseMaterial], draft: OpenDraft
) -> None:
    """Write case, event and materials, and empty the draft: nothing between them is ever asked."""
    values = {f"record__{name}": value for name, value in _columns(case).items()}
    values |= {f"event__{name}": value for name, value in _columns(event).items()}
    values["materials"] = [_plain(material) for material in materials]
    values["emptied"] = draft.key.seal(to_bytes(Typed()), context=context(case.id))
    session.connection().execute(_statement(), values)
    session.expire(draft.row)


@cache
def _statement() -> Update:
    drafts = _table(Draft)
    mine = (drafts.c.tenant_id == bindparam("record__tenant_id"), drafts.c.id == bindparam("record__id"))
    emptied = update(drafts).where(*mine).values(
        state="submitted", typed=bindparam("emptied"), revisions={}, updated_at=bindparam("record__submitted_at")
    )  # fmt: skip
    return emptied.add_cte(
        _row(CaseRecord, "record").cte("new_case_record"),
        _row(CaseEvent, "event").cte("new_case_event"),
        _rows(CaseMaterial, "materials").cte("new_case_material"),
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


def _columns(row: Base) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in row.__table__.columns}


def _plain(row: Base) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, int) else str(value) for name, value in _columns(row).items()
    }
