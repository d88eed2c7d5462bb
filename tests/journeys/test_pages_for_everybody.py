"""Nobody is kept out: axe-core over the public pages in both modes, and over the console's main pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

import window
from accessibility import violations

TOWN = "321003100"
PUBLIC = (
    "/", "/?q=gdz", f"/{TOWN}/", f"/{TOWN}/items", f"/{TOWN}/villages", f"/{TOWN}/v/321003100200/",
    f"/{TOWN}/search?q=老人", f"/{TOWN}/search?q=飞机", f"/{TOWN}/notices", f"/{TOWN}/notices/demo-hours",
    f"/{TOWN}/contact", f"/{TOWN}/progress", "/progress", "/sign-in", "/sign-out/done", f"/{TOWN}/notices/nothing",
)  # fmt: skip
OF_ADMIN = ("", "desk/", "agent/", "staff/", "staff/new", "staff/import", "staff/roles", "items/", "account/")
OF_OPERATOR = ("", "city/", f"city/{TOWN}/", "city/waiting", "city/provision", "city/push/", "divisions/list/")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_public_pages(stack: Any, open_page: Any, mode: str) -> None:
    page = open_page("phone")
    page.goto(f"{stack.url}/mode/{mode}?next=/{TOWN}/")
    page.get_by_role("link", name="宅基地").first.click()
    found = [f"guide: {one}" for one in violations(page)]
    for address in PUBLIC:
        page.goto(stack.url + address)
        found += [f"{address}: {one}" for one in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{address}: wider than a phone")
    assert found == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("account", "pages"), [(window.ADMIN, OF_ADMIN), (window.OPERATOR, OF_OPERATOR)])
def test_console_pages(stack: Any, open_page: Any, account: str, pages: tuple[str, ...]) -> None:
    page = open_page("desk")
    page.goto(f"{stack.url}/console/sign-in")
    found = [f"sign-in: {one}" for one in violations(page)]
    window.sign_in_with_authenticator(page, stack.url, account)
    for address in pages:
        answer = page.goto(f"{stack.url}/console/{address}")
        assert answer.status == 200, address
        found += [f"{address}: {one}" for one in violations(page)]
    assert found == []


def test_a_terminal_asks_whoever_went_quiet_and_then_forgets_them(stack: Any, open_page: Any) -> None:
    page, start = open_page("tablet"), f"{stack.url}/{TOWN}/apply/old-age-allowance/guest"
    page.clock.install()
    page.goto(f"{stack.url}/{TOWN}/?terminal")
    page.goto(start)
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(label="太平村")
    page.get_by_role("button", name="开始填表").click()
    asking, draft = page.locator("[data-still-there]"), page.url
    page.clock.run_for(181_000)
    expect(asking).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="我还在用").click()
    expect(asking).to_be_hidden()
    page.clock.run_for(241_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("您已经退出")
    page.goto(start)
    expect(page.get_by_text("您有没填完的")).to_have_count(0)
    page.goto(draft)
    expect(page.get_by_role("link", name="去登录")).to_be_visible()
