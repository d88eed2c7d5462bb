"""Founding, documents, search and the verbs of operators, on a small city and on the real one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from fillings import SMALL_CITY
from xiangtong.channels import demo as channel_demo
from xiangtong.channels import founding, notices, pages
from xiangtong.documents import library, publish
from xiangtong.items import offer
from xiangtong.items.catalogue import read_catalogue
from xiangtong.kernel.errors import Conflict, NotFound, Problem, Problems
from xiangtong.search import entries
from xiangtong.tenancy import finding, lifecycle
from xiangtong.tenancy.folder import MemoryFolder, PathFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Place
from xiangtong.tenancy.scope import CITY, NOBODY, Database, Scope

ROOT = Path(__file__).parents[2]
CATALOGUE = [item.key for item in read_catalogue(ROOT / "tenants" / "_catalogue" / "items.toml")]


@pytest.fixture
def city(small_city: Database) -> Database:
    """A small city, provisioned and founded."""
    return small_city


def _township(db: Database, code: str = "321003100") -> finding.Township:
    with db.scope(NOBODY) as session:
        return finding.township(session, code=code)


def test_a_township_offers_items_with_codes_of_31_characters(city: Database) -> None:
    gongdao, yangshou = _township(city).tenant, _township(city, "321003108").tenant
    with city.scope(Scope(tenant_id=gongdao.id)) as session:
        offered = offer.offered(session, tenant_id=gongdao.id)
        assert [item.key for item in offered] == CATALOGUE
        assert all(item.demo and item.item_code and len(item.item_code) == 31 for item in offered)
        guide = offer.guide(session, tenant_id=gongdao.id, code=offered[0].item_code or "")
        assert guide.body["limits"]["promised"] == 20
        assert offer.item_of_form(session, tenant_id=gongdao.id, form_code="homestead").key == "homestead"
        with pytest.raises(NotFound):
            offer.item_of_form(session, tenant_id=gongdao.id, form_code="unknown")
    with city.scope(Scope(tenant_id=yangshou.id)) as session:
        assert [item.item_code for item in offer.offered(session, tenant_id=yangshou.id)] == [None] * len(CATALOGUE)


def test_founding_again_keeps_what_the_township_chose(city: Database, keys: KeyRing) -> None:
    tenant = _township(city).tenant
    overlay = {"conditions": ["本镇的条件"], "flow": {"group": None}}
    with city.scope(Scope(tenant_id=tenant.id)) as session:
        library.choose(session, tenant_id=tenant.id, kind="item", key="homestead", overlay=overlay)
    assert founding.provision_city(city, keys, SMALL_CITY).changes_nothing
    with city.scope(Scope(tenant_id=tenant.id)) as session:
        body = library.composed(session, tenant_id=tenant.id, kind="item", key="homestead")
    assert body["conditions"] == ["本镇的条件"]
    assert [step["id"] for step in body["flow"]] == ["village", "township", "decision", "check"]


def test_the_library_gets_a_new_version_only_for_new_content(city: Database) -> None:
    with city.scope(CITY) as session:
        first = library.latest(session, kind="kit", key="standard")
        assert first is not None
        same = library.publish_to_library(session, kind="kit", key="standard", body=first.body)
        assert same.version == first.version == 1
        assert (
            library.publish_to_library(session, kind="kit", key="standard", body=first.body | {"title": "新"}).version
            == 2
        )
    tenant = _township(city).tenant
    with city.scope(Scope(tenant_id=tenant.id)) as session:
        assert library.composed(session, tenant_id=tenant.id, kind="kit", key="standard")["title"] == "标准频道"
        library.move_pin(session, tenant_id=tenant.id, kind="kit", key="standard", version=2)
        assert library.composed(session, tenant_id=tenant.id, kind="kit", key="standard")["title"] == "新"


def test_two_who_publish_at_once_come_one_after_the_other(city: Database) -> None:
    name = {"tenant_id": _township(city).tenant.id, "kind": "page", "key": "home"}
    both = Barrier(2)

    def write(title: str) -> int | None:
        with city.scope(Scope(tenant_id=name["tenant_id"])) as session:
            both.wait()
            publish.save_draft(session, **name, title=title, body={"title": title})
            return publish.publish(session, **name).number

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(write, ("一", "二"))) == [1, 2]


def test_draft_checks_numbers_roll_back(city: Database) -> None:
    tenant_id = _township(city).tenant.id
    name = {"tenant_id": tenant_id, "kind": "page", "key": "home"}
    with city.scope(Scope(tenant_id=tenant_id)) as session:
        publish.save_draft(session, **name, title="一", body={"n": 1})
        with pytest.raises(Problems):
            publish.publish(session, **name, checks=[lambda body: [Problem("/n", "太小")]])
        assert publish.publish(session, **name).number == 1
        publish.save_draft(session, **name, title="二", body={"n": 2})
        publish.save_draft(session, **name, title="三", body={"n": 3})
        assert publish.publish(session, **name).number == 2
        assert publish.roll_back(session, **name, number=1).number == 3
    with city.scope(Scope(tenant_id=tenant_id)) as session:
        assert publish.live(session, **name).body == {"n": 1}
        assert [version.number for version in publish.history(session, **name)] == [3, 2, 1]
        with pytest.raises(NotFound):
            publish.publish(session, **name)


def test_search_within_a_township(city: Database) -> None:
    tenant = _township(city).tenant
    cases: list[tuple[str, list[str]]] = [
        ("建房", ["农村宅基地和建房（规划许可）申请"]),
        ("八十岁", ["高龄津贴申领"]),
        ("glj", ["高龄津贴申领"]),
        ("linshi", ["临时救助申请"]),
        ("太平", ["太平村"]),
        ("ｌｉｎｓｈｉ", ["临时救助申请"]),
        ("临时 救急", ["临时救助申请"]),
        ("%", []),
        ("", []),
        ("\x00", []),
    ]
    with city.scope(Scope(tenant_id=tenant.id)) as session:
        for query, titles in cases:
            found = entries.find(session, tenant_id=tenant.id, query=query)
            assert [entry.title for entry in found] == titles, query


def test_search_follows_what_happens_to_villages(city: Database, keys: KeyRing) -> None:
    changes = (
        "date,kind,code,new_code,name\n"
        "2026-01-01,close,321003100200,,\n"
        "2026-01-01,rename,321003108209,,东旺村委会\n"
    )  # fmt: skip
    founding.provision_city(city, keys, MemoryFolder(SMALL_CITY.files | {"changes.csv": changes.encode()}))
    with city.scope(NOBODY) as session:
        found = {
            (code, query): [
                entry.title for entry in entries.find(session, tenant_id=_township(city, code).tenant.id, query=query)
            ]
            for code, query in (("321003100", "太平"), ("321003108", "东兴"), ("321003108", "dongwang"))
        }
    assert found == {
        ("321003100", "太平"): [],
        ("321003108", "东兴"): [],
        ("321003108", "dongwang"): ["东旺村"],
    }


def test_a_credit_code_that_arrives_later_completes_the_items_and_their_addresses(
    city: Database, keys: KeyRing
) -> None:
    units = SMALL_CITY.files["units.csv"].decode() + "321003108000,杨寿镇,邗江区杨寿镇人民政府,杨寿镇政府,\n"
    founding.provision_city(city, keys, MemoryFolder(SMALL_CITY.files | {"units.csv": units.encode()}))
    tenant = _township(city, "321003108").tenant
    with city.scope(Scope(tenant_id=tenant.id)) as session:
        offered = offer.offered(session, tenant_id=tenant.id)
        found = entries.find(session, tenant_id=tenant.id, query="高龄")
    assert [len(item.item_code or "") for item in offered] == [31] * len(CATALOGUE)
    assert {item.unit_name for item in offered} == {"邗江区杨寿镇人民政府"}
    assert [entry.address for entry in found] == [f"/321003108/items/{offered[1].item_code}"]


def test_a_notice_is_found_and_taken_down(city: Database) -> None:
    township = _township(city)
    tenant_id = township.tenant.id
    with city.scope(Scope(tenant_id=tenant_id)) as session:
        version = notices.publish_notice(
            session, tenant_id=tenant_id, township_code="321003100", title="停水通知", text="明天停水。",
            village_code="321003100200",
        )  # fmt: skip
        column = pages.village_column(session, township, finding.village(session, code="321003100200"))
        assert [line.text for line in column.notices] == ["停水通知"]
        assert len(entries.find(session, tenant_id=tenant_id, query="停水")) == 1
        notices.withdraw_notice(session, tenant_id=tenant_id, key=version.key)
        assert entries.find(session, tenant_id=tenant_id, query="停水") == []
        with pytest.raises(NotFound):
            pages.notice(session, township, version.key)
        with pytest.raises(Problems) as caught:
            notices.publish_notice(session, tenant_id=tenant_id, township_code="321003100", title=" ", text="")
        assert len(caught.value.problems) == 2


def test_a_township_is_found_by_name_pinyin_initials_or_village(city: Database) -> None:
    cases: list[tuple[str, list[str]]] = [
        ("公道", ["321003100"]),
        ("gongdao", ["321003100"]),
        ("gdz", ["321003100"]),
        ("太平", ["321003100"]),
        ("dxc", ["321003108"]),
        ("没有这里", []),
    ]
    with city.scope(NOBODY) as session:
        for query, codes in cases:
            assert [found.code for found in finding.search_townships(session, query=query)] == codes, query


def test_counties_list_their_townships(city: Database) -> None:
    with city.scope(NOBODY) as session:
        assert finding.counties(session, city="3210") == [("321003", "邗江区")]
        assert [found.name for found in finding.townships_of(session, county="321003")] == ["公道镇", "杨寿镇"]
        with pytest.raises(NotFound):
            finding.township(session, code="321003")


def test_suspend_reopen_merge(city: Database, keys: KeyRing) -> None:
    with city.scope(CITY) as session:
        lifecycle.suspend(session, code="321003108")
        with pytest.raises(Conflict):
            lifecycle.suspend(session, code="321003108")
        lifecycle.reopen(session, code="321003108")
        with pytest.raises(Conflict):
            lifecycle.merge(session, code="321003108", into="321003108")
        lifecycle.merge(session, code="321003108", into="321003100")
    merged = _township(city, "321003108")
    assert merged.tenant.state == "closed"
    assert merged.successor is not None
    assert merged.successor.code == "321003100"
    # Provisioning again from files that know nothing of it does not undo what the operator did.
    founding.provision_city(city, keys, SMALL_CITY)
    assert _township(city, "321003108").tenant.state == "closed"


def test_a_renamed_township_keeps_its_name(city: Database, keys: KeyRing) -> None:
    with city.scope(CITY) as session:
        lifecycle.rename(session, code="321003100", name="新公道镇")
        with pytest.raises(NotFound):
            lifecycle.rename(session, code="999999999", name="x")
        with pytest.raises(Conflict, match="已经有“新公道镇”"):
            lifecycle.rename(session, code="321003108", name=" 新公道镇 ")
    founding.provision_city(city, keys, SMALL_CITY)
    tenant = _township(city).tenant
    assert (tenant.name, tenant.hall_name) == ("新公道镇", "新公道镇为民服务中心")
    with city.scope(Scope(tenant_id=tenant.id)) as session:
        hall = session.scalars(select(Place).where(Place.kind == "hall")).one()
    assert hall.name == "新公道镇为民服务中心"


def test_the_demo_of_yangzhou_is_marked(db: Database, keys: KeyRing) -> None:
    founding.provision_city(db, keys, PathFolder(ROOT / "tenants" / "yangzhou"))

    class Services:
        def __init__(self, db: Database) -> None:
            self.db = db

    channel_demo.seed(Services(db))
    channel_demo.seed(Services(db))
    township = _township(db)
    with db.scope(Scope(tenant_id=township.tenant.id)) as session:
        lines = pages.notices(session, township)
        blocks = pages.channel(session, township)
        told = publish.history(session, tenant_id=township.tenant.id, kind="notice", key="demo-village")
    assert len(lines) == 4
    assert len(told) == 1, "a demo that starts again writes over nothing"
    assert all(("演示数据", "soon") in line.tags for line in lines)
    assert [block.type for block in blocks] == ["search", "entries", "items", "notices", "villages", "hall", "footer"]
    assert blocks[5].model["demo"] is True
    assert blocks[4].model["count"] == 14
