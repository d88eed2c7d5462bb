"""Notices for the demo townships. Each says that it is made up, and carries the mark 演示数据."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xiangtong.channels.notices import KIND, Written, publish_notice
from xiangtong.documents.publish import history
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy import finding
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Database, Scope

_TOWNSHIPS = ("321003100", "321003108")
# (key, days ago, title, text)
_NOTICES = (
    (
        "demo-hours",
        3,
        "中心周六延时服务安排",
        "为方便平时上班的居民，中心每周六上午 9:00 到 11:30 照常收件。\n要办宅基地、社会救助的，请先打电话问一声，免得白跑。",
    ),
    (
        "demo-land",
        6,
        "耕地地力保护补贴面积核实结果",
        "各村核实的面积已在村务公开栏公示 7 天。\n对面积有疑问的，请在公示期内到村里或中心反映。",
    ),
    (
        "demo-allowance",
        9,
        "满 80 岁的老人可以提前一个月申请高龄津贴",
        "家里有老人快满 80 岁的，可以提前一个月在网上申请，子女可以代填。\n不会用手机的，打电话给村里的代办员。",
    ),
)
_VILLAGE_NOTICE = ("{village}本季度救助对象公示", "公示期 7 天。\n这是演示用的公示，没有真实的人名。")
_VILLAGES = {"321003100": ("321003100200", "太平村"), "321003108": ("321003108209", "东兴村")}


def seed(services: Any) -> None:
    """Publish the demo notices in the demo townships that exist; those that were ever published stay as they are."""
    db: Database = services.db
    for code in _TOWNSHIPS:
        with db.scope(NOBODY) as session:
            try:
                tenant = finding.township(session, code=code).tenant
            except NotFound:
                continue
        with db.scope(Scope(tenant_id=tenant.id)) as session:
            for key, days, title, text in _NOTICES:
                _publish(session, tenant, Written(title, text), key=key, days=days)
            title, text = _VILLAGE_NOTICE
            village_code, village = _VILLAGES[code]
            _publish(session, tenant, Written(title.format(village=village), text), village_code=village_code)


def _publish(
    session: ScopedSession, tenant: Tenant, written: Written, *, key: str = "demo-village", days: int = 0,
    village_code: str = "",
) -> None:  # fmt: skip
    """Once: what somebody made of a notice since, or took down, stays so when the demo starts again."""
    if history(session, tenant_id=tenant.id, kind=KIND, key=key):
        return
    publish_notice(
        session, tenant_id=tenant.id, township_code=tenant.code, title=written.title, text=written.text, key=key,
        village_code=village_code, at=clock.now() - timedelta(days=days), demo=True,
    )  # fmt: skip
