"""Fault 7: PostgreSQL stops as by a crash, under load; tests/prove tells it longer."""

from datetime import timedelta
from importlib import import_module

import pytest

from fault_crash import crash, durable_cluster

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def cluster():
    with durable_cluster() as made:
        yield made


def test_a_crash_of_the_database_loses_nothing_that_was_acknowledged(  # noqa: PLR0917
    cluster, database, db, keys, township, tmp_path, monkeypatch
):
    monkeypatch.setattr(import_module("xiangtong.ledger.record"), "WOKEN_FOR", timedelta(seconds=5))
    print(f"fault 7 database stops: {crash(cluster, database, db, keys, tmp_path, scale=1)}")
