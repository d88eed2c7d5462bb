"""The walks of tools/screens.py past the files of a decision, and a terminal that everybody uses."""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import Page

import homestead_filing as filing
import window

Camera = Any  # tools/screens.Camera: these modules are its parts.
TOWN = "321003100"
_GUEST = f"/{TOWN}/apply/old-age-allowance/guest"
_PHONE = "13800138004"
_NAMES = (
    "progress-problems", "progress-found", "results-phone", "results-code", "results-wrong", "results-files", "demo-sms",
    "terminal-quiet", "terminal-leave", "terminal-left",
)  # fmt: skip


def results(camera: Camera) -> None:
    """A granted case, and its papers taken home without signing in."""
    if camera.only and not any(word in name for word in camera.only for name in _NAMES):
        return
    number = _granted(camera)
    page, url = camera.page(), camera.stack.url
    page.goto(f"{url}/progress")
    page.locator("main form button").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "progress-problems")
    page.locator("[name=number]").fill(number)
    page.locator("[name=digits]").fill("1288")
    page.locator("main form button").click()
    page.locator("[name=phone]").wait_for()
    camera.shoot(page, "progress-found")
    _ask(page)
    page.locator("#problems").wait_for()
    camera.shoot(page, "results-phone")
    page.locator("[name=phone]").fill(_PHONE)
    _ask(page)
    page.locator("[name=code]").wait_for()
    camera.shoot(page, "results-code")
    page.locator("[name=code]").fill("12")
    page.get_by_role("button", name="看结果文件").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "results-wrong")
    page.locator("[name=code]").fill(_sent(camera))
    page.get_by_role("button", name="看结果文件").click()
    page.locator("a[download]").first.wait_for()
    camera.shoot(page, "results-files")
    page.goto(f"{url}/console/demo-sms")
    camera.shoot(page, "demo-sms")
    page.context.close()
    _terminal(camera)


def _ask(page: Page) -> None:
    page.get_by_role("button", name="发验证码").click()


def _granted(camera: Camera) -> str:
    """What 钱七 filed (screens_citizen) is accepted and decided with a paper; its number."""
    time.sleep(61)  # The clerk signed in a moment ago (screens_console): the next code is sent after a minute.
    clerk = _at_the_desk(camera, window.CLERK)
    window.act(clerk, "受理", "已受理")
    clerk.context.close()
    reviewer = _at_the_desk(camera, window.REVIEWER)
    window.begin(reviewer, "办结")
    reviewer.locator("#side [name=result]").select_option("granted")
    reviewer.locator("#side [name=results]").set_input_files([filing.drawing() | {"name": "高龄津贴批复.pdf"}])
    window.finish(reviewer, "办结", "已办结")
    found = filing.CASE_NO.search(reviewer.locator("#record").inner_text())
    reviewer.context.close()
    assert found, "the record shows a number of 22 digits"
    return found.group()


def _at_the_desk(camera: Camera, account: str) -> Page:
    page = camera.page()
    assert isinstance(page, Page)
    window.sign_in(page, camera.stack.url, account)
    window.open_case(page, "钱七")
    return page


def _sent(camera: Camera) -> str:
    page = camera.page()
    page.goto(f"{camera.stack.url}/console/demo-sms")
    found = re.search(r"\b\d{6}\b", page.locator("main").inner_text())
    page.context.close()
    assert found
    return found.group()


def _terminal(camera: Camera) -> None:
    """A terminal in a hall: who goes quiet is asked, and gone."""
    page, url = camera.page(), camera.stack.url
    page.clock.install()
    page.goto(f"{url}/{TOWN}/?terminal")
    page.goto(url + _GUEST)
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(label="太平村")
    page.get_by_role("button", name="开始填表").click()
    filing.heading(page, "老人的情况")
    page.clock.run_for(3 * 60 * 1000 + 1000)
    page.locator("[data-still-there]").wait_for()
    camera.shoot(page, "terminal-quiet")
    page.locator("[data-stay]").click()
    page.get_by_role("link", name="我用完了").click()
    camera.shoot(page, "terminal-leave")
    page.get_by_role("button", name=re.compile("退出")).click()
    filing.heading(page, "您已经退出")
    camera.shoot(page, "terminal-left")
    page.context.close()


WALKS = (results,)
