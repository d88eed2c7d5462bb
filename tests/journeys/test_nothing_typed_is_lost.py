"""Type something, and at once leave the page in every way people do: on every step it is there when they come back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import APIResponse, Page, Route, expect

from leaving import WAYS
from old_age_filing import begin, sign_in

#: On each step a question, and the answers that let the next one be reached.
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/applicant/registered_address", {"/applicant/lives_there": "true"}),
    ("/bank/bank_name", {"/bank/account_kind": "card"}),
)


def test_whatever_way_one_leaves_what_was_typed_is_there(stack: Any, open_page: Any) -> None:
    page = open_page("phone")
    # In 杨寿镇: a draft that is left open must not await another journey in 公道镇.
    sign_in(page, stack.url, person="周九", form="/321003108/apply/old-age-allowance")
    _typed_before_the_script_was_ready(page)
    _typed_on_before_the_server_was_heard(page)
    for question, choices in STEPS:
        for number, leave in enumerate(WAYS):
            page.wait_for_selector("form[data-ready]")
            words = f"江苏省扬州市太平村三组{number}号"
            page.locator(f'[name="{question}"]').fill(words)  # Not waiting until it was saved.
            page = leave(page)
            page.wait_for_selector("form[data-ready]")
            expect(page.locator(f'[name="{question}"]'), leave.__name__).to_have_value(words)
        _onward(page, choices)


def _typed_before_the_script_was_ready(page: Page) -> None:
    """On a slow line the plan of the form comes after the first words."""
    plans: list[Route] = []
    page.route("**/forms/**/*.json", lambda route: plans.append(route))  # noqa: PLW0108 - playwright marks what it calls.
    begin(page)
    page.locator(f'[name="{STEPS[0][0]}"]').fill("江苏省扬州市")
    assert not page.locator("form[data-ready]").count()
    with page.expect_response("**/save"):
        plans.pop().continue_()
    page.unroute("**/forms/**/*.json")


def _typed_on_before_the_server_was_heard(page: Page) -> None:
    """What this page itself sent is not taken for somebody else's, whichever way one goes on."""
    arrived: list[APIResponse] = []
    address = page.locator(f'[name="{STEPS[0][0]}"]')

    def silence(route: Route) -> None:
        if len(arrived) <= number:
            arrived.append(route.fetch())  # The server has it, and the page is never told.
        else:
            route.continue_()

    page.route("**/save", silence)
    for number, leave in enumerate((page.reload, page.locator(".onward").get_by_role("button", name="继续").click)):
        page.wait_for_selector("form[data-ready]")
        address.fill(f"公道镇太平村{number}组")
        while len(arrived) <= number:
            page.wait_for_timeout(50)
        address.fill(f"公道镇太平村{number}组1号")
        with page.expect_navigation():
            leave()
        page.reload()
        page.wait_for_selector("form[data-ready]")
        expect(address).to_have_value(f"公道镇太平村{number}组1号")
        expect(page.get_by_text("在另一台手机上改过")).to_have_count(0)
    page.unroute("**/save")


def _onward(page: Page, choices: dict[str, str]) -> None:
    for name, value in choices.items():
        page.locator(f'[name="{name}"][value="{value}"]').check()
    for name, value in (("/bank/holder", "周九"), ("/bank/card_number", "6222020000000000000")):
        if page.locator(f'[name="{name}"]').count():
            page.locator(f'[name="{name}"]').fill(value)
    before = page.url
    page.locator(".onward").get_by_role("button", name="继续").click()
    page.wait_for_url(lambda address: address != before)
