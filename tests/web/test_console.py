"""The console over HTTP: the ways in, what each role sees, and what stays closed."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pyotp
from flask import Flask
from sqlalchemy import event, select

from console_browser import ADMIN, AUDITOR, CLERK, OPERATOR, Browser
from xiangtong.doors.console.app import create_console
from xiangtong.doors.shared.access import stated
from xiangtong.identity import demo, rosters
from xiangtong.identity.models import Staff
from xiangtong.kernel import clock, sheets
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import CITY, Database, Scope


def test_building_the_console_asks_the_database_nothing(console: Flask, db: Database) -> None:
    asked: list[str] = []
    event.listen(db.app, "before_cursor_execute", lambda *call: asked.append(call[2]))
    create_console(console.extensions["xiangtong"])
    assert asked == []


def test_nobody_comes_in_without_signing_in(browser: Browser) -> None:
    for path in ("/", "/staff/", "/account/", "/audit/list/", "/divisions/list/"):
        answer = browser.open(path)
        assert (answer.status_code, answer.location) == (303, f"/console/sign-in?next=/console{path}")


def test_what_the_framework_brings_beside_our_lists_is_closed(browser: Browser, console: Flask) -> None:
    browser.sign_in(ADMIN)
    ours = {rule.endpoint for rule in console.url_map.iter_rules() if stated(console, rule.endpoint)}
    theirs = [rule for rule in console.url_map.iter_rules() if rule.endpoint not in ours and "GET" in rule.methods]
    assert theirs, "the framework registers addresses of its own"
    for rule in theirs:
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        browser.get(path, 404)


def test_an_administrator_signs_in_with_two_factors_and_sees_what_is_left_to_do(browser: Browser) -> None:
    home = browser.sign_in(ADMIN).get("/")
    assert "还差 2 步就能上线" in home
    assert "赵六，您好" in home
    assert "公道镇" in home
    browser.post("/sign-out", on="/")
    browser.get("/", 303)


def test_a_wrong_password_is_one_sentence_and_five_lock(browser: Browser) -> None:
    for _ in range(5):
        page = browser.post("/sign-in", 422, account=ADMIN, password="wrong").text
        assert "账号、密码或验证码不对" in page
    page = browser.post("/sign-in", 429, account=ADMIN, password=demo.PASSWORD).text
    assert "请过 15 分钟再试" in page


def test_village_staff_sign_in_by_phone(browser: Browser) -> None:
    browser.sign_in_by_phone("13800000002")
    assert "刘四，您好" in browser.get("/")
    browser.get("/staff/", 404)


def test_next_never_leaves_the_console(browser: Browser) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "/console//evil.example", "/321003100/"):
        browser.get(f"/sign-in?next={wanted}")
        assert browser.post("/sign-in", on=f"/sign-in?next={wanted}", account=ADMIN, password=demo.PASSWORD)
    code = pyotp.TOTP(demo.TOTP_SECRET).at(clock.now())
    assert browser.post("/sign-in/second", on="/sign-in/second", code=code).location == "/console/"


def test_a_new_colleague_from_the_form_to_the_first_sign_in(browser: Browser, console: Flask) -> None:
    browser.sign_in(ADMIN)
    person = {"staff_no": "101", "name": "李四", "phone": "13800000101", "roles": "reviewer", "reach": "321003100"}
    wrong = browser.post("/staff/new", 422, **(person | {"staff_no": "001", "phone": "138"})).text
    assert "这个工号已经有人用了" in wrong
    assert "手机号应是 11 位数字" in wrong
    shown = browser.post("/staff/new", **person).location.removeprefix("/console")
    page = browser.get(shown)
    assert "138****0101" in page
    assert "13800000101" not in page
    slip = browser.post(f"{shown.partition('?')[0]}/slip", 200, on=shown).text
    code = re.search(r"<dd>([0-9A-Z]{5}-[0-9A-Z]{5})</dd>", slip).group(1)
    other = Browser(console)
    form = {"account": "321003100-101", "code": code, "password": "Aa-taiping-77", "again": "Aa-taiping-77"}
    assert "两次输入的密码不一样" in other.post("/first", 422, **(form | {"again": "x"})).text
    other.post("/first", **form)
    answer = other.post("/sign-in", account="321003100-101", password="Aa-taiping-77")
    assert answer.location == "/console/sign-in/second"


def test_editing_and_stopping_somebody(browser: Browser, db: Database) -> None:
    browser.sign_in(ADMIN)
    with db.scope(Scope(tenant_id=1)) as session:
        clerk = session.scalars(select(Staff.id).where(Staff.staff_no == "003")).one()
    form = {"name": "孙二二", "phone": "13800000003", "roles": "window_clerk", "reach": "321003100"}
    browser.post(f"/staff/{clerk}/edit", **form)
    assert "孙二二" in browser.get("/staff/?q=孙二二")
    browser.post(f"/staff/{clerk}/disable", on=f"/staff/{clerk}", disabled="1")
    assert "已停用" in browser.get(f"/staff/{clerk}")


def test_another_townships_people_are_not_there(browser: Browser, db: Database) -> None:
    browser.sign_in(ADMIN)
    with db.scope(CITY) as session:
        city = session.scalars(select(Tenant.id).where(Tenant.kind == "city")).one()
    with db.scope(Scope(tenant_id=city)) as session:
        others = session.scalars(select(Staff.id)).all()
    assert others
    for staff_id in (*others, "00000000-0000-0000-0000-000000000001"):
        browser.get(f"/staff/{staff_id}", 404)


def test_a_list_by_spreadsheet(browser: Browser, db: Database) -> None:
    browser.sign_in(ADMIN)

    def upload(data: bytes, status: int) -> str:
        return browser.post("/staff/import", status, file=(io.BytesIO(data), "list.xlsx")).text

    row = ("101", "李四", "13800000101", "窗口人员", "", "", "")
    assert "第 3 行 手机号" in upload(
        sheets.write(rosters.HEAD, [row, ("102", "王五", "1", "窗口人员", "", "", "")]), 422
    )
    assert "这个表格打不开" in upload(b"PK\x03\x04broken", 422)
    assert "读不懂这个文件" in upload(b"\xff\xfe\x00\x00\x81", 422)
    assert "表格是空的" in upload(b"", 422)
    assert "还没有选文件" in browser.post("/staff/import", 422).text
    assert "添加了 1 人，更新了 0 人" in upload(sheets.write(rosters.HEAD, [row]), 200)
    browser.get("/staff/template.xlsx")
    browser.get("/staff/export.xlsx")


def test_each_role_sees_its_own_doors(console: Flask) -> None:
    clerk, operator, auditor = (Browser(console).sign_in(account) for account in (CLERK, OPERATOR, AUDITOR))
    clerk.get("/staff/", 404)
    clerk.get("/calendar/list/", 303)
    clerk.get("/audit/list/", 404)
    operator.get("/divisions/list/")
    operator.get("/audit/list/", 404)
    page = auditor.get("/audit/list/")
    assert "登录" in page
    asked = auditor.open("/audit/list/?q=人员 903").location
    assert "人员 903" in auditor.get(asked.removeprefix("/console"))
    assert "全部对得上" in auditor.get("/audit/seals")
    clerk.get("/audit/seals", 404)
    assert "903" in page
    assert "321003100-001" not in page, "the township's own log stays with the township"
    auditor.get("/staff/", 404)


def test_lists_of_the_framework_look_like_ours_and_take_no_odd_question(console: Flask) -> None:
    operator, today = Browser(console).sign_in(OPERATOR), clock.today()
    page = operator.get("/divisions/list/?_flt_0_name=公道")
    assert "公道镇" in page
    assert "杨寿镇" not in page
    assert not re.search(r"bootstrap|fontawesome|jquery|appbuilder", page, re.I)
    assert operator.open("/calendar/list/").location.endswith("?_flt_1_day=" + (today - timedelta(days=1)).isoformat())
    shown = operator.get("/calendar/list/?_flt_1_day=2026-09-30")
    assert "2026-10-01" in shown
    assert "2026-09-30" not in shown
    for day in ("2026-13-45", "0001-01-01", "9999-12-31", "soon"):
        operator.get(f"/calendar/list/?_flt_1_day={day}", 404 if day != "0001-01-01" else 200)
    operator.get("/calendar/list/?q=0001-01-01", 404)
    odd = ("page_Divisions=x", "page_Divisions=99999", "psize_Divisions=x", "_flt_9_name=a", "_flt_0_code=a", "_oc_x=y")
    for query in odd:
        operator.get(f"/divisions/list/?{query}", 404)


def test_my_password_and_my_sessions(console: Flask) -> None:
    here, there = Browser(console), Browser(console)
    here.sign_in(CLERK)
    page = here.post("/account/password", 422, on="/account/", old="wrong", password="short", again="other").text
    for sentence in ("原来的密码不对", "密码要有 10 到 128 位", "两次输入的密码不一样"):
        assert sentence in page
    new = {"password": "Bb-gongdao-88", "again": "Bb-gongdao-88"}
    here.post("/account/password", on="/account/", old=demo.PASSWORD, **new)
    here.get("/account/")
    there.post("/sign-in", 422, account=CLERK, password=demo.PASSWORD)
    there.post("/sign-in", account=CLERK, password=new["password"])


def test_no_page_needs_an_exception_from_the_content_policy(console: Flask) -> None:
    browser = Browser(console).sign_in(ADMIN)
    pages = [
        "/",
        "/staff/",
        "/staff/new",
        "/staff/import",
        "/staff/roles",
        "/account/",
        "/divisions/list/",
        "/demo-sms",
    ]
    for path in pages:
        page = browser.get(path)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page), path
    answer = browser.open("/")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_post_without_its_token_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/console/sign-in", data={"account": ADMIN})
    assert answer.status_code == 400


def test_nothing_typed_makes_an_accident(browser: Browser) -> None:
    odd = "\0\u202e" + "x" * 3000
    for fields in ({"account": odd, "password": odd}, {"account": "", "password": ""}, {}):
        browser.post("/sign-in", 422, **fields)
    browser.post("/sign-in/phone", 422, on="/sign-in?by=phone", phone=odd, code=odd)
    browser.post("/sign-in/code", 200, on="/sign-in?by=phone", phone=odd)
    browser.post("/first", 422, account=odd, code=odd, password=odd, again=odd)
    browser.sign_in(CLERK)
    browser.post("/account/password", 422, on="/account/", old=odd, password=odd, again=odd)
    browser.post("/account/sessions/end", on="/account/", key=odd)


def test_nothing_typed_about_a_colleague_makes_an_accident(browser: Browser) -> None:
    browser.sign_in(ADMIN)
    odd = "\0\u202e\U0001f600"
    browser.post("/staff/new", 422, staff_no=odd, name=odd, phone=odd, roles=odd, reach=odd, dept_name=odd)
    browser.post("/staff/new", 422)
    browser.get(f"/staff/?q={'%00' * 3}")
    browser.get("/staff/not-an-id", 404)


def test_the_console_is_chinese_unless_english_is_asked(browser: Browser) -> None:
    for header, query, sign in (("en-US", "", "登录</button>"), ("zh-CN", "?lang=en", 'lang="en"')):
        page = browser.client.get(f"/console/sign-in{query}", headers={"Accept-Language": header}).text
        assert sign in page


def test_the_console_speaks_chinese_until_somebody_asks_for_english(browser: Browser) -> None:
    assert "工作人员登录" in browser.get("/sign-in")
    asked = browser.get("/sign-in?lang=en")
    assert "Staff sign-in" in asked
    assert "Staff sign-in" in browser.get("/sign-in"), "the choice is remembered"
    assert "工作人员登录" in browser.get("/sign-in?lang=zh")
    browser.sign_in(ADMIN)
    chinese = browser.get("/account/")
    assert "我的账号" in chinese
    assert 'href="/console/account/?lang=en" lang="en"' in chinese, "every page offers the other language"
    english = browser.get("/account/?lang=en")
    assert "My account" in english
    assert 'href="/console/account/?lang=zh" lang="zh-CN"' in english
