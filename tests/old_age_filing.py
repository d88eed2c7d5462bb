"""高龄津贴 as somebody begins it for themselves in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

FORM = "/321003100/apply/old-age-allowance"
ADDRESS = "江苏省扬州市邗江区公道镇太平村三组12号"


def sign_in(page: Page, url: str, *, person: str = "钱七", form: str = FORM) -> None:
    """Open the form, and sign in as the province lets one."""
    page.goto(url + form)
    page.get_by_role("link", name="去登录").click()
    page.get_by_role("button", name=person).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("高龄津贴申请")


def begin(page: Page) -> None:
    """For oneself, in the first village of the list."""
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(index=1)
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("老人的情况")
