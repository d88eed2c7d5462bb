"""Nobody is kept out: axe-core over the public pages in both modes, and over the console's main pages."""

from __future__ import annotations

from typing import Any

import pytest

import window
from accessibility import violations

TOWN = "321003100"
PUBLIC = (
    "/", "/?q=gdz", f"/{TOWN}/", f"/{TOWN}/items", f"/{TOWN}/villages", f"/{TOWN}/v/321003100200/",
    f"/{TOWN}/search?q=老人", f"/{TOWN}/search?q=飞机", f"/{TOWN}/notices", f"/{TOWN}/notices/demo-hours",
    f"/{TOWN}/contact", f"/{TOWN}/progress", "/progress", "/sign-in", "/sign-out/done", f"/{TOWN}/notices/nothing",
)  # fmt: skip
OF_ADMIN = ("", "desk/", "agent/", "staff/", "staff/new", "staff/import", "staff/roles", "account/")
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
