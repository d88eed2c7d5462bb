"""Fixtures of the tests that push: a province for each file, and what delivers to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger_writer import PushServices, Writer, push_services
from pushing import Knobs
from sandbox_sender import running_province
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knobs]:
    """A province on this machine that limits nobody's rate."""
    with running_province(tmp_path_factory.mktemp("province"), "--rate", "100000") as (url, _):
        yield Knobs(url)


@pytest.fixture
def services(
    db: Database, keys: KeyRing, township: tuple[int, int], province: Knobs, tmp_path: Path
) -> Iterator[PushServices]:
    """Services that push to that province, which behaves."""
    province.off()
    with push_services(db, keys, province.url, tmp_path) as made:
        yield made


@pytest.fixture
def writer(services: PushServices) -> Writer:
    """Writes facts for those services to deliver."""
    return Writer(services)
