"""Fault 7 at length: PostgreSQL is stopped as by a crash several times, and its figures are kept beside the others'."""

import sys

import pytest

from fault_crash import crash, durable_cluster
from fault_report import keep

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def cluster():
    with durable_cluster() as made:
        yield made


def test_crashes_of_the_database_lose_nothing_that_was_acknowledged(  # noqa: PLR0917
    cluster, database, db, keys, township, tmp_path
):
    figures = crash(cluster, database, db, keys, tmp_path, scale=3)
    print(f"fault 7 database stops: {figures}", file=sys.__stdout__)
    keep("7 database stops", "–", figures)
