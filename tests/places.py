"""The places of the two townships of the tests, as provisioning lays them down."""

from __future__ import annotations

from uuid import UUID

from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.models import Place
from xiangtong.tenancy.scope import Database, Scope

HALL, STATION, OTHER_HALL = "公道镇为民服务中心", "太平村便民服务中心", "杨寿镇为民服务中心"
DEMO_PHONE = "0514-00001234"
_ROWS = (
    (1, "hall", "321003100000", HALL, False),
    (1, "station", "321003100200", STATION, True),
    (1, "station", "321003100201", "双圣村便民服务中心", False),
    (2, "hall", "321003108000", OTHER_HALL, False),
)


def lay_down(db: Database) -> dict[str, UUID]:
    """Write them; the id of each by its name."""
    ids: dict[str, UUID] = {}
    for tenant_id, kind, code, name, made_up in _ROWS:
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            known = {"agent_name": "张三", "agent_phone": DEMO_PHONE} if made_up else {}
            ids[name] = new_id()
            session.add(
                Place(
                    tenant_id=tenant_id, id=ids[name], kind=kind, division_code=code, name=name, demo=made_up, **known
                )
            )  # fmt: skip
    return ids
