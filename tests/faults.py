"""The harness of the fault proofs: workers in processes of their own, a journal of what was acknowledged, a verdict."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fault_nursery import start
from fault_worker import work
from ledger_writer import PushServices, Writer
from pushing import Knobs
from xiangtong.drill.verdict import Figures, Journal


@dataclass
class Trial:
    """One township's cases, the workers that deliver them, and what was promised to whom."""

    services: PushServices
    knobs: Knobs
    urls: tuple[str, str, str]  # app, oversight, relay
    folder: Path
    workers: list[BaseProcess] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)
    poison: str = ""

    def spawn(self, *, failpoint: str = "") -> BaseProcess:
        """Start one more worker, one that dies at `failpoint` if that is named."""
        worker = start(work, self.folder, self.knobs.url, self.urls, failpoint, self.poison)
        self.workers.append(worker)
        return worker

    def tend(self, wanted: int = 2) -> int:
        """Start a worker for each that died, as a supervisor does; returns how many are up."""
        self.workers = [worker for worker in self.workers if worker.is_alive()]
        while len(self.workers) < wanted:
            self.spawn()
        return len(self.workers)

    def file(self, serial: int, *, events: int = 1, tenant_id: int = 1) -> None:
        """Write one case's events and, after each commit, the journal."""
        township = {1: "321003100", 2: "321003108"}[tenant_id]
        writer = Writer(self.services, tenant_id=tenant_id, township=township, written_to=self.expect)
        writer.case(serial, events=events)

    def expect(self, facts: dict[str, Any]) -> None:
        """Enter an acknowledged event into the journal."""
        self.journal.enter(facts)

    def drain(self, seconds: float = 60, *, but: int = 0) -> int:
        """Wait until every row is delivered (all `but` so many); returns how many are left."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.tend()
            with suppress(Exception):
                if len(self.open_rows()) <= but:
                    return len(self.open_rows())
            time.sleep(0.2)
        return len(self.open_rows())

    def open_rows(self) -> list[tuple[str, str]]:
        """State and code of every fact of every township that is not delivered."""
        with self.services.db.oversight("32") as session:
            found = session.execute(
                text("select state, coalesce(last_code, '') from ledger_fact where state <> 'delivered'")
            )
            return [(row[0], row[1]) for row in found]

    def verdict(self) -> Figures:
        """Compare what was acknowledged with what the province holds, by content."""
        figures = self.journal.compare(self.knobs.held)
        figures.left, summary = len(self.open_rows()), self.knobs.summary()
        figures.phantom = abs(summary["messages"] - self._stored())
        figures.absorbed = summary["duplicates"]
        return figures

    def _stored(self) -> int:
        with self.services.db.oversight("32") as session:
            return int(session.scalar(text("select count(*) from ledger_fact where state = 'delivered'")) or 0)


@contextmanager
def trial(services: PushServices, knobs: Knobs, urls: tuple[str, str, str], folder: Path) -> Iterator[Trial]:
    """A trial whose workers are gone afterwards."""
    made = Trial(services, knobs, urls, folder)
    try:
        yield made
    finally:
        for worker in made.workers:
            worker.kill()
            worker.join()


@contextmanager
def load(trial: Trial, *, every: float, first: int = 1, events: int = 2) -> Iterator[None]:
    """File cases of two townships all the while; what the database refuses is not acknowledged, and is not missed."""
    stop = threading.Event()

    def run() -> None:
        serial = first
        while not stop.wait(every):
            with suppress(Exception):
                trial.file(serial, events=events, tenant_id=1 + serial % 2)
            serial += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
