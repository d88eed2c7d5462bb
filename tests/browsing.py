"""Real browsers for tests: Debian's Chromium, every page watched for script errors, refusals of the policy and 5xx."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LAUNCH = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1280, 900)}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One Playwright for the run."""
    expect.set_options(timeout=60_000)  # A loaded machine is slow; nothing here is measured.
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
    yield started
    started.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """`open_page("phone", script=True)` opens a watched page; a script error or a CSP violation fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(size: str = "phone", *, script: bool = True) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="zh-CN",
            has_touch=size == "phone",
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        _catch_choosers(page)
        page.on("console", lambda message: _note(message, wrong))
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == [], wrong


def _catch_choosers(page: Page) -> None:
    """Catch file choosers from the first moment on, so that a test may wait for one with `expect_file_chooser`.

    Without a listener each wait switches the catching on and off again; a key press does not wait for that, and
    overtakes it where the page is busy: the chooser then opens unseen (13 of 60 times on a page at work).
    """
    page.on("filechooser", lambda chooser: None)


def _note(message: ConsoleMessage, wrong: list[str]) -> None:
    if "Content Security Policy" in message.text or "Refused to" in message.text:
        wrong.append(message.text)


def draw(pen: Locator) -> None:
    """One stroke of a finger on a canvas."""
    pen.scroll_into_view_if_needed()
    box = pen.bounding_box()
    assert box
    mouse = pen.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 120, box["y"] + 90, steps=6)
    mouse.up()


def draw_signature(page: Page, pen: str = "canvas") -> None:
    """Sign with a finger, and say that it is done."""
    draw(page.locator(pen))
    page.get_by_role("button", name="签好了").click()
