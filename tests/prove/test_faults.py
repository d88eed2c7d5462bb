"""The fault proofs at length; the seed is printed so that a failure can be told again."""

import os
import secrets
import sys

import pytest

import fault_scenarios as scenarios
from fault_report import keep
from faults import trial
from ledger_writer import push_services
from pushing import Knobs
from sandbox_sender import running_province

pytestmark = pytest.mark.timeout(900)
SEED = int(os.environ.get("XIANGTONG_SEED") or secrets.randbelow(10**8))

STORIES = {
    "1 web worker dies": lambda at: scenarios.web_worker_dies(at, 3),
    "2 worker dies": lambda at: scenarios.worker_dies(at, 3, SEED),
    "3 worker sleeps past its lease": lambda at: scenarios.worker_sleeps(at, 4),
    "4 province misbehaves": lambda at: scenarios.province_misbehaves(at, 5, SEED),
    "5 request is cut at every byte": lambda at: scenarios.request_is_cut(at, 1),
    "6 province is down for a day": lambda at: scenarios.province_is_down(at, 86),
    "15 one tap too many": lambda at: scenarios.one_tap_too_many(at, 4),
    "16 message is poison": lambda at: scenarios.message_is_poison(at, 3),
}


@pytest.fixture
def at_trial(cluster, database, db, keys, township, tmp_path):  # noqa: PLR0917
    urls = tuple(cluster.url(role, database) for role in ("xiangtong_app", "xiangtong_oversight", "xiangtong_relay"))
    with (
        running_province(tmp_path / "province", "--rate", "100000") as (url, _),
        push_services(db, keys, url, tmp_path) as services,
        trial(services, Knobs(url), urls, tmp_path) as made,
    ):
        yield made


@pytest.mark.parametrize("story", STORIES)
def test_nothing_is_lost_wrong_or_doubled_at_length(at_trial, story):
    figures = STORIES[story](at_trial)
    print(f"fault {story} (seed {SEED}): {figures} {at_trial.open_rows()[:5]}", file=sys.__stdout__)
    keep(story, SEED, figures)
    assert figures.clean, f"seed {SEED}: {figures}; still open: {at_trial.open_rows()[:5]}"
