"""The web worker ends soon although browsers hold connections open on which they asked nothing."""

from __future__ import annotations

import runpy
from collections import deque
from types import SimpleNamespace

from gunicorn.config import Config
from gunicorn.workers.gthread import ThreadWorker

from xiangtong.wiring import ROOT


def test_a_worker_that_stops_waits_for_no_connection_on_which_nothing_was_asked() -> None:
    kind = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["worker_class"]
    worker = kind.__new__(kind)
    kept, silent = SimpleNamespace(timeout=30.0), SimpleNamespace(timeout=25.0)
    worker.keepalived_conns, worker.pending_conns = deque([kept]), deque([silent])
    worker._cap_keepalive(2.0)
    assert (kept.timeout, silent.timeout) == (2.0, 2.0)
    # What we lean on is gunicorn's own and has no promise: it stops by this, and looks at those.
    called = ThreadWorker.run.__code__.co_names
    assert {"_cap_keepalive", "murder_pending"} <= set(called)


def test_gunicorn_takes_it() -> None:
    config = Config()
    config.set("worker_class", runpy.run_path(str(ROOT / "gunicorn.conf.py"))["worker_class"])
    assert issubclass(config.worker_class, ThreadWorker)
    assert config.worker_class_str
