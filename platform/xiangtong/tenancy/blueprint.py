"""What a city's files say should exist: divisions, tenants, places and units, worked out without a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from xiangtong.kernel import clock
from xiangtong.tenancy import demo, division_file, unit_file
from xiangtong.tenancy.city_file import FILE as CITY_FILE
from xiangtong.tenancy.city_file import CitySpec, Zone, read_city
from xiangtong.tenancy.division_file import Change, DivisionRow
from xiangtong.tenancy.folder import Folder
from xiangtong.tenancy.sheet import BadFiles, BadRow
from xiangtong.tenancy.township_file import read_overrides
from xiangtong.tenancy.unit_file import UnitRow


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """A tenant as it should stand; other tenants are named by their codes."""

    code: str
    kind: str
    division_code: str
    name: str
    short_name: str
    hall_name: str
    station_template: str
    kit: str
    params: Mapping[str, Any] = field(default_factory=dict)
    demo: bool = False
    administered_by: str | None = None
    successor: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PlacePlan:
    """A hall or station as it should stand. None is unknown (待补)."""

    tenant: str
    kind: str
    division_code: str
    name: str
    address: str | None = None
    hours: str | None = None
    phone: str | None = None
    agent_name: str | None = None
    agent_phone: str | None = None
    latitude: int | None = None
    longitude: int | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit of the register as it should stand."""

    tenant: str
    area_code: str
    area_name: str
    full_name: str
    short_name: str
    credit_code: str | None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything one city's folder asks for."""

    city: CitySpec
    divisions: Mapping[str, DivisionRow]
    changes: tuple[Change, ...]
    tenants: Mapping[str, TenantPlan]
    places: tuple[PlacePlan, ...]
    units: tuple[UnitPlan, ...]

    def unknown(self) -> dict[str, int]:
        """How many official values are still 待补 (a demo value does not count as known)."""
        halls = [place for place in self.places if place.kind == "hall"]
        stations = [place for place in self.places if place.kind == "station"]
        return {
            "统一社会信用代码": sum(unit.credit_code is None or unit.demo for unit in self.units),
            "中心地址": sum(hall.address is None or hall.demo for hall in halls),
            "中心电话": sum(hall.phone is None or hall.demo for hall in halls),
            "代办员": sum(station.agent_name is None or station.demo for station in stations),
            "功能区所辖乡镇": sum(not zone.townships for zone in self.city.zones),
        }


def draw(folder: Folder, *, known_changes: Iterable[Change] = (), today: date | None = None) -> Blueprint:
    """Read a folder; raises BadFiles with every bad value of every file.

    known_changes  changes that operators made on the screen since, which the files do not know of
    """
    bad: list[BadRow] = []
    city = read_city(folder, bad)
    if city is None:
        raise BadFiles(bad)
    published = _published(folder, city, bad)
    if not published:
        raise BadFiles(bad)  # Every other file would only be told that its codes are unknown.
    divisions, changes = _changed(folder, published, known_changes, today or clock.today(), bad)
    units = _units(folder, divisions, published, bad)
    overrides = read_overrides(folder, divisions, bad)
    _check_zones(city, divisions, bad)
    if bad:
        raise BadFiles(bad)
    tenants = {plan.code: plan for plan in _tenants(city, divisions, overrides)}
    places = tuple(_places(city, divisions, tenants, overrides))
    plans = tuple(_unit_plans(city, units, tenants))
    return Blueprint(city, divisions, changes, tenants, places, plans)


def _published(folder: Folder, city: CitySpec, bad: list[BadRow]) -> dict[str, DivisionRow]:
    data = folder.read(city.divisions)
    if data is None:
        bad.append(BadRow(city.divisions, 0, "", "", "没有这个文件"))
        return {}
    name = city.divisions.rpartition("/")[2]
    rows = division_file.read_divisions(data, file=name, prefix=city.prefix, strip=city.strip, bad=bad)
    if not rows and not bad:
        bad.append(BadRow(name, 0, "code", city.prefix, "没有以这个前缀开头的区划"))
    return rows


def _changed(
    folder: Folder, published: Mapping[str, DivisionRow], known: Iterable[Change], today: date, bad: list[BadRow]
) -> tuple[dict[str, DivisionRow], tuple[Change, ...]]:
    written = folder.read(division_file.CHANGES)
    changes = division_file.read_changes(written, bad=bad) if written else []
    both = {replace(change, line=0): change for change in (*known, *changes)}
    ordered = sorted(both.values(), key=lambda change: change.day)
    return division_file.apply_changes(published, ordered, today=today, bad=bad), tuple(ordered)


def _units(
    folder: Folder, divisions: Mapping[str, DivisionRow], published: Mapping[str, DivisionRow], bad: list[BadRow]
) -> list[UnitRow]:
    data = folder.read(unit_file.FILE)
    return unit_file.read_units(data, divisions=divisions, published=published, bad=bad) if data else []


def _check_zones(city: CitySpec, divisions: Mapping[str, DivisionRow], bad: list[BadRow]) -> None:
    townships = {row.prefix for row in divisions.values() if row.level == "township"}
    wanted = [(zone.code, code) for zone in city.zones for code in zone.townships]
    wanted += [("demo", code) for code in city.demo_townships]
    bad.extend(
        BadRow(CITY_FILE, 0, place, code, "区划表里没有这个乡镇") for place, code in wanted if code not in townships
    )


def _tenants(
    city: CitySpec, divisions: Mapping[str, DivisionRow], overrides: Mapping[str, Mapping[str, Any]]
) -> Iterator[TenantPlan]:
    governed = {code: zone.code for zone in city.zones for code in zone.townships}
    root = min((row for row in divisions.values() if row.prefix == city.prefix), key=lambda row: row.code, default=None)
    for row in sorted(divisions.values(), key=lambda row: (len(row.prefix), row.code)):
        if row.level == "village" or not row.code.startswith(city.prefix):
            continue
        plan = _tenant(city, divisions, row, is_city=row is root, governed_by=governed.get(row.prefix))
        yield _overridden(plan, overrides.get(plan.code, {}))
    if root:
        yield from (_zone(city, zone, root) for zone in city.zones)


def _tenant(
    city: CitySpec, divisions: Mapping[str, DivisionRow], row: DivisionRow, *, is_city: bool, governed_by: str | None
) -> TenantPlan:
    above = divisions.get(row.parent_code or "")
    inside = above is not None and above.code.startswith(city.prefix)
    return TenantPlan(
        code=row.prefix,
        kind="city" if is_city else _kind(row),
        division_code=row.code,
        name=row.name,
        short_name=row.short_name,
        hall_name=_hall_name(city, divisions, row),
        station_template=city.names["village"],
        kit=city.kit,
        params=dict(city.params),
        demo=row.prefix in city.demo_townships,
        administered_by=governed_by or (above.prefix if above and inside else None),
        successor=divisions[row.successor_code].prefix if row.successor_code else None,
        closed=row.valid_to is not None,
    )


def _kind(row: DivisionRow) -> str:
    return row.level if row.level in {"township", "county"} else "city"


def _zone(city: CitySpec, zone: Zone, root: DivisionRow) -> TenantPlan:
    hall = city.names["county"].format(county=zone.name, city=city.name, township="", village="")
    return TenantPlan(
        zone.code, "county", root.code, zone.name, zone.name, hall, city.names["village"], city.kit,
        administered_by=root.prefix,
    )  # fmt: skip


def _hall_name(city: CitySpec, divisions: Mapping[str, DivisionRow], row: DivisionRow) -> str:
    above = divisions.get(row.parent_code or "")
    template = city.names["township" if row.level == "township" else "county"]
    county = above.name if row.level == "township" and above else row.name
    return template.format(township=row.short_name, county=county, city=city.name, village="")


def _overridden(plan: TenantPlan, override: Mapping[str, Any]) -> TenantPlan:
    own = {key: override[key] for key in ("name", "short_name", "hall_name", "kit") if key in override}
    params = dict(plan.params) | dict(override.get("params", {}))
    return replace(plan, params=params, **own)


def _places(
    city: CitySpec,
    divisions: Mapping[str, DivisionRow],
    tenants: Mapping[str, TenantPlan],
    overrides: Mapping[str, Mapping[str, Any]],
) -> Iterator[PlacePlan]:
    for plan in tenants.values():
        hall = PlacePlan(plan.code, "hall", plan.division_code, plan.hall_name)
        yield _filled(city, replace(hall, **overrides.get(plan.code, {}).get("hall", {})))
    for row in divisions.values():
        above = divisions.get(row.parent_code or "")
        if row.level != "village" or above is None or row.valid_to or above.prefix not in tenants:
            continue
        tenant = tenants[above.prefix]
        words = {"township": tenant.short_name, "village": row.short_name, "city": city.name, "county": ""}
        station = PlacePlan(tenant.code, "station", row.code, tenant.station_template.format(**words))
        agents = overrides.get(tenant.code, {}).get("stations", {})
        yield _filled(city, replace(station, **agents.get(row.code, {})))


def _filled(city: CitySpec, place: PlacePlan) -> PlacePlan:
    """The place with demo values for what is unknown, where the city asks for a demo of this township."""
    if place.tenant not in city.demo_townships:
        return place
    area, code = str(city.demo.get("phone_area", "")), place.division_code
    is_hall = place.kind == "hall"
    return replace(
        place,
        hours=place.hours or demo.HOURS,
        phone=place.phone or demo.phone(area, code),
        agent_name=place.agent_name or (None if is_hall else demo.agent(code)),
        agent_phone=place.agent_phone or (None if is_hall else demo.phone(area, code)),
        demo=True,
    )


def _unit_plans(city: CitySpec, units: Iterable[UnitRow], tenants: Mapping[str, TenantPlan]) -> Iterator[UnitPlan]:
    by_division = {plan.division_code: plan for plan in reversed(list(tenants.values()))}
    serials: dict[str, int] = {}
    for unit in units:
        owner = by_division.get(unit.area_code) or tenants.get(unit.area_code[:9])
        if owner is None:
            continue
        serial = serials[owner.code] = serials.get(owner.code, -1) + 1
        invented = unit.credit_code is None and bool(city.demo.get("credit_codes"))
        code = demo.credit_code(unit.area_code, serial) if invented else unit.credit_code
        yield UnitPlan(owner.code, unit.area_code, unit.area_name, unit.full_name, unit.short_name, code, invented)
