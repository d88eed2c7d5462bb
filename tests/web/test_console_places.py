"""Halls and service points on the screen: who may write what, what is missing, what is refused in words."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from console_browser import ADMIN, CLERK, Browser
from places import DEMO_PHONE, HALL, OTHER_HALL, STATION, lay_down
from xiangtong.audit.models import AuditEntry
from xiangtong.doors.citizen import channel
from xiangtong.doors.shared.frame import create_door
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.models import Place
from xiangtong.tenancy.scope import Database, Scope
from xiangtong.wiring import Services

FORM = {"address": "公道镇振兴路 1 号", "hours": "周一至周五 9:00–17:30", "phone": "０５１４－87651234"}


@pytest.fixture
def ids(db: Database, township: tuple[int, int]) -> dict[str, UUID]:
    """The ids of the places of both townships."""
    return lay_down(db)


@pytest.fixture
def admin(console: Flask, ids: dict[str, UUID]) -> Browser:
    """The administrator of 公道镇."""
    return Browser(console).sign_in(ADMIN)


@pytest.fixture
def keeper(console: Flask, ids: dict[str, UUID]) -> Browser:
    """The keeper of 太平村."""
    return Browser(console).sign_in_by_phone("13800000002")


def _place(db: Database, place_id: UUID) -> Place:
    with db.scope(Scope(tenant_id=1)) as session:
        return session.get_one(Place, (1, place_id))


def test_the_checklist_leads_to_the_hall_which_is_then_done(admin: Browser, ids: dict[str, UUID], db: Database) -> None:
    step = 'href="/console/places/"><span class="row__main">填写大厅'
    assert step in admin.get("/")
    page = admin.get("/places/")
    assert "待补：地址、开放时间、电话" in page
    assert "1 处是演示数据" in page
    assert OTHER_HALL not in page
    answer = admin.post(f"/places/{ids[HALL]}", **FORM, name="改不了的名称", latitude="32.512345", longitude="119.4123")
    assert "已保存" in admin.get(answer.location.removeprefix("/console"))
    hall = _place(db, ids[HALL])
    assert (hall.name, hall.phone, hall.latitude, hall.longitude) == (HALL, "0514-87651234", 32512345, 119412300)
    page = admin.get(f"/places/{ids[HALL]}")
    assert "32.512345" in page
    assert "object at" not in page
    assert step not in admin.get("/"), "a step that is done leads nowhere any more"
    with db.scope(Scope(tenant_id=1)) as session:
        note = session.scalars(select(AuditEntry).where(AuditEntry.action == "place.edited")).one()
    assert set(note.detail["changed"]) == {"address", "hours", "phone", "latitude", "longitude"}
    assert "87651234" not in json.dumps(note.detail)


def test_a_village_keeps_its_own_station_and_sees_no_other(keeper: Browser, ids: dict[str, UUID], db: Database) -> None:
    page = keeper.get("/places/")
    assert STATION in page
    assert HALL not in page
    assert "双圣村" not in page
    assert "添加分中心" not in page
    for name in (HALL, "双圣村便民服务中心", OTHER_HALL):
        keeper.get(f"/places/{ids[name]}", 404)
        own = f"/places/{ids[STATION]}"
        keeper.post(f"/places/{ids[name]}", 404, on=own, **FORM)
        keeper.post(f"/places/{ids[name]}/remove", 404, on=own)
    keeper.get("/places/new", 404)
    keeper.post(f"/places/{ids[STATION]}", address="村部", agent_name="李四", agent_phone="0514-87650000")
    station = _place(db, ids[STATION])
    assert (station.agent_name, station.agent_phone, station.demo) == ("李四", "0514-87650000", False)


def test_the_demo_mark_stays_while_a_made_up_number_does(admin: Browser, ids: dict[str, UUID], db: Database) -> None:
    station = f"/places/{ids[STATION]}"
    admin.post(station, agent_name="张三", agent_phone=DEMO_PHONE)
    admin.post(station, agent_name="李四", agent_phone=DEMO_PHONE, address="村部")
    assert _place(db, ids[STATION]).demo
    admin.post(station, agent_name="李四", agent_phone="", address="村部")
    assert not _place(db, ids[STATION]).demo
    assert "待补：代办员电话" in admin.get("/places/")


def test_everything_that_is_wrong_is_said_at_its_field(admin: Browser, ids: dict[str, UUID]) -> None:
    wrong = {"address": "长" * 101, "phone": "打这个电话", "latitude": "北边", "agent_name": "\0\u202e"}
    page = admin.post(f"/places/{ids[HALL]}", 422, **wrong).text
    for sentence in ("最多 100 个字", "电话请写数字", "纬度是 3 到 54 之间的数", "要么都写，要么都不写"):
        assert sentence in page
    assert "打这个电话" in page, "nothing typed is lost"
    for odd in ("NaN", "1e400", "Infinity", "-1", "９９９"):
        admin.post(f"/places/{ids[HALL]}", 422, latitude=odd, longitude="119")
    admin.get(f"/places/{new_id()}", 404)
    admin.get("/places/1", 404)


def test_sub_centres_come_and_go(admin: Browser, ids: dict[str, UUID], db: Database, staffed: Services) -> None:
    assert "请写分中心的名称" in admin.post("/places/new", 422, **FORM).text
    admin.post("/places/new", name="公道镇为民服务中心南分中心", **FORM)
    assert "已经有叫这个名称的分中心" in admin.post("/places/new", 422, name="公道镇为民服务中心南分中心").text
    assert "南分中心" in admin.get("/places/?done=added")
    citizen = create_door("citizen-of-places", staffed)
    citizen.register_blueprint(channel.blueprint)
    assert "公道镇振兴路 1 号" in citizen.test_client().get("/321003100/contact").text
    with db.scope(Scope(tenant_id=1)) as session:
        sub = session.scalars(select(Place.id).where(Place.kind == "sub_centre")).one()
    admin.post(f"/places/{sub}", name="公道镇南分中心", **FORM)
    admin.post(f"/places/{ids[HALL]}/remove", 409, on=f"/places/{sub}")
    admin.post(f"/places/{sub}/remove", on=f"/places/{sub}")
    assert "分中心</h2>" not in admin.get("/places/")


def test_the_window_has_nothing_to_do_with_it(console: Flask, ids: dict[str, UUID]) -> None:
    clerk = Browser(console).sign_in(CLERK)
    clerk.get("/places/", 404)
    assert "大厅和服务点" not in clerk.get("/")
