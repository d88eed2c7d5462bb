"""Provisioning: from a city's folder to townships that are open. Run again, it changes only what differs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.ids import new_id
from xiangtong.kernel.locks import one_at_a_time
from xiangtong.tenancy import bulk, workdays
from xiangtong.tenancy.blueprint import Blueprint, PlacePlan, TenantPlan, UnitPlan, draw
from xiangtong.tenancy.bulk import Batch
from xiangtong.tenancy.city_file import read_city
from xiangtong.tenancy.difference import Difference, Governing, Line, Work, city_row, compare, survey
from xiangtong.tenancy.division_file import DivisionRow
from xiangtong.tenancy.folder import Folder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Place, Tenant, TenantKey, Unit
from xiangtong.tenancy.scope import CITY, Database
from xiangtong.tenancy.sheet import BadFiles, BadRow


@dataclass(frozen=True, slots=True)
class Township:
    """A township that is open, as those who lay something down in it need it; `villages` are those in use."""

    id: int
    plan: TenantPlan
    unit: Governing | None
    villages: Sequence[DivisionRow]


# What other areas lay down in every township (pins, items): told the city's prefix and its open townships, they answer
# with the rows that are missing, by the tenant's id. They are written in the same transaction as the townships.
Founder = Callable[[str, Sequence[Township]], Mapping[int, Batch]]

_DIVISION = tuple(item.name for item in fields(DivisionRow))
_TENANT = (
    "id", "code", "kind", "division_code", "city_code", "name", "short_name", "state", "administered_by",
    "successor_id", "hall_name", "station_template", "kit", "params", "demo",
)  # fmt: skip
# What says which tenant it is never changes, and its state only by a merger or a closing.
_TENANT_CHANGES = tuple(name for name in _TENANT if name not in {"id", "code", "city_code", "state"})
_PLACE = ("tenant_id", "id", *(item.name for item in fields(PlacePlan) if item.name != "tenant"))
_UNIT = ("tenant_id", "id", *(item.name for item in fields(UnitPlan) if item.name != "tenant"))
_KEY = ("tenant_id", "purpose", "wrapped")


@dataclass(frozen=True, slots=True)
class Report:
    """What provisioning did, or would do when `dry_run`."""

    city: str
    dry_run: bool
    counts: dict[str, int]
    lines: tuple[Line, ...]
    unknown: dict[str, int]
    touched: tuple[str, ...]
    seconds: float

    @property
    def tenants_touched(self) -> int:
        """How many units are new or change in any way; `touched` names them, in the order of their codes."""
        return len(self.touched)

    @property
    def changes_nothing(self) -> bool:
        """True when everything already stands as the files ask."""
        return not self.lines and not self.tenants_touched


def provision(
    db: Database, keys: KeyRing, folder: Folder, *, dry_run: bool = False, founders: Sequence[Founder] = ()
) -> Report:
    """Bring a city to what its folder says, in one transaction; raises BadFiles, and then nothing was changed."""
    began = time.perf_counter()
    with db.scope(CITY) as session:
        one_at_a_time(session, "tenancy.provision")
        blueprint, difference = _studied(db, folder)
        if not dry_run:
            ids = _write_city(session, blueprint, difference)
            townships = _townships(blueprint, difference, ids) if founders else []
            batches = _batches(keys, difference, ids)
            for found in founders:
                _merge(batches, found(blueprint.city.prefix, townships))
            bulk.write_tenants(session, batches)
            workdays.seed(session)
    return _report(blueprint, difference, dry_run=dry_run, seconds=time.perf_counter() - began)


def _studied(db: Database, folder: Folder) -> tuple[Blueprint, Difference]:
    bad: list[BadRow] = []
    city = read_city(folder, bad)
    if city is None:
        raise BadFiles(bad)
    with db.oversight(city.prefix) as eyes:
        present = survey(eyes, city.prefix)
        blueprint = draw(folder, known_changes=present.changes(city.prefix))
        difference = compare(blueprint, present)
        _refuse_strangers(blueprint, difference, present.cities)
    return blueprint, difference


def _refuse_strangers(blueprint: Blueprint, difference: Difference, cities: Any) -> None:
    prefix = blueprint.city.prefix
    bad = [
        BadRow(blueprint.city.divisions, 0, "code", code, "系统里有这个区划，文件里没有；撤销或合并请写进 changes.csv")
        for code in difference.missing
    ]
    bad += [
        BadRow("city.toml", 0, "prefix", prefix, f"这些区划已经由{row.name}管理")
        for code, row in cities.items()
        if code != prefix and prefix.startswith(code)
    ]
    if bad:
        raise BadFiles(bad)


def _write_city(session: ScopedSession, blueprint: Blueprint, difference: Difference) -> dict[str, int]:
    """Write the reference rows; returns the id of every tenant by its code."""
    row = city_row(blueprint.city, blueprint.changes)
    upsert = postgresql.insert(City).values(**row)
    changed = {"name": row["name"], "config": City.config.op("||")(upsert.excluded.config)}
    session.execute(upsert.on_conflict_do_update(index_elements=["code"], set_=changed))
    fresh = _numbers(session, len(difference.tenants_new))
    ids = {**difference.ids, **dict(zip((plan.code for plan in difference.tenants_new), fresh, strict=True))}
    city, batch = blueprint.city.prefix, Batch()
    bulk.add(batch, bulk.inserting(Division, _DIVISION), [_values(row) for row in difference.divisions_new])
    bulk.add(batch, bulk.updating(Division, _DIVISION), [_values(row) for row in difference.divisions_changed])
    bulk.add(batch, bulk.inserting(Tenant, _TENANT), [_tenant(plan, ids, city) for plan in difference.tenants_new])
    standing = [_tenant(plan, ids, city) for plan in difference.tenants_changed]
    bulk.add(batch, bulk.updating(Tenant, _TENANT_CHANGES), standing)
    closed = [row for row in standing if row["state"] == "closed"]
    bulk.add(batch, bulk.updating(Tenant, ("state",)), closed)
    bulk.write_reference(session, batch)
    return ids


def _numbers(session: ScopedSession, count: int) -> Sequence[int]:
    """Fresh numbers of tenants."""
    drawn = text("select nextval('tenant_id_seq') from generate_series(1, :count)")
    return session.scalars(drawn, {"count": count}).all()


def _tenant(plan: TenantPlan, ids: Mapping[str, int], city: str) -> dict[str, Any]:
    return _values(plan) | {
        "id": ids[plan.code],
        "city_code": city,
        "state": "closed" if plan.closed else "open",
        "administered_by": ids.get(plan.administered_by or ""),
        "successor_id": ids.get(plan.successor or ""),
        "params": dict(plan.params),
    }


def _batches(keys: KeyRing, difference: Difference, ids: Mapping[str, int]) -> dict[int, Batch]:
    """The rows of each tenant that are new or change; tenants that stay as they are do not occur."""
    batches: dict[int, Batch] = {}
    for plan in difference.tenants_new:
        rows = [_columns(key) for key in keys.tenant_key_rows([ids[plan.code]])]
        bulk.add(batches.setdefault(ids[plan.code], {}), bulk.inserting(TenantKey, _KEY), rows)
    for code, work in difference.work.items():
        _add_work(batches.setdefault(ids[code], {}), ids[code], work)
    return batches


def _add_work(batch: Batch, tenant_id: int, work: Work) -> None:
    # A place that goes makes room for one of the same name, so it goes first.
    bulk.add(batch, bulk.deleting(Place), work.places_gone)
    for model, changes in ((Place, work.places_changed), (Unit, work.units_changed)):
        for row in changes:
            bulk.add(batch, bulk.updating(model, tuple(name for name in row if name not in {"tenant_id", "id"})), [row])
    bulk.add(batch, bulk.inserting(Place, _PLACE), [_of(tenant_id, place) for place in work.places_new])
    bulk.add(batch, bulk.inserting(Unit, _UNIT), [_of(tenant_id, unit) for unit in work.units_new])


def _of(tenant_id: int, plan: PlacePlan | UnitPlan) -> dict[str, Any]:
    return _values(plan) | {"tenant_id": tenant_id, "id": new_id()}


def _values(plan: Any) -> dict[str, Any]:
    """The columns of a plan; unlike `asdict` it copies nothing deeply, which counts for 22,000 villages."""
    return {item.name: getattr(plan, item.name) for item in fields(plan)}


def _columns(row: TenantKey) -> dict[str, Any]:
    return {"tenant_id": row.tenant_id, "purpose": row.purpose, "wrapped": row.wrapped}


def _townships(blueprint: Blueprint, difference: Difference, ids: Mapping[str, int]) -> list[Township]:
    villages: dict[str, list[DivisionRow]] = {}
    for row in blueprint.divisions.values():
        if row.level == "village" and row.valid_to is None:
            villages.setdefault(row.parent_code or "", []).append(row)
    return [
        Township(ids[code], plan, difference.governing.get(code), villages.get(plan.division_code, []))
        for code, plan in difference.plans.items()
        if plan.kind == "township" and not plan.closed
    ]


def _merge(batches: dict[int, Batch], more: Mapping[int, Batch]) -> None:
    for tenant_id, batch in more.items():
        for statement, rows in batch.items():
            bulk.add(batches.setdefault(tenant_id, {}), statement, rows)


def _report(blueprint: Blueprint, difference: Difference, *, dry_run: bool, seconds: float) -> Report:
    inside = [
        row for row in blueprint.divisions.values() if row.code.startswith(blueprint.city.prefix) and not row.valid_to
    ]
    counts = {level: sum(row.level == level for row in inside) for level in ("city", "county", "township", "village")}
    touched = {*difference.work, *(plan.code for plan in (*difference.tenants_new, *difference.tenants_changed))}
    names = tuple(difference.plans[code].short_name for code in sorted(touched))
    return Report(blueprint.city.name, dry_run, counts, tuple(difference.lines), blueprint.unknown(), names, seconds)
