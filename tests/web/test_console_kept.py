"""A form posted after the session had ended: kept sealed, shown to its writer only, handed in by one more press."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from console_browser import ADMIN, CLERK, Browser
from xiangtong.kernel.embedded import Cluster

NOTICE = {"title": "停水通知", "text": "明天上午停水。\n请提前存水。", "column": "321003100200"}
_HIDDEN = re.compile(r'<textarea hidden name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
_MARK = re.compile(r'name="_kept" value="([^"]*)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_COOKIE = "xiangtong_staff"


@pytest.fixture
def admin(console: Flask) -> Browser:
    """The administrator of 公道镇."""
    return Browser(console).sign_in(ADMIN)


@pytest.fixture
def sealed(cluster: Cluster, database: str) -> Iterator[Callable[[], list[bytes]]]:
    """Everything the server keeps of what could not be handed in, as a superuser sees it."""
    superuser = create_engine(cluster.url("postgres", database).replace("postgresql:", "postgresql+psycopg:"))

    def look() -> list[bytes]:
        with superuser.begin() as connection:
            return [bytes(row.sealed) for row in connection.execute(text("select sealed from unsent"))]

    yield look
    superuser.dispose()


def _token(browser: Browser, path: str = "/notices/new") -> str:
    found = _TOKEN.search(browser.get(path))
    assert found
    return found.group(1)


def _send(browser: Browser, path: str, fields: dict[str, str], **headers: str) -> TestResponse:
    return browser.client.post(f"/console{path}", data=fields, headers=headers)


def _end_session(browser: Browser) -> str:
    cookie = browser.client.get_cookie(_COOKIE)
    assert cookie
    browser.client.delete_cookie(_COOKIE)
    return cookie.value


def _write_late(browser: Browser) -> str:
    """Write a notice on a page whose session has ended meanwhile; gives that session's token."""
    fields = {"csrf_token": _token(browser), **NOTICE}
    session = _end_session(browser)
    answer = _send(browser, "/notices/new", fields)
    assert answer.location == "/console/sign-in?next=/console/kept/"
    assert "都留着" in browser.get("/sign-in?next=/console/kept/")
    return session


def test_a_notice_is_handed_in_after_signing_in_again(admin: Browser, sealed: Callable[[], list[bytes]]) -> None:
    admin.client.set_cookie(_COOKIE, _write_late(admin))
    assert "有没交上的内容" in admin.get("/")
    page = admin.get("/kept/")
    assert "在“公告”里写的" in page
    shown = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
    assert shown == NOTICE
    written = admin.post("/notices/new", on="/kept/", _kept=_MARK.findall(page)[0], **shown).location
    assert "请提前存水" in admin.get(written.removeprefix("/console"))
    admin.get("/kept/", 303)
    assert "有没交上的内容" not in admin.get("/")
    assert sealed() == []


def test_nobody_else_is_shown_it_and_the_server_cannot_read_it(
    admin: Browser, sealed: Callable[[], list[bytes]]
) -> None:
    session = _write_late(admin)
    admin.sign_in(CLERK)
    admin.get("/kept/", 303)
    assert "有没交上的内容" not in admin.get("/")
    (stored,) = sealed()
    assert "停水".encode() not in stored
    admin.client.set_cookie(_COOKIE, session)
    mark = _MARK.findall(admin.get("/kept/"))[0]
    admin.post("/kept/discard", on="/kept/", _kept=mark)
    admin.get("/kept/", 303)


def test_what_is_refused_in_the_end_stays_where_it_was_written(admin: Browser) -> None:
    fields = {"csrf_token": _token(admin), **NOTICE, "title": ""}
    session = _end_session(admin)
    _send(admin, "/notices/new", fields)
    admin.client.set_cookie(_COOKIE, session)
    page = admin.get("/kept/")
    shown = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
    answer = admin.post("/notices/new", 422, on="/kept/", _kept=_MARK.findall(page)[0], **shown)
    assert "请提前存水" in answer.text
    admin.get("/kept/", 303)


def test_a_page_of_an_earlier_session_is_shown_once_more(admin: Browser) -> None:
    """Only where the browser says that one of our own pages sent it."""
    fields = {"csrf_token": "of-an-earlier-session", **NOTICE}
    assert "请提前存水" not in _send(admin, "/notices/new", fields, Origin="https://elsewhere.example").text
    assert "请提前存水" not in _send(admin, "/notices/new", fields).text
    answer = _send(admin, "/notices/new", fields, Origin="http://localhost")
    assert answer.status_code == 400
    shown = {name: html.unescape(value) for name, value in _HIDDEN.findall(answer.text)}
    good = _TOKEN.findall(answer.text)[-1]
    assert _send(admin, "/notices/new", {"csrf_token": good, "_kept": "", **shown}).status_code == 303


def test_passwords_are_not_kept_and_strangers_leave_nothing(
    admin: Browser, browser: Browser, sealed: Callable[[], list[bytes]]
) -> None:
    token = _token(admin, "/account/")
    _end_session(admin)
    _send(admin, "/account/password", {"csrf_token": token, "old": "a", "password": "b", "again": "b"})
    _send(browser, "/notices/new", {"csrf_token": _token(browser, "/sign-in"), **NOTICE})
    assert sealed() == []


def test_a_script_is_told_that_nobody_is_signed_in(admin: Browser) -> None:
    """It would follow a redirect, and take the sign-in page for a lost line."""
    token = _token(admin)
    _end_session(admin)
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    path = "/console/notices/new"
    assert admin.client.post(path, json=[], headers=headers).status_code == 401
