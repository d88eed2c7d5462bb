"""What the city sees of its townships: read through the oversight role, within the operator's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiangtong.channels.kits import read_kits
from xiangtong.identity import reach
from xiangtong.identity.models import Staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.models import Division, Tenant
from xiangtong.tenancy.scope import Database
from xiangtong.wiring import ROOT


@dataclass(frozen=True, slots=True)
class Line:
    """A township in the list: its county, its state, its people and how many of them never came."""

    code: str
    name: str
    county: str
    state: str
    people: int
    waiting: int
    last: datetime | None
    successor: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has never signed in."""

    township: str
    code: str
    staff_no: str
    name: str
    roles: tuple[str, ...]
    since: datetime


def kit_titles() -> dict[str, str]:
    """The kits there are: id and title."""
    return {key: str(kit["title"]) for key, kit in read_kits(ROOT / "channel_templates").items()}


def townships(db: Database, *, person: SignedIn, words: str = "") -> list[Line]:
    """The townships within reach, by code; `words` narrows by name, county or code."""
    with db.oversight(*person.reach) as session:
        tenants = _within_reach(session, person)
        people = _people(session)
        counties = _counties(session)
    names = {tenant.id: tenant.short_name for tenant in tenants}
    lines = [
        Line(
            tenant.code, tenant.short_name, counties.get(tenant.division_code, ""), tenant.state,
            *people.get(tenant.id, (0, 0, None)), successor=names.get(tenant.successor_id or 0, ""),
        )
        for tenant in tenants
    ]  # fmt: skip
    return [line for line in lines if words in line.name or words in line.county or line.code.startswith(words)]


def _within_reach(session: Session, person: SignedIn) -> Sequence[Tenant]:
    found = session.scalars(select(Tenant).where(Tenant.kind == "township").order_by(Tenant.code)).all()
    return [tenant for tenant in found if reach.covers(person.reach, tenant.division_code)]


def _people(session: Session) -> dict[int, tuple[int, int, datetime | None]]:
    never = func.count().filter(Staff.last_sign_in_at.is_(None))
    rows = session.execute(
        select(Staff.tenant_id, func.count(), never, func.max(Staff.last_sign_in_at))
        .where(Staff.state != "disabled")
        .group_by(Staff.tenant_id)
    )
    return {tenant_id: (people, waiting, last) for tenant_id, people, waiting, last in rows}


def _counties(session: Session) -> dict[str, str]:
    county = select(Division.code, Division.name).where(Division.level == "county").subquery()
    rows = session.execute(
        select(Division.code, county.c.name)
        .join(county, county.c.code == Division.parent_code)
        .where(Division.level == "township")
    )
    return {row[0]: row[1] for row in rows}


def waiting(db: Database, *, person: SignedIn) -> list[Waiting]:
    """Everybody within reach who has never signed in, longest first."""
    with db.oversight(*person.reach) as session:
        rows = session.execute(
            select(Tenant.short_name, Tenant.code, Staff.staff_no, Staff.name, Staff.roles, Staff.created_at)
            .join(Tenant, Tenant.id == Staff.tenant_id)
            .where(Staff.last_sign_in_at.is_(None), Staff.state != "disabled")
            .order_by(Staff.created_at, Tenant.code, Staff.staff_no)
        ).all()
    return [Waiting(*row[:4], roles=tuple(row[4]), since=row[5]) for row in rows]


def township(session: Session, *, code: str, person: SignedIn) -> Tenant:
    """One township within reach; raises NotFound for any other."""
    if not (code.isascii() and code.isdigit()):
        raise NotFound
    found = session.scalar(select(Tenant).where(Tenant.code == code, Tenant.kind == "township"))
    if found is None or not reach.covers(person.reach, found.division_code):
        raise NotFound
    return found
