"""Offering items: laying down the catalogue in a township, and reading what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from xiangtong.documents import library
from xiangtong.documents.models import LibraryVersion
from xiangtong.items.codes import CASE_TYPES, ITEM_TYPES, implementing_code
from xiangtong.items.models import Item
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.models import Unit

KIND = "item"


@dataclass(frozen=True, slots=True)
class Guide:
    """An item with its guide as citizens read it."""

    item: Item
    body: Mapping[str, Any]

    @property
    def item_type_name(self) -> str:
        """The name of the item type, GB/T 39046 A.1."""
        return ITEM_TYPES[self.item.item_type]

    @property
    def case_type_name(self) -> str:
        """The name of the case type, GB/T 39046 A.6."""
        return CASE_TYPES[self.item.case_type]


def lay_down(
    session: Session, *, tenant_id: int, division_code: str, name: str, versions: Sequence[LibraryVersion]
) -> list[Item]:
    """Offer every catalogue item in a township that does not offer it yet; returns all it offers.

    The body that offers is the unit whose area is the township itself. Where its credit code arrives later, calling
    again completes the codes.
    """
    unit = session.scalars(select(Unit).where(Unit.tenant_id == tenant_id, Unit.area_code == division_code)).first()
    library.pin_missing(session, tenant_id=tenant_id, versions=versions)
    rows = [_row(tenant_id, version, unit, name) for version in versions]
    if rows:
        statement = postgresql.insert(Item.__table__)  # type: ignore[arg-type]
        fresh = statement.excluded
        known = {"item_code": fresh.item_code, "unit_code": fresh.unit_code, "unit_name": fresh.unit_name}
        upsert = statement.on_conflict_do_update(
            index_elements=["tenant_id", "key"], set_=known | {"demo": fresh.demo},
            where=Item.unit_code.is_distinct_from(fresh.unit_code),
        )  # fmt: skip
        session.execute(upsert, rows)
    return offered(session, tenant_id=tenant_id)


def offered(session: Session, *, tenant_id: int, limit: int = 50) -> list[Item]:
    """The open items of a township, in its order."""
    mine = select(Item).where(Item.tenant_id == tenant_id, Item.state == "open")
    return list(session.scalars(mine.order_by(Item.position, Item.key).limit(limit)))


def item_of_form(session: Session, *, tenant_id: int, form_code: str) -> Item:
    """The open item that is declared with this form; raises NotFound."""
    mine = select(Item).where(Item.tenant_id == tenant_id, Item.form_code == form_code, Item.state == "open")
    item = session.scalars(mine).first()
    if item is None:
        raise NotFound("本乡镇没有开通这项申请", "This township does not offer this application")
    return item


def guide(session: Session, *, tenant_id: int, code: str) -> Guide:
    """The guide by implementing code or by key; raises NotFound. Two queries."""
    mine = select(Item).where(Item.tenant_id == tenant_id, or_(Item.item_code == code, Item.key == code))
    item = session.scalars(mine).first()
    if item is None:
        raise NotFound
    return Guide(item, library.composed(session, tenant_id=tenant_id, kind=KIND, key=item.key))


def _row(tenant_id: int, version: LibraryVersion, unit: Unit | None, name: str) -> dict[str, Any]:
    body, credit = version.body, unit.credit_code if unit else None
    limits = body.get("limits", {})
    return {
        "tenant_id": tenant_id,
        "key": version.key,
        "item_code": implementing_code(credit, body["basic_code"]),
        "basic_code": body["basic_code"],
        "name": body["name"],
        "item_type": body["item_type"],
        "case_type": body["case_type"],
        "form_code": body.get("form"),
        "promised_days": limits.get("promised"),
        "statutory_days": limits.get("statutory"),
        "visits": body.get("visits"),
        "unit_name": unit.full_name if unit else name,
        "unit_code": credit,
        "version": version.version,
        "position": body.get("position", 0),
        "demo": bool(unit and unit.demo),
    }
