"""The public pages of a real Yangzhou: found, read, searched, redirected; strict headers and few queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from door_services import make_services
from xiangtong.doors.citizen import channel, mode, sign_in
from xiangtong.doors.shared import access
from xiangtong.doors.shared.frame import create_door
from xiangtong.items.models import Item
from xiangtong.tenancy import finding, lifecycle
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import CITY, NOBODY, Database, Scope
from xiangtong.wiring import Services

_HOME = "/321003100/"


def _cases_stand_in() -> Blueprint:
    blueprint = Blueprint("cases", __name__)
    nothing = access.public(lambda **_: "")
    for name, address in (("mine", "/mine"), ("ask", "/progress"), ("ask_here", "/<string(length=9):code>/progress")):
        blueprint.add_url_rule(address, name, nothing)
    return blueprint


@pytest.fixture
def services(open_channels: Database, keys: KeyRing, tmp_path: Path) -> Services:
    return make_services(open_channels, keys, tmp_path)


@pytest.fixture
def web(services: Services) -> Flask:
    app = create_door("channel-test", services)
    for blueprint in (mode.blueprint, sign_in.blueprint, _cases_stand_in(), channel.blueprint):
        app.register_blueprint(blueprint)
    access.check(app)
    return app


@pytest.fixture
def visitor(web: Flask) -> FlaskClient:
    return web.test_client()


@pytest.fixture
def queries(services: Services) -> Iterator[list[str]]:
    """Every statement sent, but for those that open a transaction's scope."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if not statement.startswith("SET LOCAL"):
            seen.append(statement)

    event.listen(services.db.app, "before_cursor_execute", note)
    yield seen
    event.remove(services.db.app, "before_cursor_execute", note)


def _text(visitor: FlaskClient, path: str, status: int = 200) -> str:
    response = visitor.get(path)
    assert response.status_code == status, (path, response.status_code, response.text[:500])
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
    # Nothing that the strict policy would refuse: no inline style, script or handler.
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", response.text)
    return response.text


def test_every_page_of_a_township(services: Services, visitor: FlaskClient, queries: list[str]) -> None:
    town = finding_town(services, "321003100")
    with services.db.scope(Scope(tenant_id=town)) as session:
        code = session.scalars(select(Item.item_code).where(Item.key == "homestead")).one()
    pages = {
        "/": "公道镇",
        "/?q=gongdao": "公道镇",
        "/?q=太平村": "太平村",
        "/?in=321003": "杨寿镇",
        _HOME: "今天想办什么事",
        f"{_HOME}items": "高龄津贴申领",
        f"{_HOME}items/{code}": "示例",
        f"{_HOME}items/old-age-allowance": "全程网办",
        f"{_HOME}villages": "埝桥村",
        f"{_HOME}v/321003100200/": "太平村便民服务中心",
        f"{_HOME}notices": "延时服务",
        f"{_HOME}notices/demo-hours": "演示数据",
        f"{_HOME}contact": "12345",
        f"{_HOME}search?q=建房": "农村宅基地",
        f"{_HOME}search?q=没有的东西": "没有找到",
        f"{_HOME}search": "看全部事项",
    }
    for path, words in pages.items():
        queries.clear()
        assert words in _text(visitor, path), path
        assert len(queries) <= 6, (path, queries)


def finding_town(services: Services, code: str) -> int:
    """The tenant's id."""
    with services.db.scope(NOBODY) as session:
        return finding.township(session, code=code).tenant.id


def test_the_channel_says_what_is_demo_and_what_is_unknown(visitor: FlaskClient) -> None:
    page = _text(visitor, _HOME)
    assert "公道镇为民服务中心" in page
    assert "演示数据" in page
    assert "（待补）" in page
    assert "扬州市邗江区" in page
    assert 'href="tel:0514-0000' in page
    assert "全部 14 个" in page
    plain = _text(visitor, "/321003101/")
    assert "演示数据" not in plain
    assert "（待补）" in plain


def test_materials_of_a_guide_are_those_of_its_form(services: Services, visitor: FlaskClient) -> None:
    for key in services.library.forms:
        page = _text(visitor, f"{_HOME}items/{key}")
        materials = services.library.form(key).materials
        assert materials
        assert all(material.name in page for material in materials)


def test_the_catalogue_agrees_with_the_forms(services: Services) -> None:
    town = finding_town(services, "321003100")
    with services.db.scope(Scope(tenant_id=town)) as session:
        for item in session.scalars(select(Item)):
            named = services.library.form(item.form_code or "").schema["x-form"]["item"]
            assert (item.basic_code, item.item_type) == (named["basic_code"], named["type"])


@pytest.mark.parametrize(
    "path",
    [
        "/999999999/",
        "/32100310a/",
        "/321003100/items/none",
        "/321003100/notices/none",
        "/321003100/v/321003108209/",
        "/321003100/v/321003100000/",
        "/321003100/nothing",
        "/321003100/items/%00",
        "/321003100/notices/%00",
        "/321003100/v/32100310020%00/",
        "/%00%00%00%00%00%00%00%00%00/",
        "/321003/",
    ],
)
def test_nothing_there_is_a_page_of_its_own(visitor: FlaskClient, path: str) -> None:
    assert "没有" in _text(visitor, path, 404)


def test_odd_questions_are_answered(visitor: FlaskClient) -> None:
    for query in ("%00", "%25", "'", "\\", "＃", "a" * 500, "%F0%9F%98%80", "_", "%ff"):
        _text(visitor, f"/?q={query}")
        _text(visitor, f"{_HOME}search?q={query}")
        _text(visitor, f"/?in={query}")
        _text(visitor, f"{_HOME}?from={query}")


def test_a_merged_township_sends_on_with_a_sentence(services: Services, visitor: FlaskClient) -> None:
    with services.db.scope(CITY) as session:
        lifecycle.merge(session, code="321003108", into="321003100")
    for path in ("/321003108/", "/321003108/items", "/321003108/v/321003108209/"):
        response = visitor.get(path)
        assert response.status_code == 303
        assert response.headers["Location"] == "/321003100/?from=321003108"
    assert "杨寿镇已经并入公道镇" in _text(visitor, "/321003100/?from=321003108")
    assert "已经并入" not in _text(visitor, "/321003100/?from=321003101")
    assert "杨寿镇" not in _text(visitor, "/")


def test_a_suspended_township_says_where_to_go(services: Services, visitor: FlaskClient) -> None:
    with services.db.scope(CITY) as session:
        lifecycle.suspend(session, code="321003100")
    assert "网上申报暂停" in _text(visitor, _HOME)
    assert "现在就办" not in _text(visitor, f"{_HOME}items/homestead")


def test_links_of_the_channel_lead_somewhere(visitor: FlaskClient) -> None:
    for start in ("/", _HOME, f"{_HOME}v/321003100200/", f"{_HOME}contact", f"{_HOME}notices"):
        links = re.findall(r'href="(/[^"#]*)', _text(visitor, start))
        wanted = {link for link in links if not link.startswith(("/static/", "/sign-in", "/mode/", "/language/"))}
        for link in sorted(wanted)[:40]:
            assert visitor.get(link).status_code in {200, 303}, link
