"""A newer text of an item in the library: what a township sees of it, and taking it over.

The library moves on by an import or a release; a township stands on its pin until its administrator has seen what
would differ. The comparison has three sides: the text it stands on, the newest, and its own choices over either. What
it has chosen itself stays, and therefore does not count as a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from xiangtong.documents import library
from xiangtong.items import offer
from xiangtong.items.codes import CASE_TYPES, ITEM_TYPES
from xiangtong.items.models import Item
from xiangtong.kernel.errors import Conflict
from xiangtong.search import entries

# Where an item stands in a list, and what only machines read, is not a difference to people.
_UNSEEN = frozenset({"key", "position", "basic_code_sample"})
_NAMES = {"case_type": CASE_TYPES, "item_type": ITEM_TYPES}


class MovedOn(Conflict):
    """The library has a still newer text than the one that was looked at."""

    code = "MOVED_ON"


class Taken(Conflict):
    """Another item of the township still has the form or the code."""

    code = "ITEM_TAKEN"


@dataclass(frozen=True, slots=True)
class Line:
    """One member that would differ; what it says now and then, a paragraph each, nothing where it says nothing."""

    member: str
    now: tuple[str, ...]
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Newer:
    """The newest text of an item: its version in the library, and what would differ."""

    version: int
    lines: tuple[Line, ...]


def keys_with_newer(session: Session, *, tenant_id: int) -> frozenset[str]:
    """The items of a township of which the library has another text than the one it stands on."""
    return library.behind(session, tenant_id=tenant_id, kind=offer.KIND)


def newer_text(session: Session, *, tenant_id: int, key: str) -> Newer | None:
    """What would differ; None where the township stands on the newest. Raises NotFound."""
    found = library.successor(session, tenant_id=tenant_id, kind=offer.KIND, key=key)
    return Newer(found.version, tuple(_lines(found.now, found.then))) if found else None


def take_over(session: Session, *, tenant_id: int, township: str, key: str, version: int) -> Item:
    """Stand on the newest text, which must be the `version` that was looked at. Cases that were filed keep what they say.

    township  its 9 digits, under which citizens find the guide
    Raises MovedOn, Taken, NotFound.
    """
    found = library.successor(session, tenant_id=tenant_id, kind=offer.KIND, key=key)
    if found is None or found.version != version:
        raise MovedOn("这件事的内容刚刚又有变化，请再看一遍", "The text has changed again; please look once more")
    item = session.get_one(Item, (tenant_id, key))
    said = offer.said_by(found.then, unit_code=item.unit_code)
    _refuse_taken(session, item, said)
    library.move_pin(session, tenant_id=tenant_id, kind=offer.KIND, key=key, version=version)
    for name, value in (said | {"version": version}).items():
        setattr(item, name, value)
    session.flush()
    if item.state == "open":
        entry = offer.entry(township, offer.as_offer(item), str(found.then.get("words", "")))
        entries.put(session, tenant_id=tenant_id, entries=[entry])
    return item


def _refuse_taken(session: Session, item: Item, said: Mapping[str, Any]) -> None:
    """A form or a code may have wandered from one item to another: that one is taken over first."""
    same = or_(
        Item.form_code.is_not(None) & (Item.form_code == said["form_code"]),
        Item.item_code.is_not(None) & (Item.item_code == said["item_code"]),
    )
    others = select(Item.name).where(Item.tenant_id == item.tenant_id, Item.key != item.key, same)
    name = session.scalars(others.limit(1)).first()
    if name is not None:
        raise Taken(f"申请表或编码现在还是“{name}”在用，请先更新那一件", "Another item still has the form or the code")


def _lines(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[Line]:
    before, after = _flat(now), _flat(then)
    for member in [*after, *(name for name in before if name not in after)]:
        pair = _said(member, before.get(member)), _said(member, after.get(member))
        if pair[0] != pair[1] and member not in _UNSEEN:
            yield Line(member, *pair)


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "limits"} | dict(body.get("limits", {}))


def _said(member: str, value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, list):
        return tuple(line for each in value for line in _said(member, each))
    if isinstance(value, Mapping):
        parts = [str(value.get(name, "")) for name in ("title", "number", "clause", "text")]
        return ("：".join(part for part in parts if part),)
    if isinstance(value, bool):
        return ("是" if value else "否",)
    return (_NAMES.get(member, {}).get(str(value), str(value)),)
