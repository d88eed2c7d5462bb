"""Offering items: laying down the catalogue in a township, and reading what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from xiangtong.documents import library
from xiangtong.documents.models import LibraryVersion
from xiangtong.items.codes import CASE_TYPES, ITEM_TYPES, implementing_code
from xiangtong.items.models import Item
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.search.entries import Entry
from xiangtong.tenancy import bulk
from xiangtong.tenancy.difference import Governing

KIND = "item"


class NotOffered(NotFound):
    """No open item of the township is declared with this form."""

    def __init__(self) -> None:
        super().__init__("本乡镇没有开通这项申请", "This township does not offer this application")


class NotRegistered(Conflict):
    """The item has no implementing code yet: the province would park whatever is filed for it."""

    code = "NOT_REGISTERED"

    def __init__(self) -> None:
        super().__init__(
            "这件事还没有登记好编码，暂时不能网上申请。可以打电话问代办员，或到大厅办",
            "This service has no code yet and cannot be applied for online. Please call the village agent or go to the hall",
        )


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


@dataclass(frozen=True, slots=True)
class Offer:
    """What provisioning compares of an item."""

    key: str
    name: str
    item_code: str | None
    unit_code: str | None
    state: str


@dataclass(frozen=True, slots=True)
class LaidDown:
    """The rows to write with `OFFERING`, and the open items of the catalogue as they stand after that."""

    rows: list[dict[str, Any]]
    offers: list[Offer]


Offers = Mapping[tuple[int, str], Offer]
_COLUMNS = (
    "tenant_id", "key", "item_code", "basic_code", "name", "item_type", "case_type", "form_code", "promised_days",
    "statutory_days", "visits", "unit_name", "unit_code", "version", "position", "demo",
)  # fmt: skip
OFFERING = bulk.inserting(Item, _COLUMNS, replacing=("item_code", "unit_code", "unit_name", "demo"))


def offers(session: Session) -> Offers:
    """What every tenant that `session` (of the oversight role) may read offers, by tenant and key."""
    columns = (Item.tenant_id, Item.key, Item.name, Item.item_code, Item.unit_code, Item.state)
    rows = session.execute(select(*columns))
    return {(row.tenant_id, row.key): Offer(*row[1:]) for row in rows}


def lay_down(
    present: Offers, *, tenant_id: int, name: str, unit: Governing | None, versions: Sequence[LibraryVersion]
) -> LaidDown:
    """What it takes for a township to offer every catalogue item.

    name  of the township, which stands for the body that offers while no unit is known
    unit  whose area is the township itself: the body that offers. Where its credit code arrives later, laying down
          again completes the codes; everything else that stands stays as it is
    """
    rows, found = [], []
    for version in versions:
        row, standing = _row(tenant_id, version, unit, name), present.get((tenant_id, version.key))
        if standing is None or standing.unit_code != row["unit_code"]:
            rows.append(row)
            kept = (standing.name, standing.state) if standing else (row["name"], "open")
            standing = Offer(version.key, kept[0], row["item_code"], row["unit_code"], kept[1])
        found.append(standing)
    return LaidDown(rows, [each for each in found if each.state == "open"])


def offered(session: Session, *, tenant_id: int, limit: int = 50) -> list[Item]:
    """The open items of a township, in its order."""
    mine = select(Item).where(Item.tenant_id == tenant_id, Item.state == "open")
    return list(session.scalars(mine.order_by(Item.position, Item.key).limit(limit)))


def item_of_form(session: Session, *, tenant_id: int, form_code: str) -> Item:
    """The open item that is declared with this form; raises NotFound."""
    mine = (Item.tenant_id == tenant_id, Item.form_code == form_code, Item.state == "open")
    item = session.scalars(select(Item).where(*mine)).first()
    if item is None:
        raise NotOffered
    return item


def registered_code(session: Session, *, tenant_id: int, form_code: str) -> str:
    """The implementing code of that item, for whoever files without a guide; raises NotFound, NotRegistered."""
    code = item_of_form(session, tenant_id=tenant_id, form_code=form_code).item_code
    if not code:
        raise NotRegistered
    return code


def guide(session: Session, *, tenant_id: int, code: str) -> Guide:
    """The guide by implementing code or by key; raises NotFound. Two queries."""
    mine = select(Item).where(Item.tenant_id == tenant_id, or_(Item.item_code == code, Item.key == code))
    item = session.scalars(mine).first()
    if item is None:
        raise NotFound
    return Guide(item, library.composed(session, tenant_id=tenant_id, kind=KIND, key=item.key))


def said_by(body: Mapping[str, Any], *, unit_code: str | None) -> dict[str, Any]:
    """The columns of an item that its guide says; `unit_code` is the credit code of the body that offers."""
    limits = body.get("limits", {})
    return {
        "item_code": implementing_code(unit_code, body["basic_code"]),
        "basic_code": body["basic_code"],
        "name": body["name"],
        "item_type": body["item_type"],
        "case_type": body["case_type"],
        "form_code": body.get("form"),
        "promised_days": limits.get("promised"),
        "statutory_days": limits.get("statutory"),
        "visits": body.get("visits"),
        "position": body.get("position", 0),
    }


def as_offer(item: Item) -> Offer:
    """An item as provisioning compares it."""
    return Offer(item.key, item.name, item.item_code, item.unit_code, item.state)


def entry(township: str, each: Offer, words: str) -> Entry:
    """How an item is found in the township of these 9 digits: by its name and by these other words."""
    return Entry("item", each.key, each.name, f"/{township}/items/{each.item_code or each.key}", words)


def _row(tenant_id: int, version: LibraryVersion, unit: Governing | None, name: str) -> dict[str, Any]:
    credit = unit.credit_code if unit else None
    return said_by(version.body, unit_code=credit) | {
        "tenant_id": tenant_id,
        "key": version.key,
        "unit_name": unit.full_name if unit else name,
        "unit_code": credit,
        "version": version.version,
        "demo": bool(unit and unit.demo),
    }
