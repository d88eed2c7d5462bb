"""The walks of tools/screens.py past everything the staff and the province see, after citizens have filed."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import text

import homestead_filing as filing
import window
from awaiting import until
from xiangtong.items import sheet as item_sheet
from xiangtong.kernel import sheets
from xiangtong.push.differences import note_difference
from xiangtong.tenancy.scope import Scope
from xiangtong.wiring import build

AUDITOR = "3210-903"
_ACCOUNT, _CODE = r"^321002001-\d{3}$", r"^[0-9A-Z]{5}-[0-9A-Z]{5}$"
_PASSWORD = "Dongguan-2026-first"
Camera = Any  # tools/screens.Camera: these modules are its parts.


def clerk(camera: Camera) -> None:
    """Sign-in, list, record, actions, the supplement as both sides see it."""
    page, url = camera.page(), camera.stack.url
    page.goto(f"{url}/console/sign-in")
    camera.shoot(page, "console-sign-in")
    page.goto(f"{url}/console/sign-in?by=phone")
    camera.shoot(page, "console-sign-in-phone")
    window.tell_password(page, url, window.CLERK)
    camera.shoot(page, "console-second-factor")
    window.sign_in(page, url, window.CLERK)
    page.goto(f"{url}/console/desk/")
    camera.shoot(page, "workbench")
    window.open_case(page, "张三")
    camera.shoot(page, "workbench-case")
    window.begin(page, "受理")
    camera.shoot(page, "workbench-accept")
    page.go_back()
    window.begin(page, "一次性告知补正")
    page.locator('[name=pick][value="/materials/household_book"]').check()
    page.locator('[name="why:/materials/household_book"]').fill("户口本只拍了首页，请把家人那几页也拍上来")
    camera.shoot(page, "workbench-supplement")
    window.finish(page, "一次性告知补正", "已告知申请人补正")
    camera.shoot(page, "workbench-asked")
    page.goto(f"{url}/console/account/")
    camera.shoot(page, "account")
    page.context.close()
    _supplement(camera)


def _supplement(camera: Camera) -> None:
    page = camera.page()
    page.goto(f"{camera.stack.url}/mine")
    filing.sign_in(page, "张三")
    page.get_by_role("link", name=re.compile("看进度")).first.click()
    camera.shoot(page, "case-supplement")
    page.get_by_role("button", name="现在补充").click()
    filing.heading(page, "拍照上传材料")
    camera.shoot(page, "supplement")
    page.context.close()


def keepers(camera: Camera) -> None:
    """The township's administrator, the city's operator, the auditor."""
    url = camera.stack.url
    page = _with_authenticator(camera, window.ADMIN)
    for name, address in (
        ("checklist", ""), ("staff", "staff/"), ("staff-new", "staff/new"), ("staff-import", "staff/import"),
        ("staff-roles", "staff/roles"),
    ):  # fmt: skip
        page.goto(f"{url}/console/{address}")
        camera.shoot(page, name)
    _one_of_the_staff(camera, page)
    admin, page = page, _with_authenticator(camera, window.OPERATOR)
    for name, address in (
        ("city-home", ""), ("city-townships", "city/"), ("city-township", "city/321003100/"),
        ("city-waiting", "city/waiting"), ("push", "city/push/"), ("machines", "machines/"),
        ("city-items", "city/items"), ("calendar", "calendar/list/"),
    ):  # fmt: skip
        page.goto(f"{url}/console/{address}")
        camera.shoot(page, name)
    _dry_run(camera, page)
    _newer_item(camera, page, admin)
    _differences(camera, page)
    _hand_over(camera, page)
    page.context.close()
    page = _with_authenticator(camera, AUDITOR)
    page.goto(f"{url}/console/audit/list/")
    camera.shoot(page, "audit")
    page.goto(f"{url}/console/audit/seals")
    camera.shoot(page, "seals")
    page.context.close()


def _one_of_the_staff(camera: Camera, page: Page) -> None:
    """Somebody's page, and their form with what is wrong in it."""
    page.goto(f"{camera.stack.url}/console/staff/")
    page.get_by_role("link", name="钱五").click()
    camera.shoot(page, "staff-show")
    page.get_by_role("link", name="修改资料").click()
    camera.shoot(page, "staff-edit")
    page.get_by_label("姓名").fill("")
    page.get_by_role("button", name="保存").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "staff-edit-problems")


def _newer_item(camera: Camera, operator: Page, admin: Page) -> None:
    """The city imports an item twice, the second time with other words; the township looks at them and takes them over."""
    for row in (item_sheet.EXAMPLE, tuple(word.replace("茶园", "茶园和果园") for word in item_sheet.EXAMPLE)):
        operator.goto(f"{camera.stack.url}/console/city/items")
        data = {"name": "items.xlsx", "mimeType": sheets.XLSX, "buffer": sheets.write(item_sheet.HEAD, [row])}
        operator.locator("#file").set_input_files([data])  # type: ignore[list-item]
        operator.get_by_role("button", name="看看会有哪些变化").click()
        operator.get_by_role("button", name="就这样导入").click()
        expect(operator.locator("main")).to_contain_text("导入好了")
    admin.goto(f"{camera.stack.url}/console/items/")
    camera.shoot(admin, "items")
    admin.get_by_role("link", name=re.compile("茶园登记")).click()
    camera.shoot(admin, "item-newer")
    admin.get_by_role("button", name="看过了，换成新的").click()
    expect(admin.locator("main")).to_contain_text("已换成全市的新内容")
    camera.shoot(admin, "item-taken")
    admin.context.close()


def _differences(camera: Camera, page: Page) -> None:
    """What does not agree with the province: closed without a reason, which is refused, and with one."""
    services = build(camera.stack.demo.settings)
    with services.db.oversight("3210") as session:
        tenant_id, *known = session.execute(text("select tenant_id, case_id, case_no from ledger_fact limit 1")).one()
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        for seq, kind in ((1, "chain"), (2, "unknown_here")):
            case = (known[0], known[1], seq)
            note_difference(session, tenant_id=tenant_id, case=case, kind=kind, ours="0" * 64, theirs="1" * 64)
    page.goto(f"{camera.stack.url}/console/city/push/")
    page.locator("summary", has_text="关掉").first.click()
    page.get_by_role("button", name="关掉这一条").first.click()
    page.locator(".field__problem").wait_for()
    camera.shoot(page, "push-differences")
    page.get_by_label("为什么可以关掉").first.fill("省平台已按我们的改正")
    page.get_by_role("button", name="关掉这一条").first.click()
    expect(page.locator("main")).to_contain_text("最近关掉的")
    camera.shoot(page, "push-closed")


def _dry_run(camera: Camera, page: Page) -> None:
    """A file with a wrong code, then one that would change something."""
    page.goto(f"{camera.stack.url}/console/city/provision")
    _upload(page, "321003100,公道镇,邗江区公道镇人民政府,公道镇,")
    expect(page.locator("main")).to_contain_text("现在什么都没有动")
    camera.shoot(page, "city-bad-file")
    _upload(page, "321003100000,公道镇,邗江区公道镇人民政府（新）,公道镇政府,")
    expect(page.locator("main")).to_contain_text("还没有改动任何东西")
    camera.shoot(page, "city-dry-run")
    page.goto(f"{camera.stack.url}/console/city/items")
    sheet = {"name": "items.xlsx", "mimeType": sheets.XLSX, "buffer": item_sheet.template()}
    page.locator("#file").set_input_files([sheet])  # type: ignore[list-item]
    page.get_by_role("button", name="看看会有哪些变化").click()
    expect(page.locator("main")).to_contain_text("还没有改动任何东西")
    camera.shoot(page, "city-items-found")


def _hand_over(camera: Camera, page: Page) -> None:
    """A township's first administrator: the slip, the first sign-in, the authenticator; and a merge that is not sure."""
    page.goto(f"{camera.stack.url}/console/city/321002001/")
    page.get_by_label("姓名").fill("李四")
    page.get_by_role("button", name="添加并打印登录纸条").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录纸条")
    camera.shoot(page, "slip")
    account, code = (page.locator("dd", has_text=re.compile(shape)).inner_text() for shape in (_ACCOUNT, _CODE))
    other = camera.page()
    other.goto(f"{camera.stack.url}/console/first")
    other.get_by_label("纸条上的账号").fill(account)
    other.get_by_label("纸条上的一次性代码").fill(code)
    camera.shoot(other, "first-sign-in")
    for label in ("您的新密码", "再输一遍新密码"):
        other.get_by_label(label, exact=True).fill(_PASSWORD)
    other.get_by_role("button", name="定好密码").click()
    expect(other.locator("main")).to_contain_text("密码定好了")
    camera.shoot(other, "first-done")
    other.get_by_label("账号或手机号").fill(account)
    other.get_by_label("密码").fill(_PASSWORD)
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("绑定验证器")
    camera.shoot(other, "enrol")
    other.context.close()
    page.goto(f"{camera.stack.url}/console/city/321002001/")
    page.get_by_text("并入另一个乡镇").click()
    page.get_by_role("button", name="合并").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "city-merge")


def _upload(page: Page, line: str) -> None:
    data = f"area_code,area_name,full_name,short_name,credit_code\n{line}\n".encode()
    page.locator("#files").set_input_files([{"name": "units.csv", "mimeType": "text/csv", "buffer": data}])
    page.get_by_role("button", name="看看会有哪些变化").click()


def _with_authenticator(camera: Camera, account: str) -> Page:
    page = camera.page()
    window.sign_in_with_authenticator(page, camera.stack.url, account)
    return page


def province(camera: Camera) -> None:
    """What the little province shows."""
    page = camera.page()

    def arrived() -> bool:
        page.goto(camera.stack.province)
        return page.locator("main table a").count() >= 2

    until(arrived, "both cases at the province", 180)
    camera.shoot(page, "sandbox")
    page.locator("main table a").first.click()
    camera.shoot(page, "sandbox-case")
    page.context.close()


WALKS = (clerk, keepers, province)
