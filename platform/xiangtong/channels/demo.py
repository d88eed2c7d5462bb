"""Notices for the demo townships. Each says that it is made up, and carries the mark 演示数据."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xiangtong.channels.notices import publish_notice
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy import finding
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
    """Publish the demo notices in the demo townships that exist; publishing again changes nothing visible."""
    db: Database = services.db
    for code in _TOWNSHIPS:
        with db.scope(NOBODY) as session:
            try:
                tenant = finding.township(session, code=code).tenant
            except NotFound:
                continue
        with db.scope(Scope(tenant_id=tenant.id)) as session:
            for key, days, title, text in _NOTICES:
                at = clock.now() - timedelta(days=days)
                publish_notice(
                    session, tenant_id=tenant.id, township_code=code, title=title, text=text, key=key, at=at, demo=True
                )
            title, text = _VILLAGE_NOTICE
            village_code, village = _VILLAGES[code]
            publish_notice(
                session, tenant_id=tenant.id, township_code=code, title=title.format(village=village), text=text,
                key="demo-village", village_code=village_code, demo=True,
            )  # fmt: skip
