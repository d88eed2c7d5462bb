"""The window as a clerk uses it in a browser: sign in with the code of the demo's message, open a case, act on it."""

from __future__ import annotations

import re

import pyotp
from playwright.sync_api import Page, expect

from awaiting import until
from xiangtong.identity import demo
from xiangtong.kernel import clock

CLERK, REVIEWER, ADMIN, OPERATOR = "321003100-003", "321003100-004", "321003100-001", "3210-901"
_CODE = re.compile(r"\b(\d{6})，5\b")


def sign_in(page: Page, url: str, account: str) -> None:
    """Account, password, and the code that the demo's message page shows."""
    tell_password(page, url, account)
    page.get_by_label("短信里的 6 位数字").fill(_ask_for_code(page, url))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("navigation", name="主要栏目").get_by_role("link", name="办件")).to_be_visible()


def sign_in_with_authenticator(page: Page, url: str, account: str) -> None:
    """Account, password, and what an authenticator shows that knows the demo's secret."""
    tell_password(page, url, account)
    page.get_by_label("验证器上的 6 位数字").fill(pyotp.TOTP(demo.TOTP_SECRET).at(clock.now()))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("navigation", name="主要栏目").wait_for()


def sign_in_by_phone(page: Page, url: str, phone: str) -> None:
    """Village staff: phone, and the code that the demo's message page shows."""
    page.goto(f"{url}/console/sign-in?by=phone")
    page.get_by_label("您的手机号").fill(phone)
    page.get_by_label("短信里的 6 位数字").fill(_ask_for_code(page, url))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("navigation", name="主要栏目").wait_for()


def open_case(page: Page, name: str) -> None:
    """From the navigation to the case of an applicant."""
    page.get_by_role("navigation", name="主要栏目").get_by_role("link", name="办件").click()
    page.locator("#list").get_by_role("link", name=re.compile(name)).first.click()
    expect(page.locator("#record")).to_contain_text(name)


def act(page: Page, words: str, done: str, **answers: str) -> None:
    """Press an action's button, answer what it asks, press it again, and wait to be told that it is done."""
    begin(page, words)
    for name, answer in answers.items():
        field = page.locator(f"#side [name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(answer)
        else:
            field.fill(answer)
    finish(page, words, done)


def begin(page: Page, words: str) -> None:
    """Open the form of an action."""
    page.locator("#side").get_by_role("link", name=re.compile(f"^{words}")).click()
    expect(page.locator("#side").get_by_role("heading", name=words)).to_be_visible()


def finish(page: Page, words: str, done: str) -> None:
    """Send the form of an action."""
    page.locator("#side").get_by_role("button", name=words).click()
    expect(page.locator("#side")).to_contain_text(done)


def tell_password(page: Page, url: str, account: str) -> None:
    """The first of two steps."""
    page.goto(f"{url}/console/sign-in")
    page.get_by_label("账号或手机号").fill(account)
    page.get_by_label("密码").fill(demo.PASSWORD)
    page.get_by_role("button", name="登录").click()


def _newest_code(page: Page, url: str) -> str:
    """The code of the demo's last message; empty before the first."""
    other = page.context.new_page()
    other.goto(f"{url}/console/demo-sms")
    found = _CODE.search(other.locator("main").inner_text())
    other.close()
    return found.group(1) if found else ""


def _ask_for_code(page: Page, url: str) -> str:
    """Have a code sent, which a job may do a moment later; what the demo's page shows then."""
    before, now = _newest_code(page, url), []
    page.get_by_role("button", name="发验证码给我").click()
    page.get_by_label("短信里的 6 位数字").wait_for()
    until(
        lambda: now.append(_newest_code(page, url)) or now[-1] not in ("", before), "the demo's page shows a new code"
    )
    return str(now[-1])
