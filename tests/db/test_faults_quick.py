"""The fault proofs once, short and from fixed seeds; tests/prove/test_faults.py tells the same stories longer."""

from datetime import timedelta
from importlib import import_module

import pytest

import fault_scenarios as scenarios
from faults import trial
from ledger_writer import push_services
from pushing import Knobs
from sandbox_sender import running_province

pytestmark = pytest.mark.timeout(300)
SCALE, SEED, CUT_EVERY = 1, 20261121, 13


@pytest.fixture
def at_trial(cluster, database, db, keys, township, tmp_path, monkeypatch):  # noqa: PLR0917 - named, not passed.
    # A worker killed between fetching a job and its claim is noticed after a minute; the long proofs wait for that.
    monkeypatch.setattr(import_module("xiangtong.ledger.record"), "WOKEN_FOR", timedelta(seconds=5))
    roles = ("xiangtong_app", "xiangtong_oversight", "xiangtong_relay")
    urls = tuple(cluster.url(role, database) for role in roles)
    with (
        running_province(tmp_path / "province", "--rate", "100000") as (url, _),
        push_services(db, keys, url, tmp_path) as services,
        trial(services, Knobs(url), urls, tmp_path) as made,
    ):
        yield made


STORIES = {
    "1 web worker dies": lambda at: scenarios.web_worker_dies(at, SCALE),
    "2 worker dies": lambda at: scenarios.worker_dies(at, SCALE, SEED),
    "3 worker sleeps past its lease": lambda at: scenarios.worker_sleeps(at, SCALE),
    "4 province misbehaves": lambda at: scenarios.province_misbehaves(at, SCALE, SEED),
    "5 request is cut": lambda at: scenarios.request_is_cut(at, CUT_EVERY),
    "15 one tap too many": lambda at: scenarios.one_tap_too_many(at, SCALE),
    "16 message is poison": lambda at: scenarios.message_is_poison(at, SCALE),
}


@pytest.mark.parametrize("story", STORIES)
def test_nothing_is_lost_wrong_or_doubled(at_trial, story):
    figures = STORIES[story](at_trial)
    print(f"fault {story}: {figures}")
    assert figures.clean, f"{figures}; still open: {at_trial.open_rows()[:5]}"
