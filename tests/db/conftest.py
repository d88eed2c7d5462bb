"""Fixtures of the tests that push (a province for each file, and what delivers to it) and of those that keep files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from attachment_flow import Desk
from ledger_writer import PushServices, Writer, push_services
from pushing import Knobs
from sandbox_sender import running_province
from servers import ACCESS_KEY, SECRET_KEY, Server, seaweedfs
from xiangtong.attachments import LocalStorage, Storage, open_storage
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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real S3 server on this machine."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """Each store in turn: a folder, and S3."""
    if request.param == "folder":
        yield LocalStorage(tmp_path / "files", secret=b"secret-for-tests")
        return
    server = request.getfixturevalue("s3_server")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    store = open_storage(f"s3://xiangtong?endpoint={server.url}&region=us-east-1", secret=b"")
    yield store
    for stat in list(store.list("")):
        store.delete(stat.key)


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], storage: Storage) -> Desk:
    """A draft that takes files into that store."""
    return Desk(db, keys, storage)
