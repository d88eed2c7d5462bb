"""What stands in the database compared with what a city's files ask for: the list an operator reads first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from xiangtong.tenancy.blueprint import Blueprint, PlacePlan, TenantPlan, UnitPlan
from xiangtong.tenancy.city_file import CitySpec
from xiangtong.tenancy.division_file import Change, DivisionRow
from xiangtong.tenancy.models import City, Division, Place, Tenant, Unit

_PLACE_FACTS = ("address", "hours", "phone", "agent_name", "agent_phone", "latitude", "longitude")
_DIVISION_FACTS = tuple(item.name for item in fields(DivisionRow))
# What provisioning decides about a tenant. The state is changed by verbs, except that a merged body closes.
_TENANT_FACTS = ("name", "short_name", "kind", "hall_name", "station_template", "kit", "params", "demo")


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words: kind is added, renamed, merged, closed or altered; `was` is the name before."""

    kind: str
    level: str
    code: str
    name: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """What stands below a city's prefix, read through the oversight role: plain rows, since a province has 45,000."""

    divisions: Mapping[str, Row[Any]]
    tenants: Mapping[str, Row[Any]]
    places: Mapping[tuple[int, str, str], Row[Any]]
    units: Mapping[tuple[int, str, str], Row[Any]]
    cities: Mapping[str, Row[Any]]

    def changes(self, prefix: str) -> list[Change]:
        """The changes that operators made to this city on the screen."""
        kept = self.cities[prefix].config.get("changes", []) if prefix in self.cities else []
        return [Change(date.fromisoformat(day), *rest) for day, *rest in kept]

    def others(self, prefix: str) -> tuple[str, ...]:
        """Cities inside `prefix` that run the platform for themselves."""
        return tuple(code for code in self.cities if code != prefix and code.startswith(prefix))


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be written in one tenant."""

    places_new: list[PlacePlan] = field(default_factory=list)
    places_changed: list[dict[str, Any]] = field(default_factory=list)
    places_gone: list[dict[str, Any]] = field(default_factory=list)
    units_new: list[UnitPlan] = field(default_factory=list)
    units_changed: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.places_new, self.places_changed, self.places_gone, self.units_new, self.units_changed))


@dataclass(frozen=True, slots=True)
class Governing:
    """The unit whose area is a township itself: the body that offers its items."""

    full_name: str
    credit_code: str | None
    demo: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that provisioning would write.

    plans     every tenant that is this city's to look after, by code
    ids       the ids of the tenants that stand already, by code
    governing the units that govern, by the tenant's code, as they will stand
    """

    divisions_new: list[DivisionRow]
    divisions_changed: list[DivisionRow]
    tenants_new: list[TenantPlan]
    tenants_changed: list[TenantPlan]
    work: dict[str, Work]
    lines: list[Line]
    missing: list[str]
    plans: Mapping[str, TenantPlan]
    ids: Mapping[str, int]
    governing: Mapping[str, Governing]


def survey(session: Session, prefix: str) -> Present:
    """Read what stands below `prefix`; `session` is one of the oversight role with that reach."""
    below = (Division.code >= prefix) & (Division.code < f"{prefix}:")
    ancestors = [prefix[:digits].ljust(12, "0") for digits in (2, 4, 6)]
    divisions = session.execute(select(Division.__table__).where(below | Division.code.in_(ancestors)))
    inside = (Tenant.division_code >= prefix) & (Tenant.division_code < f"{prefix}:")
    tenants = session.execute(select(Tenant.__table__).where(inside))
    places = session.execute(select(Place.__table__))
    return Present(
        {row.code: row for row in divisions},
        {row.code: row for row in tenants},
        {(row.tenant_id, row.kind, row.division_code): row for row in places},
        {(row.tenant_id, row.area_code, row.full_name): row for row in session.execute(select(Unit.__table__))},
        {row.code: row for row in session.execute(select(City.__table__))},
    )


def compare(blueprint: Blueprint, present: Present) -> Difference:
    """Work out what is new and what differs; bodies that another city inside looks after are left to it."""
    others = present.others(blueprint.city.prefix)
    wanted = {code: row for code, row in blueprint.divisions.items() if not _belongs(code, others)}
    plans = {code: plan for code, plan in blueprint.tenants.items() if not _belongs(plan.division_code, others)}
    new = [row for code, row in wanted.items() if code not in present.divisions]
    changed = [
        row for code, row in wanted.items() if code in present.divisions and _differs(row, present.divisions[code])
    ]
    tenants_new = [plan for code, plan in plans.items() if code not in present.tenants]
    ids = {code: row.id for code, row in present.tenants.items()}
    codes = {id_: code for code, id_ in ids.items()}
    tenants_changed = [
        plan
        for code, plan in plans.items()
        if code in present.tenants and _tenant_differs(plan, present.tenants[code], codes)
    ]
    lines = [*_division_lines(new, changed, present), *_tenant_lines(tenants_changed, changed, present)]
    missing = [
        code
        for code in present.divisions
        if code.startswith(blueprint.city.prefix) and code not in blueprint.divisions and not _belongs(code, others)
    ]
    work, governing = _work(blueprint, plans, present), _governing(plans, blueprint, present)
    return Difference(new, changed, tenants_new, tenants_changed, work, lines, missing, plans, ids, governing)


def city_row(city: CitySpec, changes: Sequence[Change]) -> dict[str, Any]:
    """The columns of the city's row."""
    kept = [[change.day.isoformat(), change.kind, change.code, change.new_code, change.name] for change in changes]
    return {"code": city.prefix, "name": city.name, "config": city.config | {"changes": kept}}


def _belongs(code: str, prefixes: tuple[str, ...]) -> bool:
    return code.startswith(prefixes) if prefixes else False


def _differs(row: DivisionRow, standing: Row[Any]) -> bool:
    return any(getattr(standing, name) != getattr(row, name) for name in _DIVISION_FACTS)


def _tenant_differs(plan: TenantPlan, standing: Row[Any], codes: Mapping[int, str]) -> bool:
    return (
        any(getattr(standing, name) != getattr(plan, name) for name in _TENANT_FACTS)
        or codes.get(standing.administered_by or 0) != plan.administered_by
        or codes.get(standing.successor_id or 0) != plan.successor
        or (plan.closed and standing.state != "closed")
    )


def _division_lines(new: Sequence[DivisionRow], changed: Sequence[DivisionRow], present: Present) -> Iterator[Line]:
    yield from (Line("added", row.level, row.code, row.name) for row in new)
    for row in changed:
        was = present.divisions[row.code]
        if row.valid_to and not was.valid_to:
            kind = "merged" if row.successor_code else "closed"
            yield Line(kind, row.level, row.code, row.name, row.successor_code or "")
        elif row.name != was.name:
            yield Line("renamed", row.level, row.code, row.name, was.name)
        else:
            yield Line("altered", row.level, row.code, row.name)


def _tenant_lines(changed: Sequence[TenantPlan], divisions: Sequence[DivisionRow], present: Present) -> Iterator[Line]:
    told = {row.code for row in divisions}
    for plan in changed:
        if plan.division_code not in told:
            yield Line("altered", plan.kind, plan.code, plan.name, present.tenants[plan.code].name)


def _work(blueprint: Blueprint, plans: Mapping[str, TenantPlan], present: Present) -> dict[str, Work]:
    work: dict[str, Work] = {code: Work() for code in plans}
    ids = {code: row.id for code, row in present.tenants.items()}
    wanted = set()
    for place in blueprint.places:
        if place.tenant not in plans:
            continue
        key = (ids.get(place.tenant, 0), place.kind, place.division_code)
        wanted.add(key)
        standing = present.places.get(key)
        if standing is None:
            work[place.tenant].places_new.append(place)
        elif change := _place_change(place, standing):
            work[place.tenant].places_changed.append({"tenant_id": key[0], "id": standing.id} | change)
    for unit in blueprint.units:
        if unit.tenant in plans:
            _unit_work(unit, ids, present, work[unit.tenant])
    codes = {id_: code for code, id_ in ids.items() if code in plans}
    for key, standing in present.places.items():
        if key not in wanted and key[0] in codes and key[1] in {"hall", "station"}:
            work[codes[key[0]]].places_gone.append({"tenant_id": key[0], "id": standing.id})
    return {code: item for code, item in work.items() if item}


def _unit_work(unit: UnitPlan, ids: Mapping[str, int], present: Present, work: Work) -> None:
    standing = present.units.get((ids.get(unit.tenant, 0), unit.area_code, unit.full_name))
    if standing is None:
        work.units_new.append(unit)
        return
    credit_code, demo = _credit(unit, standing)
    wanted = {"area_name": unit.area_name, "short_name": unit.short_name, "credit_code": credit_code, "demo": demo}
    if any(getattr(standing, name) != value for name, value in wanted.items()):
        work.units_changed.append({"tenant_id": standing.tenant_id, "id": standing.id} | wanted)


def _credit(unit: UnitPlan, standing: Row[Any] | None) -> tuple[str | None, bool]:
    """The credit code, and whether it is made up: a code on record stays until an official one arrives."""
    keep = standing and (unit.credit_code is None or (unit.demo and standing.credit_code is not None))
    return (standing.credit_code, standing.demo) if standing and keep else (unit.credit_code, unit.demo)


def _governing(plans: Mapping[str, TenantPlan], blueprint: Blueprint, present: Present) -> dict[str, Governing]:
    codes = {row.id: code for code, row in present.tenants.items() if code in plans}
    found = {
        codes[row.tenant_id]: Governing(row.full_name, row.credit_code, row.demo)
        for row in present.units.values()
        if row.tenant_id in codes and row.area_code == plans[codes[row.tenant_id]].division_code
    }
    ids = {code: id_ for id_, code in codes.items()}
    for unit in reversed(blueprint.units):
        if unit.tenant in plans and unit.area_code == plans[unit.tenant].division_code:
            standing = present.units.get((ids.get(unit.tenant, 0), unit.area_code, unit.full_name))
            found[unit.tenant] = Governing(unit.full_name, *_credit(unit, standing))
    return found


def _place_change(plan: PlacePlan, standing: Row[Any]) -> dict[str, Any]:
    """The columns to change: what a township typed stays, gaps are filled, official values replace demo ones."""
    replaces = standing.demo and not plan.demo
    wanted: dict[str, Any] = {"name": plan.name}
    for name in _PLACE_FACTS:
        kept = None if replaces else getattr(standing, name)
        wanted[name] = getattr(plan, name) if kept is None else kept
    filled = any(wanted[name] != getattr(standing, name) for name in _PLACE_FACTS)
    wanted["demo"] = plan.demo if filled or replaces else standing.demo
    return wanted if any(getattr(standing, name) != value for name, value in wanted.items()) else {}
