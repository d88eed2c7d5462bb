"""A page with every kind of field in Chromium at 360 px: no barriers, large targets, places by level and by position."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from accessibility import violations
from form_page import Desk, make_app, served
from rendering_form import PROPERTIES
from xiangtong.fields.kinds import KINDS

_PHONE = {"width": 360, "height": 740}
_SMALL = """(least) => Array.from(document.querySelectorAll("main .input, main .choice, main .button"))
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < least).map((one) => one.outerHTML)"""
_LEVELS = '[data-levels="/full_home/division"] select'


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The server's memory, for a form with every kind."""
    return Desk(answers={"household": [{}], "full_home": {"division": "321003000000"}})


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    """Where the page is."""
    with served(make_app(desk)) as url:
        yield url


def test_the_specimen_has_every_kind() -> None:
    def kinds(part: dict[str, object]) -> Iterator[object]:
        yield part.get("x-kind")
        inner = part.get("items", part)
        for one in inner.get("properties", {}).values() if isinstance(inner, dict) else ():
            yield from kinds(one)

    assert {kind for part in PROPERTIES.values() for kind in kinds(part)} == set(KINDS)


@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_no_kind_keeps_anybody_out(browser: Browser, desk: Desk, address: str, mode: str) -> None:
    desk.mode = mode
    context = browser.new_context(viewport=_PHONE, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    found = violations(page)
    small = page.evaluate(_SMALL, 54 if mode == "standard" else 60)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    context.close()
    assert (found, small, wide) == ([], [], 0)


def test_a_division_is_chosen_level_by_level(browser: Browser, desk: Desk, address: str) -> None:
    context = browser.new_context(viewport=_PHONE)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    lists = page.locator(_LEVELS)
    expect(lists).to_have_count(4)
    expect(page.get_by_role("button", name="列出下一级")).to_be_hidden()
    desk.told = {"/full_home/division": "请接着往下选，选到村（社区）为止"}
    lists.nth(3).select_option("321003108000")
    expect(lists).to_have_count(5)
    expect(page.locator("[data-saved]:not([data-pending])")).to_have_text("已自动保存 09:41")
    expect(page.locator("#f-full_home-division-problem")).to_have_count(0)
    desk.told = {}
    page.get_by_label("村（社区）").select_option("321003108209")
    expect(page.locator("[data-saved]:not([data-pending])")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == "321003108209"
    # Another town in the place of this one: as many lists as before, and still the right answer.
    lists.nth(3).select_option("321003110000")
    expect(lists).to_have_count(5)
    page.get_by_label("村（社区）").select_option("321003110201")
    expect(page.locator("[data-saved]:not([data-pending])")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == "321003110201"
    lists.nth(2).select_option("321002000000")
    expect(lists).to_have_count(3)
    expect(page.locator("[data-saved]:not([data-pending])")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == "321002000000"
    context.close()


def test_a_kept_division_is_shown_again(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=_PHONE)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    page.evaluate("Xiangtong.here.page.restore('/full_home/division', '321003108210')")
    expect(page.get_by_label("村（社区）")).to_have_value("321003108210")
    page.evaluate("Xiangtong.here.page.restore('/full_home/division', '110000000000')")
    expect(page.locator(_LEVELS)).to_have_count(1)
    context.close()


def test_without_script_the_button_asks_for_the_next_level(browser: Browser, desk: Desk, address: str) -> None:
    context = browser.new_context(viewport=_PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.get_by_role("button", name="我就在这里").is_visible()
    page.locator(_LEVELS).nth(3).select_option("321003108000")
    page.get_by_role("button", name="列出下一级").click()
    page.wait_for_url("**/step")
    context.close()
    posted = desk.posts[-1]
    assert [value for name, value in posted if name == "/full_home/division"][-1] == "321003108000"
    assert ("_action", "add:/full_home/division") in posted


@pytest.mark.parametrize("allowed", [True, False])
def test_the_phone_says_where_it_is_or_one_describes_it(browser: Browser, address: str, allowed: bool) -> None:
    where = {"latitude": 32.5123456, "longitude": 119.4123456}
    context = browser.new_context(viewport=_PHONE, geolocation=where, permissions=["geolocation"] if allowed else [])
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    page.get_by_role("button", name="我就在这里").click()
    words = "找到了" if allowed else "请在下面写一写"
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    typed = [page.input_value(f"#f-plot-{name}") for name in ("longitude", "latitude")]
    context.close()
    assert typed == (["119.412346", "32.512346"] if allowed else ["", ""])
