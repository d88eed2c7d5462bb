"""Fault 7: PostgreSQL stops as by a crash, under load. A cluster of its own, with the durability of production."""

import shutil
import tempfile
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

import fault_scenarios as scenarios
from conftest import _TEMPLATE, _engine
from faults import trial
from ledger_writer import push_services
from pushing import Knobs
from sandbox_sender import running_province
from xiangtong.kernel import migrate
from xiangtong.kernel.embedded import Cluster

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def cluster():
    """In place of the shared cluster: fsync and synchronous commit are on, since what was acknowledged must survive."""
    home = Path(tempfile.mkdtemp(prefix="xt-crash-", dir="/var/lib"))
    made = Cluster(home / "pg", _engine())
    home.chmod(0o755)
    made.start()
    made.create_database(_TEMPLATE)
    migrate.upgrade(made.url("xiangtong_owner", _TEMPLATE))
    yield made
    made.stop("immediate")
    shutil.rmtree(home, ignore_errors=True)


def test_a_crash_of_the_database_loses_nothing_that_was_acknowledged(  # noqa: PLR0917
    cluster, database, db, keys, township, tmp_path, monkeypatch
):
    monkeypatch.setattr(import_module("xiangtong.ledger.record"), "WOKEN_FOR", timedelta(seconds=5))
    urls = tuple(cluster.url(role, database) for role in ("xiangtong_app", "xiangtong_oversight", "xiangtong_relay"))
    with (
        running_province(tmp_path / "province", "--rate", "100000") as (url, _),
        push_services(db, keys, url, tmp_path) as services,
        trial(services, Knobs(url), urls, tmp_path) as at,
    ):
        figures = scenarios.database_stops(at, cluster, 1)
        print(f"fault 7 database stops: {figures}")
        assert figures.clean, f"{figures}; still open: {at.open_rows()}"
