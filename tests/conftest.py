"""Fixtures that every room of the tests shares: a throw-away PostgreSQL, a migrated database, two townships."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from fillings import FILLINGS
from xiangtong.doors.console.install import install_console
from xiangtong.kernel import migrate
from xiangtong.kernel.embedded import Cluster, wheel_engine
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

_TEMPLATE = "xt_template"
# Tests may lose what a crash would take; they may not be slow.
_FAST = (
    "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300",
    "-c", "max_wal_size=256MB",
)  # fmt: skip
# Every test has a database of its own: a thousand times three hundred small files, which a disk takes a second for each.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2_000_000_000


def _run_folder() -> Path:
    """One folder for this whole run, shared by its workers; below /var/lib for root so that no home is opened."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    parent = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    return parent / f"xt-test-{run[:8]}"


def _rows() -> Path | None:
    """Where the cluster's data lies: in memory where there is enough, otherwise with the rest of the run.

    The first who asks decides for all workers: what is free changes while they run.
    """
    decided = _run_folder() / "rows"
    if not decided.exists():
        enough = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
        decided.write_text(str(_MEMORY / _run_folder().name) if enough else "")
    return Path(decided.read_text()) if decided.read_text() else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller (or the only process) takes the cluster down."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    for home in _run_folder().parent.glob(f"{_run_folder().name}*"):
        rows = _rows()
        Cluster(home / "pg", _engine(), rows=rows).stop("immediate")
        for folder in (home, rows) if rows else (home,):
            shutil.rmtree(folder, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Give the workers of one run a name in common."""
    if not hasattr(config, "workerinput"):
        run = config.getoption("testrunuid", None) or os.urandom(4).hex()
        os.environ["PYTEST_XDIST_TESTRUNUID"] = run
        # The workers would be told another name otherwise, and their cluster would outlive the run.
        config.option.testrunuid = run


def _engine() -> Path:
    wanted = os.environ.get("XIANGTONG_TEST_POSTGRESQL", "")
    return Path(f"/usr/lib/postgresql/{wanted}") if wanted else wheel_engine()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A running cluster with a migrated template database, shared by all workers of the run."""
    folder = _run_folder()
    folder.mkdir(mode=0o755, exist_ok=True)
    with FileLock(folder / "lock"):
        made = Cluster(folder / "pg", _engine(), _FAST, _rows())
        made.start()
        if not (folder / "migrated").exists():
            made.create_database(_TEMPLATE)
            migrate.upgrade(made.url("xiangtong_owner", _TEMPLATE))
            install_console(made.url("xiangtong_owner", _TEMPLATE))
            (folder / "migrated").touch()
    return made


def _doors(cluster: Cluster, database: str) -> Database:
    return Database(
        app_url=cluster.url("xiangtong_app", database),
        oversight_url=cluster.url("xiangtong_oversight", database),
        relay_url=cluster.url("xiangtong_relay", database),
    )


def _template(cluster: Cluster, keys: KeyRing, filling: str) -> str:
    """The name of a template with the rows of one of `FILLINGS`, made by the first who asks this cluster for it."""
    name, made = f"{_TEMPLATE}_{filling}", cluster.home / f"{filling}.made"
    with FileLock(_run_folder() / "lock"):
        if not made.exists():
            cluster.create_database(name, template=_TEMPLATE)
            doors = _doors(cluster, name)
            FILLINGS[filling](doors, keys)
            doors.dispose()
            made.touch()
    return name


@pytest.fixture
def database(cluster: Cluster, keys: KeyRing, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a fresh migrated database with the rows that the test's fixtures promise, dropped afterwards."""
    filling = next((one for one in FILLINGS if one in request.fixturenames), None)
    name = f"xt_{os.urandom(6).hex()}"
    cluster.create_database(name, template=_template(cluster, keys, filling) if filling else _TEMPLATE)
    yield name
    cluster.drop_database(name)


@pytest.fixture
def db(cluster: Cluster, database: str) -> Iterator[Database]:
    """The three doors to a fresh database, as the roles that production uses."""
    doors = _doors(cluster, database)
    yield doors
    doors.dispose()


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    """A key ring under a master key that only tests have."""
    return KeyRing(b"master-key-for-tests")


@pytest.fixture
def township(db: Database) -> tuple[int, int]:
    """Two townships with their keys: 公道镇 (tenant 1) and 杨寿镇 (tenant 2), each with its first village."""
    return (1, 2)


@pytest.fixture
def staffed_township(township: tuple[int, int]) -> tuple[int, int]:
    """The same, with the demo's staff."""
    return township


@pytest.fixture
def small_city(db: Database) -> Database:
    """A city of two townships, provisioned and founded."""
    return db


@pytest.fixture
def open_channels(db: Database) -> Database:
    """Three townships of the real Yangzhou with the demo's notices."""
    return db
