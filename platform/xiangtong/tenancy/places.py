"""Halls, sub-centres and stations as their own township keeps them: read, fill in, add, take away.

Names of halls and stations come from the city's templates and stay; everything else is the township's to say. Unknown
stays empty and is counted as 待补.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.kernel.errors import Conflict, NotFound, Problem, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy import demo
from xiangtong.tenancy.models import Place, Tenant

KINDS = ("hall", "sub_centre", "station")
# What citizens need to know of a place; what is missing of it is 待补.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "hall": ("address", "hours", "phone"),
    "sub_centre": ("address", "hours", "phone"),
    "station": ("address", "agent_name", "agent_phone"),
}
_LONGEST = {"name": 40, "address": 100, "hours": 60, "agent_name": 20}
_PHONES = ("phone", "agent_phone")
_PHONE = re.compile(r"[0-9][0-9-]{3,18}[0-9]\Z")
# The country lies between these degrees (domain: any place in China), north and east.
_DEGREES = {"latitude": ("纬度", 3, 54, "32.512345"), "longitude": ("经度", 73, 136, "119.412345")}
_MOST_SUB_CENTRES = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form says of a place, as it was typed; coordinates in degrees. Empty is unknown."""

    name: str = ""
    address: str = ""
    hours: str = ""
    phone: str = ""
    agent_name: str = ""
    agent_phone: str = ""
    latitude: str = ""
    longitude: str = ""


def listed(session: Session, *, tenant_id: int) -> list[Place]:
    """Every place of a township: the hall, sub-centres, then stations by village."""
    mine = select(Place).where(Place.tenant_id == tenant_id, Place.kind.in_(KINDS))
    return sorted(session.scalars(mine), key=lambda row: (KINDS.index(row.kind), row.division_code, row.name))


def get(session: Session, *, tenant_id: int, place_id: UUID) -> Place:
    """One place; raises NotFound."""
    found = session.get(Place, (tenant_id, place_id))
    if found is None or found.kind not in KINDS:
        raise NotFound
    return found


def missing(place: Place) -> list[str]:
    """The facts that citizens need and that are not known."""
    return [name for name in NEEDED[place.kind] if not getattr(place, name)]


def known(place: Place) -> Entry:
    """A place as its form shows it."""
    degrees = {name: _degrees(getattr(place, name)) for name in _DEGREES}
    words = ("name", "address", "hours", "phone", "agent_name", "agent_phone")
    return Entry(**{name: getattr(place, name) or "" for name in words}, **degrees)


def edit(session: Session, *, place: Place, entry: Entry) -> list[str]:
    """Write what was typed; returns the names of the facts that changed. Raises Problems.

    The mark of demo data goes once something real was said and no telephone number of the demo is left.
    """
    wanted = _checked(session, entry, tenant_id=place.tenant_id, place=place)
    if place.kind != "sub_centre":
        del wanted["name"]
    changed = [name for name, value in wanted.items() if getattr(place, name) != value]
    for name in changed:
        setattr(place, name, wanted[name])
    place.demo = place.demo and (not changed or any(demo.is_phone(getattr(place, name)) for name in _PHONES))
    session.flush()
    return changed


def add_sub_centre(session: Session, *, tenant: Tenant, entry: Entry) -> Place:
    """Open a sub-centre of the township's hall. Raises Problems."""
    wanted = _checked(session, entry, tenant_id=tenant.id, place=None)
    place = Place(tenant_id=tenant.id, id=new_id(), kind="sub_centre", division_code=tenant.division_code, **wanted)
    session.add(place)
    session.flush()
    return place


def remove_sub_centre(session: Session, *, place: Place) -> None:
    """Take a sub-centre away; halls and stations come and go with the divisions. Raises Conflict."""
    if place.kind != "sub_centre":
        raise Conflict("大厅和村里的服务点不能去掉", "Only sub-centres can be removed")
    session.delete(place)
    session.flush()


def _checked(session: Session, entry: Entry, *, tenant_id: int, place: Place | None) -> dict[str, object]:
    tidied = Entry(**{name: _tidy(value, phone=name in _PHONES) for name, value in asdict(entry).items()})
    problems = list(_problems(tidied))
    if place is None or place.kind == "sub_centre":
        problems += _wrong_name(session, tidied.name, tenant_id, place)
    if problems:
        raise Problems(problems)
    degrees = {name: _millionths(getattr(tidied, name)) for name in _DEGREES}
    return {name: value or None for name, value in asdict(tidied).items()} | degrees


def _tidy(value: str, *, phone: bool) -> str:
    plain = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", value))
    if not phone:
        return " ".join(plain.split())
    return re.sub(r"\s+", "", re.sub("[‐-―－]", "-", unicodedata.normalize("NFKC", plain)))


def _problems(entry: Entry) -> Iterator[Problem]:
    for name, longest in _LONGEST.items():
        if len(getattr(entry, name)) > longest:
            yield Problem(f"/{name}", f"写得太长了，最多 {longest} 个字", f"At most {longest} characters", "TOO_LONG")
    for name in _PHONES:
        if getattr(entry, name) and not _PHONE.match(getattr(entry, name)):
            yield Problem(f"/{name}", "电话请写数字，如 0514-87651234", "A telephone number has digits only", "PHONE")
    for name, (words, least, most, example) in _DEGREES.items():
        degrees = _decimal(getattr(entry, name))
        if getattr(entry, name) and (degrees is None or not least <= degrees <= most):
            yield Problem(f"/{name}", f"{words}是 {least} 到 {most} 之间的数，如 {example}", "Degrees", "DEGREES")
    if bool(entry.latitude) != bool(entry.longitude):
        empty = "longitude" if entry.latitude else "latitude"
        yield Problem(f"/{empty}", "经度和纬度要么都写，要么都不写", "Give both or none", "DEGREES")


def _wrong_name(session: Session, name: str, tenant_id: int, place: Place | None) -> Iterator[Problem]:
    if not name:
        yield Problem("/name", "请写分中心的名称", "Give the name", "NAME")
        return
    subs = select(Place).where(Place.tenant_id == tenant_id, Place.kind == "sub_centre")
    others = [other for other in session.scalars(subs) if place is None or other.id != place.id]
    if any(other.name == name for other in others):
        yield Problem("/name", "已经有叫这个名称的分中心了", "The name is taken", "NAME_TAKEN")
    if len(others) >= _MOST_SUB_CENTRES:
        yield Problem("/name", f"最多 {_MOST_SUB_CENTRES} 个分中心", "Too many sub-centres", "TOO_MANY")


def _decimal(value: str) -> Decimal | None:
    try:
        number = Decimal(value) if len(value) <= 20 else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _millionths(value: str) -> int | None:
    number = _decimal(value)
    return None if number is None else int((number * 1_000_000).to_integral_value())


def _degrees(value: int | None) -> str:
    return "" if value is None else str((Decimal(value) / 1_000_000).normalize())
