"""The villages of a township and the telephones that people are sent to, read together in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from xiangtong.tenancy.models import Division, Place, Tenant


@dataclass(frozen=True, slots=True)
class Telephone:
    """Whom to call: whose number it is, the number, and whether it is a demo value."""

    whose: str
    number: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """villages: 12-digit code → short name, in the order of codes. phones: by village code, "" for the hall's."""

    villages: Mapping[str, str]
    phones: Mapping[str, Telephone]

    def phone_of(self, village_code: str | None) -> Telephone | None:
        """The village's agent or station, else the township's hall; None while both are unknown (待补)."""
        return self.phones.get(village_code or "") or self.phones.get("")


def neighbourhood(session: Session, *, tenant: Tenant) -> Neighbourhood:
    """The present villages of `tenant` with their telephones. One query; the session's scope is the tenant."""
    villages, phones = {}, {}
    for row in session.execute(_query(), {"tenant": tenant.id, "township": tenant.division_code}):
        if row.level == "village":
            villages[row.code] = row.short_name
        known = _telephone(row)
        if known:
            phones["" if row.code == tenant.division_code else row.code] = known
    return Neighbourhood(villages, phones)


@cache
def _query() -> Select[*tuple[Any, ...]]:
    place = and_(
        Place.tenant_id == bindparam("tenant"),
        Place.division_code == Division.code,
        Place.kind.in_(("hall", "station")),
    )
    return (
        select(
            Division.code, Division.short_name, Division.level,
            Place.name, Place.phone, Place.agent_name, Place.agent_phone, Place.demo,
        )
        .outerjoin(Place, place)
        .where(or_(Division.parent_code == bindparam("township"), Division.code == bindparam("township")))
        .where(Division.valid_to.is_(None))
        .order_by(Division.code)
    )  # fmt: skip


def _telephone(place: Row[Any]) -> Telephone | None:
    if place.agent_phone:
        return Telephone(place.agent_name or place.name, place.agent_phone, place.demo)
    return Telephone(place.name, place.phone, place.demo) if place.phone else None
