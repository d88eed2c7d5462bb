"""The walks of tools/screens.py past everything a citizen sees."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page

import homestead_filing as filing

TOWN = "321003100"
OLD_AGE = f"/{TOWN}/apply/old-age-allowance"
Camera = Any  # tools/screens.Camera: these modules are its parts.


def anybody(camera: Camera) -> None:
    """What needs no sign-in."""
    page, base = camera.page(), camera.stack.url
    addresses = {
        "city": "/", "city-found": "/?q=gdz", "channel": f"/{TOWN}/", "items": f"/{TOWN}/items",
        "villages": f"/{TOWN}/villages", "village": f"/{TOWN}/v/321003100200/", "search": f"/{TOWN}/search?q=老人",
        "search-nothing": f"/{TOWN}/search?q=飞机", "notices": f"/{TOWN}/notices", "notice": f"/{TOWN}/notices/demo-hours",
        "contact": f"/{TOWN}/contact", "progress": f"/{TOWN}/progress", "sign-in": f"/sign-in?next={OLD_AGE}",
        "error-404": f"/{TOWN}/notices/nothing", "signed-out": "/sign-out/done",
    }  # fmt: skip
    for name, address in addresses.items():
        page.goto(base + address)
        camera.shoot(page, name)
    page.goto(f"{base}/{TOWN}/")
    page.get_by_role("link", name=re.compile("宅基地")).first.click()
    camera.shoot(page, "guide")
    page.goto(f"{base}/mode/elder?next=/{TOWN}/")
    camera.shoot(page, "elder-channel")
    page.goto(f"{base}/")
    camera.shoot(page, "elder-city")
    page.context.close()


def old_age(camera: Camera) -> None:
    """F6 from the start to what became of it, and the village's help."""
    page, base = camera.page(), camera.stack.url
    page.goto(base + OLD_AGE)
    page.get_by_role("link", name="去登录").click()
    camera.shoot(page, "sandbox-sign-in")
    page.get_by_role("button", name=re.compile("^钱七")).first.click()
    filing.heading(page, "高龄津贴")
    camera.shoot(page, "start")
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(label="太平村")
    page.get_by_role("button", name=re.compile("开始填表")).click()
    filing.heading(page, "老人的情况")
    camera.shoot(page, "form-who")
    _elder(camera, page, "elder-form-who")
    _help(camera, page)
    page.locator('[name="/applicant/registered_address"]').fill(filing.ADDRESS)
    filing.choose(page, "/applicant/lives_there", "true")
    filing.onward(page, "津贴打到哪里")
    page.locator('[name="/bank/holder"]').fill("钱七")
    page.locator('[name="/bank/bank_name"]').fill("江苏农村商业银行公道支行")
    filing.choose(page, "/bank/account_kind", "card")
    page.locator('[name="/bank/card_number"]').fill("6222020000000000000")
    camera.shoot(page, "form-account")
    filing.onward(page, "拍照上传材料")
    _papers_and_receipt(camera, page)
    page.goto(f"{base}/mine")
    camera.shoot(page, "mine")
    page.context.close()


def _papers_and_receipt(camera: Camera, page: Page) -> None:
    for shade, name in enumerate(("portrait", "id_card", "household_book", "bank_card")):
        filing.pick(page, f"/materials/{name}", filing.photo(name, 60 + 30 * shade))
    camera.shoot(page, "form-papers")
    filing.onward(page, "看一遍，签名提交")
    for name in ("/consent", "/promise"):
        page.locator(f'[name="{name}"][type=checkbox]').check()
    filing.pick(page, "/signature", filing.photo("签名", 90))
    camera.shoot(page, "form-confirm")
    filing.onward(page, "看一遍，没错就提交")
    camera.shoot(page, "review")
    filing.submit(page)
    camera.shoot(page, "receipt")
    page.get_by_role("link", name="看办理进度").click()
    camera.shoot(page, "case")
    page.get_by_role("link", name="撤回这份申请").click()
    camera.shoot(page, "withdraw")


def _help(camera: Camera, page: Page) -> None:
    """请村里帮我填, and taking it back."""
    form = page.url
    page.get_by_role("link", name="请村里帮我填").first.click()
    camera.shoot(page, "help")
    page.locator("input[name=consent]").check()
    page.locator("main form button").last.click()
    filing.heading(page, "")
    camera.shoot(page, "helped")
    page.get_by_role("button", name=re.compile("自己|拿回|收回")).first.click()
    page.goto(form)


def homestead(camera: Camera) -> None:
    """F1: the household with problems, then filed for the window to handle."""
    page = camera.page()
    page.goto(f"{camera.stack.url}/{TOWN}/apply/homestead")
    filing.sign_in(page, "张三")
    filing.begin(page)
    filing.tell_who(page)
    filing.onward(page, "家里有哪些人")
    page.locator('button[value="add:/household"]').click()
    page.locator('[name="/household/0/name"]').fill("李四")
    page.locator('[name="/household/0/id_number"]').fill("32100319880101")
    page.locator(".onward").get_by_role("button", name="继续").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "form-family-problems")
    _elder(camera, page, "elder-form-family")
    filing.tell_family(page)
    filing.onward(page, "现在的宅基地")
    filing.tell_present(page)
    filing.onward(page, "想建的房子")
    filing.tell_plan(page)
    camera.shoot(page, "form-plan")
    filing.onward(page, "拍照上传材料")
    filing.hand_in_papers(page)
    filing.onward(page, "看一遍，签名提交")
    filing.sign(page)
    filing.onward(page, "看一遍，没错就提交")
    filing.submit(page)
    page.context.close()


def _elder(camera: Camera, page: Page, name: str) -> None:
    page.get_by_role("link", name="长辈版").click()
    camera.shoot(page, name)
    page.get_by_role("link", name="标准版").click()


WALKS = (anybody, old_age, homestead)
