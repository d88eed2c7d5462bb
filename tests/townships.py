"""Two townships with their keys: 公道镇 (tenant 1) and 杨寿镇 (tenant 2), each with its first village."""

from __future__ import annotations

from sqlalchemy import text

from makers import offer_item
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Tenant
from xiangtong.tenancy.scope import CITY, Database, Scope


def found_townships(db: Database, keys: KeyRing) -> None:
    """Write the city, the divisions, both townships, their keys, and the item that the small form is for."""
    with db.scope(CITY) as session:
        session.add(City(code="3210", name="扬州市", config={}))
        session.add_all(_divisions())
        session.flush()
        session.add_all(_townships())
        session.execute(text("select max(nextval('tenant_id_seq')) from generate_series(1, 100)"))
    for tenant_id in (1, 2):
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            keys.found_tenant(session, tenant_id=tenant_id)
            offer_item(session, tenant_id=tenant_id)


def _divisions() -> list[Division]:
    rows = [
        ("320000000000", "江苏省", "province", None),
        ("321000000000", "扬州市", "city", "320000000000"),
        ("321003000000", "邗江区", "county", "321000000000"),
        ("321003100000", "公道镇", "township", "321003000000"),
        ("321003108000", "杨寿镇", "township", "321003000000"),
        ("321003100200", "太平村委会", "village", "321003100000"),
        ("321003108209", "东兴村委会", "village", "321003108000"),
    ]
    return [
        Division(code=c, name=n, short_name=n.removesuffix("委会"), level=lv, parent_code=p) for c, n, lv, p in rows
    ]


def _townships() -> list[Tenant]:
    rows = [(1, "321003100", "公道镇"), (2, "321003108", "杨寿镇")]
    return [
        Tenant(
            id=id_, code=code, kind="township", division_code=f"{code}000", city_code="3210", name=name, short_name=name,
            hall_name=f"{name}为民服务中心", station_template="{village}便民服务中心", kit="standard", params={},
        )
        for id_, code, name in rows
    ]  # fmt: skip
