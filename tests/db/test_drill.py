"""A short drill, whole: real filings with photos, a misbehaving sandbox, workers, and the verdict."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from citizen_desk import item_of
from door_services import make_services
from faults import trial
from ledger_writer import push_services
from sandbox_sender import running_province
from xiangtong.drill import cli
from xiangtong.drill.run import Drill, run
from xiangtong.items.models import Item
from xiangtong.province.sandbox import Knobs
from xiangtong.tenancy.scope import Scope

pytestmark = pytest.mark.timeout(300)
# Its plan: stored but no answer, then errors.
SEED, SECONDS = 363, 8.0


@pytest.fixture
def ground(cluster, database, db, keys, township, tmp_path):  # noqa: PLR0917 - fixtures are named, not passed.
    """A province, a township that takes the form, and workers at a test's pace."""
    urls = tuple(cluster.url(role, database) for role in ("xiangtong_app", "xiangtong_oversight", "xiangtong_relay"))
    with running_province(tmp_path / "province", "--rate", "100000") as (url, _):
        services = make_services(db, keys, tmp_path, province_url=url)
        with db.scope(Scope(tenant_id=1)) as session:
            session.add(Item(**item_of(1)))
        with (
            push_services(db, keys, url, tmp_path / "files") as pushing,
            trial(pushing, Knobs(url), urls, tmp_path / "files") as workers,
        ):
            workers.tend()
            yield services


def test_a_drill_ends_with_everything_told_once_and_as_it_was(ground):
    said = []
    figures = run(ground, Drill(SEED, SECONDS, every=0.2, patience=90), say=said.append)
    print(f"drill (seed {SEED}): {figures}; {said}")
    assert figures.clean, f"{figures}; {said}"
    assert figures.acknowledged >= 10
    assert Knobs(ground.settings.province_url).summary()["cases"] >= 3
    assert Knobs(ground.settings.province_url).held("0" * 22) == []


def test_what_is_not_told_in_time_is_a_failure_of_the_command(cluster, db, keys, township, tmp_path):
    """No worker is running: the command says what is left, and exits with 1."""
    with running_province(tmp_path / "province", "--rate", "100000") as (url, _):
        services = make_services(db, keys, tmp_path, province_url=url)
        with db.scope(Scope(tenant_id=1)) as session:
            session.add(Item(**item_of(1)))
        arguments = ["--seed", "7", "--minutes", "0.05", "--every", "1", "--patience", "0"]
        result = CliRunner().invoke(cli.command, arguments, obj=lambda: services)
    assert result.exit_code == 1, result.output
    assert "seed 7" in result.output
    assert "not drained 0" not in result.output
