"""Finding a township: by its code, its name, its pinyin or initials, or a place inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.models import City, Division, Tenant

# Nothing sorts after this in the C collation among the characters names are made of.
_LAST = "\U0010ffff"
_MOST_FOUND = 40
_NO_TOWNSHIP = ("没有找到这个乡镇，请从首页重新找", "There is no such township")


@dataclass(frozen=True, slots=True)
class Township:
    """A tenant with the names around it."""

    tenant: Tenant
    county: str
    city: str
    successor: Tenant | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A township that answers a search; `village` (code, short name) when it was found by a village."""

    code: str
    name: str
    county: str
    village: tuple[str, str] | None = None


def township(session: Session, *, code: str) -> Township:
    """The township of a 9-digit code, closed ones included; raises NotFound. One query."""
    if not _is_code(code, 9):
        raise NotFound(*_NO_TOWNSHIP)
    row = session.execute(_township_query(), {"code": code}).first()
    if row is None:
        raise NotFound(*_NO_TOWNSHIP)
    return Township(row[0], row[1] or "", row[2], row[3])


@cache
def _township_query() -> Select[Tenant, str, str, Tenant]:
    # Every page begins with this query, so it is put together once.
    above, own, heir = aliased(Division), aliased(Division), aliased(Tenant)
    return (
        select(Tenant, above.name, City.name, heir)
        .join(own, own.code == Tenant.division_code)
        .join(City, City.code == Tenant.city_code)
        .outerjoin(above, above.code == own.parent_code)
        .outerjoin(heir, heir.id == Tenant.successor_id)
        .where(Tenant.code == bindparam("code"), Tenant.kind == "township")
    )


def cities(session: Session) -> list[City]:
    """Every city that runs the platform here."""
    return list(session.scalars(select(City).order_by(City.code)))


def counties(session: Session, *, city: str) -> list[tuple[str, str]]:
    """The counties of a city that have townships: (6 digits, name)."""
    own = aliased(Division)
    has_townships = select(Tenant.id).join(own, own.code == Tenant.division_code).where(
        own.parent_code == Division.code, Tenant.kind == "township", Tenant.state != "closed"
    )  # fmt: skip
    rows = select(Division.code, Division.name).where(*_below(Division.code, city), has_townships.exists())
    return [(row.code[:6], row.name) for row in session.execute(rows.order_by(Division.code))]


def townships_of(session: Session, *, county: str, limit: int = 1000) -> list[Found]:
    """The open townships whose division code begins with `county` (4 or 6 digits), in the order of their codes."""
    above, own = aliased(Division), aliased(Division)
    rows = (
        select(Tenant.code, Tenant.short_name, above.name.label("county"))
        .join(own, own.code == Tenant.division_code)
        .outerjoin(above, above.code == own.parent_code)
        .where(Tenant.kind == "township", Tenant.state != "closed", *_below(Tenant.division_code, county))
    )
    ordered = rows.order_by(Tenant.code).limit(limit)
    return [Found(row.code, row.short_name, row.county or "") for row in session.execute(ordered)]


def search_townships(session: Session, *, query: str, limit: int = _MOST_FOUND) -> list[Found]:
    """Townships whose name, pinyin or initials begin with `query`, then those with such a village. One query.

    `query` is already tidied (NFKC, lower case). A village name is looked for with at least two characters.
    """
    if not query:
        return []
    hit, above, town = aliased(Division), aliased(Division), aliased(Division)
    levels = ("township", "village") if len(query) > 1 else ("township",)
    rows = (
        select(Tenant.code, Tenant.short_name, above.name.label("county"), hit.level, hit.code, hit.short_name)
        .select_from(hit)
        .join(town, or_(town.code == hit.code, town.code == hit.parent_code) & (town.level == "township"))
        .join(Tenant, Tenant.division_code == town.code)
        .outerjoin(above, above.code == town.parent_code)
        .where(_begins(hit, query), hit.level.in_(levels), hit.valid_to.is_(None))
        .where(Tenant.kind == "township", Tenant.state != "closed")
        .order_by(hit.level, hit.code)
        .limit(limit)
    )
    return [
        Found(code, name, county or "", (village, village_name) if level == "village" else None)
        for code, name, county, level, village, village_name in session.execute(rows)
    ]


def village(session: Session, *, code: str) -> Division:
    """The village of a 12-digit code, closed ones included; raises NotFound."""
    found = session.get(Division, code) if _is_code(code, 12) else None
    if found is None or found.level != "village":
        raise NotFound
    return found


def _is_code(code: str, digits: int) -> bool:
    return len(code) == digits and code.isascii() and code.isdigit()


def _begins(row: type[Division], query: str) -> ColumnElement[bool]:
    columns = (row.short_name.collate("C"), row.pinyin, row.initials)
    return or_(*((column >= query) & (column < query + _LAST) for column in columns))


def _below(column: ColumnElement[str] | object, prefix: str) -> Sequence[ColumnElement[bool]]:
    return (column >= prefix, column < f"{prefix}:")  # type: ignore[operator, return-value]
