"""The public pages of a township as models: every one takes a fixed, small number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.channels.blocks import Block, Line, Material, Pairs, build, item_line, notice_line, place_facts
from xiangtong.channels.kits import KIND as KIT
from xiangtong.documents import library, publish
from xiangtong.documents.models import DocumentVersion
from xiangtong.items import offer
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.finding import Township
from xiangtong.tenancy.models import Division, Place

NOTICE = "notice"
_NOTICES_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class VillageColumn:
    """A village's column: its station, whom to call, what can be filed, what is announced."""

    name: str
    official_name: str
    station: str
    facts: Pairs
    agent: str
    phone: str
    demo: bool
    items: Sequence[Line]
    notices: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice for its page."""

    title: str
    paragraphs: Sequence[str]
    day: str
    demo: bool


def channel(session: Session, township: Township) -> list[Block]:
    """The blocks of the channel page in the order of the kit. Five queries."""
    tenant_id = township.tenant.id
    kit = library.composed(session, tenant_id=tenant_id, kind=KIT, key=township.tenant.kit)
    material = Material(
        township,
        offer.offered(session, tenant_id=tenant_id),
        publish.newest_live(session, tenant_id=tenant_id, kind=NOTICE, limit=_NOTICES_ON_A_PAGE),
        villages(session, township),
        hall(session, township),
    )
    return [build(block, material) for block in kit["blocks"]]


def villages(session: Session, township: Township) -> list[Division]:
    """The villages of a township that are in use, in the order of their codes."""
    inside = select(Division).where(
        Division.parent_code == township.tenant.division_code, Division.level == "village", Division.valid_to.is_(None)
    )
    # The list of codes puts residents' committees (001–199) first; people look for their village.
    return sorted(session.scalars(inside), key=lambda row: (row.code[9:] < "200", row.code))


def hall(session: Session, township: Township) -> Place | None:
    """The township's own hall."""
    return session.scalars(
        select(Place).where(
            Place.tenant_id == township.tenant.id,
            Place.kind == "hall",
            Place.division_code == township.tenant.division_code,
        )
    ).first()


def sub_centres(session: Session, township: Township) -> list[Place]:
    """The sub-centres of the township's hall, by name."""
    mine = select(Place).where(Place.tenant_id == township.tenant.id, Place.kind == "sub_centre")
    return list(session.scalars(mine.order_by(Place.name)))


def village_column(session: Session, township: Township, village: Division) -> VillageColumn:
    """A village's column. Three queries; raises NotFound for a village of another township."""
    if village.parent_code != township.tenant.division_code:
        raise NotFound
    tenant_id = township.tenant.id
    station = session.scalars(
        select(Place).where(Place.tenant_id == tenant_id, Place.kind == "station", Place.division_code == village.code)
    ).first()
    items = offer.offered(session, tenant_id=tenant_id)
    notices = publish.newest_live(session, tenant_id=tenant_id, kind=NOTICE, division_code=village.code)
    return VillageColumn(
        name=village.short_name,
        official_name=village.name,
        station=station.name if station else township.tenant.station_template.format(
            village=village.short_name, township=township.tenant.short_name, county=township.county, city=township.city
        ),
        facts=place_facts(station) if station else [],
        agent=(station.agent_name if station else None) or "",
        phone=((station.agent_phone or station.phone) if station else None) or "",
        demo=bool(station and station.demo),
        items=[item_line(item) for item in items if item.form_code],
        notices=[notice_line(notice) for notice in notices],
    )  # fmt: skip


def notices(session: Session, township: Township) -> list[Line]:
    """The newest notices of the township and its villages."""
    found = publish.newest_live(session, tenant_id=township.tenant.id, kind=NOTICE, limit=100)
    return [notice_line(notice) for notice in found]


def notice(session: Session, township: Township, key: str) -> Notice:
    """A notice; raises NotFound."""
    return as_notice(publish.live(session, tenant_id=township.tenant.id, kind=NOTICE, key=key))


def as_notice(version: DocumentVersion) -> Notice:
    """A version of a notice as citizens see it: also the preview of one that is not published yet."""
    body: Mapping[str, Any] = version.body
    paragraphs = [line for line in str(body.get("text", "")).splitlines() if line.strip()]
    return Notice(version.title, paragraphs, _day(version), bool(body.get("demo")))


def _day(version: DocumentVersion) -> str:
    chosen = version.body.get("day")
    at = version.published_at or clock.now()
    day = date.fromisoformat(chosen) if chosen else clock.local(at).date()
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
