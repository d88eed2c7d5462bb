"""The villages of a township and the telephones that people are sent to, read together in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
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
    place = and_(
        Place.tenant_id == tenant.id,
        Place.division_code == Division.code,
        Place.kind.in_(("hall", "station")),
    )
    rows = session.execute(
        select(Division, Place)
        .outerjoin(Place, place)
        .where(or_(Division.parent_code == tenant.division_code, Division.code == tenant.division_code))
        .where(Division.valid_to.is_(None))
        .order_by(Division.code)
    ).all()
    villages = {division.code: division.short_name for division, _ in rows if division.level == "village"}
    phones = {}
    for division, found in rows:
        known = _telephone(found) if found else None
        if known:
            phones["" if division.code == tenant.division_code else division.code] = known
    return Neighbourhood(villages, phones)


def _telephone(place: Place) -> Telephone | None:
    if place.agent_phone:
        return Telephone(place.agent_name or place.name, place.agent_phone, place.demo)
    return Telephone(place.name, place.phone, place.demo) if place.phone else None
