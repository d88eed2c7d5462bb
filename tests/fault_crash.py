"""Fault 7: PostgreSQL stops as by a crash, under load. A cluster of its own, with the durability of production."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fault_scenarios as scenarios
from conftest import _TEMPLATE, _engine
from faults import Figures, trial
from ledger_writer import push_services
from pushing import Knobs
from sandbox_sender import running_province
from xiangtong.kernel import migrate
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


@contextmanager
def durable_cluster() -> Iterator[Cluster]:
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


def crash(cluster: Cluster, database: str, db: Database, keys: KeyRing, folder: Path, *, scale: int) -> Figures:
    """Stop it `scale` times while cases are filed and pushed; raises AssertionError unless all is well afterwards."""
    urls = tuple(cluster.url(role, database) for role in ("xiangtong_app", "xiangtong_oversight", "xiangtong_relay"))
    with (
        running_province(folder / "province", "--rate", "100000") as (url, _),
        push_services(db, keys, url, folder) as services,
        trial(services, Knobs(url), urls, folder) as at,
    ):
        figures = scenarios.database_stops(at, cluster, scale)
        assert figures.clean, f"{figures}; still open: {at.open_rows()}"
        return figures
