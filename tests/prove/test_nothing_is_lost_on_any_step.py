"""Every step of the old-age allowance, left in every way people do: words, choices, photos, consents, the signature and
what is shown before it is filed are all there when they come back; and then it is filed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from attachment_flow import jpeg
from browsing import draw_signature
from demo_stack import Stack, demo_stack
from leaving import WAYS
from old_age_filing import begin, sign_in

PHOTOS = ("portrait", "id_card", "household_book", "bank_card")
#: What was answered last, by a locator of it: how to see that it is there.
Seen = dict[str, Callable[[Page], None]]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The demo."""
    with demo_stack() as running:
        yield running


def _write(page: Page, seen: Seen, name: str, words: str) -> None:
    page.locator(f'[name="{name}"]').fill(words)
    seen[name] = lambda now: expect(now.locator(f'[name="{name}"]')).to_have_value(words)


def _choose(page: Page, seen: Seen, name: str, value: str) -> None:
    place = f'[name="{name}"][value="{value}"]'
    page.locator(place).check()
    seen[name] = lambda now: expect(now.locator(place)).to_be_checked()


def _agree(page: Page, seen: Seen, name: str, *, yes: bool) -> None:
    place = f'[name="{name}"][type=checkbox]'
    page.locator(place).set_checked(yes)
    seen[name] = lambda now: expect(now.locator(place)).to_be_checked(checked=yes)


def _photograph(page: Page, seen: Seen, name: str, shade: int) -> None:
    """Pick a photo; it travels while the page is left."""
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(shade, (600, 800))}
    page.locator(f'input[type=file][name="{name}"]').set_input_files([picture])
    _comes(page, seen, name)


def _sign(page: Page, seen: Seen) -> None:
    draw_signature(page)
    _comes(page, seen, "/signature")


def _comes(page: Page, seen: Seen, name: str) -> None:
    files = f'[data-files="{name}"]'
    page.wait_for_selector(f"{files} [data-file], {files} small:not(:empty)")
    seen[name] = lambda now: expect(now.locator(f"{files} [data-file]")).to_have_count(1)


def _who(page: Page, seen: Seen, turn: int) -> None:
    _write(page, seen, "/applicant/registered_address", f"江苏省扬州市太平村三组{turn}号")
    _choose(page, seen, "/applicant/lives_there", "true" if turn % 2 == 0 else "false")
    if turn % 2:
        _write(page, seen, "/applicant/living_address/detail", f"江苏省扬州市公道镇街上{turn}号")
    else:
        seen.pop("/applicant/living_address/detail", None)


def _account(page: Page, seen: Seen, turn: int) -> None:
    _choose(page, seen, "/bank/account_kind", "card")
    _write(page, seen, "/bank/holder", "周九")
    _write(page, seen, "/bank/bank_name", f"江苏农村商业银行第{turn}支行")
    if turn == len(WAYS) - 1:
        page.locator('[name="/bank/card_number"]').fill("6222020000000000000")


def _papers(page: Page, seen: Seen, turn: int) -> None:
    if turn < len(PHOTOS):
        _photograph(page, seen, f"/materials/{PHOTOS[turn]}", turn)


def _confirm(page: Page, seen: Seen, turn: int) -> None:
    if turn == 0:
        _sign(page, seen)
    _agree(page, seen, "/consent", yes=turn % 2 == 0)
    _agree(page, seen, "/promise", yes=turn % 2 == 0)


STEPS = (("who", _who), ("account", _account), ("papers", _papers), ("confirm", _confirm))


@pytest.mark.timeout(1800)
def test_nothing_is_lost_on_any_step(stack: Any, open_page: Any) -> None:
    page = open_page("phone")
    sign_in(page, stack.url, person="周九")
    begin(page)
    for name, answer in STEPS:
        page.wait_for_url(f"**/{name}*")
        page = _leave_in_every_way(page, name, answer)
        page.locator(".onward").get_by_role("button", name="继续").click()
    page.wait_for_url("**/review")
    for leave in WAYS:
        page = leave(page)
        for words in (f"江苏省扬州市太平村三组{len(WAYS) - 1}号", f"第{len(WAYS) - 1}支行", "portrait"):
            expect(page.locator("main"), leave.__name__).to_contain_text(words.replace("portrait", "一寸照片"))
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="提交成功")).to_be_visible()


def _leave_in_every_way(page: Page, name: str, answer: Callable[[Page, Seen, int], None]) -> Page:
    seen: Seen = {}
    for turn, leave in enumerate(WAYS):
        page.wait_for_selector("form[data-ready]")
        answer(page, seen, turn)  # Not waiting until it was saved.
        page = leave(page)
        page.wait_for_selector("form[data-ready]")
        for question, is_there in seen.items():
            try:
                is_there(page)
            except AssertionError as error:
                raise AssertionError(f"{question} on {name}, left by {leave.__name__}") from error
    return page
