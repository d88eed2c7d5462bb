"""Fixtures that every room of the tests shares: a throw-away PostgreSQL, a migrated database, two townships."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import text

from xiangtong.doors.console.install import install_console
from xiangtong.kernel import migrate
from xiangtong.kernel.embedded import Cluster, system_engine, wheel_engine
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Tenant
from xiangtong.tenancy.scope import CITY, Database, Scope

_TEMPLATE = "xt_template"
# Tests may lose what a crash would take; they may not be slow.
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")


def _run_folder() -> Path:
    """One folder for this whole run, shared by its workers; below /var/lib for root so that no home is opened."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    parent = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    return parent / f"xt-test-{run[:8]}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller (or the only process) takes the cluster down."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    for home in _run_folder().parent.glob(f"{_run_folder().name}*"):
        Cluster(home / "pg", _engine()).stop("immediate")
        shutil.rmtree(home, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Give the workers of one run a name in common."""
    if not hasattr(config, "workerinput"):
        os.environ.setdefault("PYTEST_XDIST_TESTRUNUID", os.urandom(4).hex())


def _engine() -> Path:
    wanted = os.environ.get("XIANGTONG_TEST_POSTGRESQL", "")
    return (system_engine(int(wanted)) if wanted else None) or wheel_engine()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A running cluster with a migrated template database, shared by all workers of the run."""
    folder = _run_folder()
    folder.mkdir(mode=0o755, exist_ok=True)
    made = Cluster(folder / "pg", _engine(), _FAST)
    with FileLock(folder / "lock"):
        made.start()
        if not (folder / "migrated").exists():
            made.create_database(_TEMPLATE)
            migrate.upgrade(made.url("xiangtong_owner", _TEMPLATE))
            install_console(made.url("xiangtong_owner", _TEMPLATE))
            (folder / "migrated").touch()
    return made


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """The name of a fresh migrated database, dropped afterwards."""
    name = f"xt_{os.urandom(6).hex()}"
    cluster.create_database(name, template=_TEMPLATE)
    yield name
    cluster.drop_database(name)


@pytest.fixture
def db(cluster: Cluster, database: str) -> Iterator[Database]:
    """The three doors to a fresh database, as the roles that production uses."""
    doors = Database(
        app_url=cluster.url("xiangtong_app", database),
        oversight_url=cluster.url("xiangtong_oversight", database),
        relay_url=cluster.url("xiangtong_relay", database),
    )
    yield doors
    doors.dispose()


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    """A key ring under a master key that only tests have."""
    return KeyRing(b"master-key-for-tests")


@pytest.fixture
def township(db: Database, keys: KeyRing) -> Iterator[tuple[int, int]]:
    """Two townships with their keys: 公道镇 (tenant 1) and 杨寿镇 (tenant 2), each with its first village."""
    with db.scope(CITY) as session:
        session.add(City(code="3210", name="扬州市", config={}))
        session.add_all(_divisions())
        session.flush()
        session.add_all(_townships())
        session.execute(text("select max(nextval('tenant_id_seq')) from generate_series(1, 100)"))
    for tenant_id in (1, 2):
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            keys.found_tenant(session, tenant_id=tenant_id)
    yield (1, 2)


def _divisions() -> list[Division]:
    rows = [
        ("320000000000", "江苏省", "province", None),
        ("321000000000", "扬州市", "city", "320000000000"),
        ("321003000000", "邗江区", "county", "321000000000"),
        ("321003100000", "公道镇", "township", "321003000000"),
        ("321003108000", "杨寿镇", "township", "321003000000"),
        ("321003100200", "太平村委会", "village", "321003100000"),
        ("321003108209", "东兴村委会", "village", "321003108000"),
    ]
    return [
        Division(code=c, name=n, short_name=n.removesuffix("委会"), level=lv, parent_code=p) for c, n, lv, p in rows
    ]


def _townships() -> list[Tenant]:
    rows = [(1, "321003100", "公道镇"), (2, "321003108", "杨寿镇")]
    return [
        Tenant(
            id=id_, code=code, kind="township", division_code=f"{code}000", city_code="3210", name=name, short_name=name,
            hall_name=f"{name}为民服务中心", station_template="{village}便民服务中心", kit="standard", params={},
        )
        for id_, code, name in rows
    ]  # fmt: skip
