"""Journeys: the whole demo on free ports, real browsers, every page watched for violations."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from servers import free_ports
from xiangtong import demo as demo_of
from xiangtong.demo import Demo

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1280, 900)}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Everything `make serve` starts, on free ports and in a folder of its own."""
    with demo_stack() as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One Playwright for the run."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
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
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(message, wrong))
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


def _note(message: ConsoleMessage, wrong: list[str]) -> None:
    if "Content Security Policy" in message.text or "Refused to" in message.text:
        wrong.append(message.text)


def axe(page: Page) -> list[str]:
    """The accessibility violations of a page, one line each."""
    source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    page.evaluate(source)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
