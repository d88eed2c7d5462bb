"""Fixtures of the web tests: a console over two townships with the demo's staff, and a sandbox in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from console_browser import Browser
from province_sandbox import settings as province
from province_sandbox.app import create_app, province_of
from sandbox_sender import Sender
from xiangtong.doors.console.app import create_console
from xiangtong.notify.demo import DemoSms
from xiangtong.settings import Settings
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database
from xiangtong.wiring import Services


@pytest.fixture
def staffed(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Services:
    """Services over two townships and the demo's staff; what the console does not use is absent."""
    absent = SimpleNamespace(origin="")
    return Services(
        settings=Settings(secret_key="console-tests", base_url="http://localhost"), db=db, keys=keys,
        library=absent, storage=absent, scanner=absent, transport=absent, sign_in=absent, sms=DemoSms(tmp_path),
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.fixture
def console(staffed: Services) -> Flask:
    """The console."""
    return create_console(staffed)


@pytest.fixture
def browser(console: Flask) -> Browser:
    """A browser that nobody has signed in with yet."""
    return Browser(console)


@pytest.fixture
def province_settings(tmp_path: Path) -> province.Settings:
    """Settings of a sandbox in this process."""
    return province.Settings(data=tmp_path, synchronous="OFF")


@pytest.fixture
def sender(province_settings: province.Settings) -> Iterator[Sender]:
    """Who sends to that sandbox."""
    app = create_app(province_settings)
    yield Sender(app.test_client())
    province_of(app).close()
