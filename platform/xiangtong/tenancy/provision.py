"""Provisioning: from a city's folder to townships that are open. Run again, it changes only what differs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects import postgresql

from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy import workdays
from xiangtong.tenancy.blueprint import Blueprint, TenantPlan, draw
from xiangtong.tenancy.city_file import read_city
from xiangtong.tenancy.difference import Difference, Line, Work, city_row, compare, survey
from xiangtong.tenancy.folder import Folder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Place, Tenant, TenantKey, Unit
from xiangtong.tenancy.scope import CITY, Database, within
from xiangtong.tenancy.sheet import BadFiles, BadRow

# What other areas lay down in every township (pins, items); called in the township's scope, does only what is missing.
Founder = Callable[[ScopedSession, Tenant], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What provisioning did, or would do when `dry_run`."""

    city: str
    dry_run: bool
    counts: dict[str, int]
    lines: tuple[Line, ...]
    unknown: dict[str, int]
    tenants_touched: int
    seconds: float

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
        session.execute(text("select pg_advisory_xact_lock(hashtext('xiangtong.provision'))"))
        blueprint, difference = _studied(db, folder)
        if not dry_run:
            _write(session, keys, blueprint, difference)
            _found(session, blueprint, founders)
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


def _write(session: ScopedSession, keys: KeyRing, blueprint: Blueprint, difference: Difference) -> None:
    row = city_row(blueprint.city, blueprint.changes)
    upsert = postgresql.insert(City).values(**row)
    changed = {"name": row["name"], "config": City.config.op("||")(upsert.excluded.config)}
    session.execute(upsert.on_conflict_do_update(index_elements=["code"], set_=changed))
    by_level = sorted(difference.divisions_new, key=lambda division: (len(division.prefix), division.code))
    _insert(session, Division, [_values(division) for division in by_level])
    for division in difference.divisions_changed:
        session.execute(update(Division).where(Division.code == division.code).values(**_values(division)))
    ids = _tenants(session, blueprint, difference)
    fresh = {plan.code for plan in difference.tenants_new}
    for code in sorted(fresh | set(difference.work)):
        with within(session, city=False, tenant_id=ids[code]):
            new_keys = keys.tenant_key_rows([ids[code]]) if code in fresh else []
            _insert(session, TenantKey, [_columns(key) for key in new_keys])
            _write_tenant(session, ids[code], difference.work.get(code, Work()))
    workdays.seed(session)


def _tenants(session: ScopedSession, blueprint: Blueprint, difference: Difference) -> dict[str, int]:
    """Insert and update tenants; returns the id of every tenant by its code."""
    count = len(difference.tenants_new)
    fresh = session.scalars(text("select nextval('tenant_id_seq') from generate_series(1, :count)"), {"count": count})
    numbers = dict(zip((plan.code for plan in difference.tenants_new), fresh, strict=True))
    city = blueprint.city.prefix
    rows = [
        {"state": "open", "id": numbers[plan.code], "city_code": city} | _tenant_values(plan)
        for plan in difference.tenants_new
    ]
    _insert(session, Tenant, rows)
    ids = {row.code: row.id for row in session.execute(select(Tenant.code, Tenant.id))}
    relations = [
        {"b_id": ids[plan.code], "b_by": ids.get(plan.administered_by or ""), "b_next": ids.get(plan.successor or "")}
        for plan in (*difference.tenants_new, *difference.tenants_changed)
    ]
    for plan in difference.tenants_changed:
        session.execute(update(Tenant).where(Tenant.id == ids[plan.code]).values(**_tenant_values(plan)))
    if relations:
        relate = text("update tenant set administered_by = :b_by, successor_id = :b_next where id = :b_id")
        session.connection().execute(relate, relations)
    return ids


def _tenant_values(plan: TenantPlan) -> dict[str, Any]:
    values = _values(plan) | {"params": dict(plan.params)}
    for relation in ("administered_by", "successor", "closed"):
        del values[relation]
    # Only a merger or a closing touches the state here; suspending and reopening are verbs of their own.
    return values | ({"state": "closed"} if plan.closed else {})


def _write_tenant(session: ScopedSession, tenant_id: int, work: Work) -> None:
    _insert(session, Place, [_of(tenant_id, _values(place)) for place in work.places_new])
    _insert(session, Unit, [_of(tenant_id, _values(unit)) for unit in work.units_new])
    for place in work.places_gone:
        gone = {"tenant_id": tenant_id, "id": place.id}
        session.execute(text("delete from place where tenant_id = :tenant_id and id = :id"), gone)
    if work.places_changed:
        session.execute(update(Place), work.places_changed)
    if work.units_changed:
        session.execute(update(Unit), work.units_changed)


def _of(tenant_id: int, values: dict[str, Any]) -> dict[str, Any]:
    del values["tenant"]
    return values | {"tenant_id": tenant_id, "id": new_id()}


def _values(plan: Any) -> dict[str, Any]:
    """The columns of a plan; unlike `asdict` it copies nothing deeply, which counts for 22,000 villages."""
    return {item.name: getattr(plan, item.name) for item in fields(plan)}


def _insert(session: ScopedSession, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model.__table__), rows)


def _columns(row: TenantKey) -> dict[str, Any]:
    return {"tenant_id": row.tenant_id, "purpose": row.purpose, "wrapped": row.wrapped}


def _found(session: ScopedSession, blueprint: Blueprint, founders: Sequence[Founder]) -> None:
    open_townships = select(Tenant).where(Tenant.city_code == blueprint.city.prefix, Tenant.kind == "township")
    for tenant in session.scalars(open_townships.where(Tenant.state != "closed")).all() if founders else ():
        with within(session, city=False, tenant_id=tenant.id):
            for found in founders:
                found(session, tenant)


def _report(blueprint: Blueprint, difference: Difference, *, dry_run: bool, seconds: float) -> Report:
    inside = [
        row for row in blueprint.divisions.values() if row.code.startswith(blueprint.city.prefix) and not row.valid_to
    ]
    counts = {level: sum(row.level == level for row in inside) for level in ("city", "county", "township", "village")}
    touched = {*difference.work, *(plan.code for plan in (*difference.tenants_new, *difference.tenants_changed))}
    return Report(
        blueprint.city.name, dry_run, counts, tuple(difference.lines), blueprint.unknown(), len(touched), seconds
    )
