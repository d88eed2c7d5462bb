"""Notices on the screen: a village writes, the township publishes; what citizens read is the preview, and plain text."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console_browser import ADMIN, CLERK, Browser
from xiangtong.channels import notices
from xiangtong.doors.citizen import channel
from xiangtong.doors.shared.frame import create_door
from xiangtong.kernel import clock
from xiangtong.tenancy.scope import Database, Scope
from xiangtong.wiring import Services

VILLAGE = "321003100200"
NOTICE = {"title": "停水通知", "text": "明天上午停水。\n\n\n\n请提前存水。", "column": VILLAGE}


@pytest.fixture
def admin(console: Flask) -> Browser:
    """The administrator of 公道镇."""
    return Browser(console).sign_in(ADMIN)


@pytest.fixture
def keeper(console: Flask) -> Browser:
    """The keeper of 太平村."""
    return Browser(console).sign_in_by_phone("13800000002")


@pytest.fixture
def citizen(staffed: Services) -> FlaskClient:
    """A citizen's browser."""
    app = create_door("citizen-of-notices", staffed)
    app.register_blueprint(channel.blueprint)
    return app.test_client()


def _written(browser: Browser, **form: str) -> str:
    """Write a notice; its path in the console."""
    return browser.post("/notices/new", **(NOTICE | form)).location.removeprefix("/console")


def test_a_village_writes_the_township_sends_back_and_then_publishes(
    keeper: Browser, admin: Browser, citizen: FlaskClient
) -> None:
    shown = _written(keeper)
    address = shown.replace("/notices/", "/321003100/notices/")
    assert "发布前请审查" not in keeper.get(shown)
    keeper.post(f"{shown}/publish", 404, on=shown, reviewed="1")
    keeper.post(f"{shown}/send", on=shown)
    assert "乡镇正在审核" in keeper.get(shown)
    assert "有 1 篇等您审核" in admin.get("/notices/")
    assert citizen.get(address).status_code == 404
    assert "请写退回的原因" in admin.post(f"{shown}/return", 422, on=shown, why=" ").text
    admin.post(f"{shown}/return", on=shown, why="写清楚停到几点")
    assert "写清楚停到几点" in keeper.get(shown)
    keeper.post(f"{shown}/edit", **(NOTICE | {"text": "明天上午停水，11 点恢复。"}))
    keeper.post(f"{shown}/send", on=shown)
    assert "请先做保密审查" in admin.post(f"{shown}/publish", 422, on=shown).text
    admin.post(f"{shown}/publish", on=shown, reviewed="1")
    assert "11 点恢复" in citizen.get(address).text
    assert "停水通知" in citizen.get(f"/321003100/v/{VILLAGE}/").text
    assert "停水通知" in citizen.get("/321003100/search?q=停水").text
    keeper.post(f"{shown}/withdraw", 404, on=shown)
    admin.post(f"{shown}/withdraw", on=shown)
    assert citizen.get(address).status_code == 404
    assert "停水通知" not in citizen.get("/321003100/search?q=停水").text.partition("<main")[2].partition("没有找到")[0]


def test_the_preview_is_what_citizens_see_and_nothing_in_it_runs(admin: Browser, citizen: FlaskClient) -> None:
    shown = _written(admin, title="<b>通知</b>", text="<script>alert(1)</script>\r\n\r\n\r\n第二段\u202e", column="")
    page = admin.get(shown)
    text = "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>第二段</p>"
    assert text in page
    admin.post(f"{shown}/publish", on=shown, reviewed="1")
    public = citizen.get(shown.replace("/notices/", "/321003100/notices/")).text
    assert text in public
    assert "&lt;b&gt;通知&lt;/b&gt;</h1>" in public


def test_a_change_is_not_public_until_published_and_an_earlier_version_comes_back(
    admin: Browser, citizen: FlaskClient
) -> None:
    shown = _written(admin, text="第一稿", column="")
    address = shown.replace("/notices/", "/321003100/notices/")
    admin.post(f"{shown}/publish", on=shown, reviewed="1")
    admin.post(f"{shown}/edit", title="停水通知", text="第二稿")
    assert "第一稿" in citizen.get(address).text
    assert "请先发布或删掉草稿" in admin.post(f"{shown}/restore", 409, on=shown, number="1").text
    admin.post(f"{shown}/publish", on=shown, reviewed="1")
    admin.post(f"{shown}/restore", on=shown, number="1")
    assert "第一稿" in citizen.get(address).text
    admin.post(f"{shown}/edit", title="停水通知", text="第三稿")
    admin.post(f"{shown}/discard", on=shown)
    assert "第一稿" in citizen.get(address).text
    for number in ("99", "x", ""):
        admin.post(f"{shown}/restore", 404, on=shown, number=number)
    admin.post(f"{shown}/publish", 409, on=shown, reviewed="1")


def test_a_notice_may_be_dated_back_but_not_ahead(admin: Browser, citizen: FlaskClient) -> None:
    today = clock.today()
    for day in ((today + timedelta(days=1)).isoformat(), "昨天", "0001-01-01", "2026-13-01"):
        assert "日期不能晚于今天" in admin.post("/notices/new", 422, **(NOTICE | {"day": day})).text
    shown = _written(admin, day="2026-01-31", column="")
    admin.post(f"{shown}/publish", on=shown, reviewed="1")
    assert "2026 年 1 月 31 日" in citizen.get(shown.replace("/notices/", "/321003100/notices/")).text


def test_everything_that_is_wrong_is_said_at_once(admin: Browser) -> None:
    page = admin.post("/notices/new", 422, title="长" * 81, text="\0 \n ", column="").text
    assert "请写标题，最多 80 个字" in page
    assert "请写正文" in page
    page = admin.post("/notices/new", 422, title="名单", text="张三 321003194003051288 1000 元", column="").text
    assert "像身份证号的数字" in page
    assert _written(admin, text="张三 3210**********1288 1000 元", column="")
    assert "请选择发在哪个栏目" in admin.post("/notices/new", 422, **(NOTICE | {"column": "321003108209"})).text


def test_nobody_reaches_anothers_notices(keeper: Browser, admin: Browser, console: Flask, db: Database) -> None:
    of_the_township = _written(admin, column="")
    with db.scope(Scope(tenant_id=2)) as session:
        other = notices.publish_notice(session, tenant_id=2, township_code="321003108", title="外镇", text="外镇的事")
    assert "停水通知" not in keeper.get("/notices/")
    assert "请选择发在哪个栏目" in keeper.post("/notices/new", 422, **(NOTICE | {"column": ""})).text
    own = _written(keeper)
    for shown in (of_the_township, f"/notices/{other.key}", "/notices/nothing", "/notices/%00"):
        keeper.get(shown, 404)
        keeper.get(f"{shown}/edit", 404)
        for verb in ("edit", "send", "discard"):
            keeper.post(f"{shown}/{verb}", 404, on=own, **NOTICE)
    admin.get(f"/notices/{other.key}", 404)
    for verb in ("publish", "withdraw", "return", "restore", "send", "discard", "edit"):
        admin.post(f"/notices/{other.key}/{verb}", 404, on=own, reviewed="1", number="1", why="x", **NOTICE)
    assert "外镇" not in admin.get("/notices/")
    Browser(console).sign_in(CLERK).get("/notices/", 404)


def test_no_page_of_it_needs_an_exception_from_the_content_policy(admin: Browser) -> None:
    shown = _written(admin)
    for path in ("/notices/", "/notices/new", shown, f"{shown}/edit"):
        page = admin.get(path)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page), path
