"""The ways in which people leave a page that they were filling in; each comes back to the same page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page


def _reload(page: Page) -> Page:
    page.reload()
    return page


def _back_and_forth(page: Page) -> Page:
    page.go_back()
    page.go_forward()
    return page


def _speak_english_and_chinese(page: Page) -> Page:
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="中文").click()
    return page


def _close_and_open(page: Page) -> Page:
    address, context = page.url, page.context
    page.close()
    opened = context.new_page()
    opened.goto(address)
    return opened


def _session_ends(page: Page) -> Page:
    address = page.url
    page.context.clear_cookies(name="xiangtong")
    page.goto(address)
    page.get_by_role("link", name="去登录").click()
    page.get_by_role("button", name="周九").first.click()
    page.wait_for_url(address)
    return page


WAYS: tuple[Callable[[Page], Page], ...] = (
    _reload, _back_and_forth, _speak_english_and_chinese, _close_and_open, _session_ends,
)  # fmt: skip
