"""事项 on the screen: a newer text of the catalogue is shown beside what stands, and taken over by one press."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from console_browser import ADMIN, CLERK, Browser
from xiangtong.audit.models import AuditEntry
from xiangtong.documents import library
from xiangtong.documents.models import Pin
from xiangtong.items import offer
from xiangtong.items.models import Item
from xiangtong.search import entries
from xiangtong.tenancy.scope import CITY, Database, Scope

GUIDE = {
    "key": "tea-register", "name": "茶园登记", "basic_code": "000720001000", "item_type": "07", "case_type": "2",
    "who": "本镇有茶园的农户", "conditions": ["茶园在本镇", "不欠承包费"], "fee": "不收费", "words": "茶叶",
    "flow": [{"id": "s1", "title": "受理", "text": "当场收材料"}], "basis": [{"title": "《某某管理办法》第三条"}],
    "limits": {"promised": 5}, "position": 1000,
}  # fmt: skip
NEWER = GUIDE | {
    "name": "茶园和果园登记", "conditions": ["茶园或果园在本镇", "不欠承包费"], "limits": {"promised": 3}, "words": "果树",
}  # fmt: skip
ADDRESS = "/items/tea-register"


def _publish(db: Database, guide: dict[str, Any]) -> int:
    with db.scope(CITY) as session:
        return library.publish_to_library(session, kind=offer.KIND, key=guide["key"], body=guide).version


@pytest.fixture
def admin(console: Flask, db: Database) -> Browser:
    """The administrator of 公道镇, which stands on the first text, with a name of its own for who may apply."""
    _publish(db, GUIDE)
    with db.scope(Scope(tenant_id=1)) as session:
        version = library.latest(session, kind=offer.KIND, key="tea-register")
        assert version
        overlay = {"who": "公道镇的茶农"}
        pin = {"tenant_id": 1, "kind": offer.KIND, "key": version.key, "version": 1, "hash": version.hash}
        session.add(Pin(**pin, overlay=overlay))
        said = offer.said_by(GUIDE, unit_code=None)
        session.add(Item(tenant_id=1, key=version.key, unit_name="公道镇", version=1, **said))
    return Browser(console).sign_in(ADMIN)


def test_a_newer_text_is_seen_and_taken_over(admin: Browser, db: Database) -> None:
    assert "和全市目录一样" in admin.get("/items/")
    assert "换成新的" not in admin.get(ADDRESS)
    assert _publish(db, NEWER) == 2
    assert "1 件事全市有新内容" in admin.get("/items/")
    page = admin.get(ADDRESS)
    for words in ("<p>茶园登记</p>", "<p>茶园和果园登记</p>", "<p>茶园或果园在本镇</p>", "<p>5</p>", "<p>3</p>"):
        assert words in page
    assert "谁能办" not in page, "what the township chose itself stays, and is no difference"
    assert "依据" not in page
    _publish(db, NEWER | {"fee": "收费 1 元"})
    assert "刚刚又有变化" in admin.post(ADDRESS, 409, version="2").text
    for odd in ("", "1", "x", "9" * 30, "３"):
        admin.post(ADDRESS, 409, version=odd)
    answer = admin.post(ADDRESS, version="3")
    assert "已换成全市的新内容" in admin.get(answer.location.removeprefix("/console"))
    with db.scope(Scope(tenant_id=1)) as session:
        guide = offer.guide(session, tenant_id=1, code="tea-register")
        assert (guide.item.name, guide.item.promised_days, guide.item.version) == ("茶园和果园登记", 3, 3)
        assert (guide.body["who"], guide.body["fee"]) == ("公道镇的茶农", "收费 1 元")
        assert [found.title for found in entries.find(session, tenant_id=1, query="果树")] == ["茶园和果园登记"]
        noted = session.execute(
            select(AuditEntry.subject, AuditEntry.detail).where(AuditEntry.action == "item.taken_over")
        ).all()
    assert [tuple(one) for one in noted] == [("item:tea-register", {"number": 3})]


def test_a_code_that_another_item_still_has_is_taken_over_after_that_one(admin: Browser, db: Database) -> None:
    with db.scope(Scope(tenant_id=1)) as session:
        said = offer.said_by(GUIDE | {"name": "果园登记", "form": "fruit"}, unit_code=None)
        session.add(Item(tenant_id=1, key="fruit-register", unit_name="公道镇", version=1, **said))
    _publish(db, NEWER | {"form": "fruit"})
    assert "还是“果园登记”在用" in admin.post(ADDRESS, 409, version="2").text
    with db.scope(Scope(tenant_id=1)) as session:
        assert session.get_one(Pin, (1, offer.KIND, "tea-register")).version == 1


def test_only_whoever_publishes_items_comes_here(console: Flask, admin: Browser) -> None:
    admin.get("/items/nothing-like-it", 404)
    clerk = Browser(console).sign_in(CLERK)
    clerk.get("/items/", 404)
    clerk.post(ADDRESS, 404, on="/account/", version="2")
