"""The faults, each a story with an end: numbers as in the delivery notes §3.2. `scale` is 1 in the suite, more in proofs."""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.process import BaseProcess
from uuid import UUID

from sqlalchemy import text

from fault_nursery import start
from fault_submitter import serve
from fault_wire import raw_request, send_cut
from faults import Figures, Trial, load
from ledger_writer import case_number
from makers import FACTS, a_draft, a_form, a_scope
from pushing import rows, send_all
from xiangtong import ledger
from xiangtong.cases.submit import submit
from xiangtong.drafts.opening import Holder
from xiangtong.kernel import clock
from xiangtong.kernel.embedded import Cluster
from xiangtong.kernel.ids import new_id
from xiangtong.province.http import HttpLine


def web_worker_dies(trial: Trial, scale: int) -> Figures:
    """1: the web process is killed before and after the commit; the citizen's browser asks again and again."""
    drafts = _drafts(trial, 8 * scale)
    owed, points = dict(drafts), ["submit.before_commit", "submit.after_commit"] * 2 * scale + [""]
    for point in points:
        for draft, case_no in _served(trial, owed, point):
            _acknowledge(trial, case_no)
            owed.pop(draft)
    trial.drain()
    figures = trial.verdict()
    figures.lost += len(owed)
    figures.doubled += len(rows(trial.services, "select 1 from case_record")) - len(drafts)
    return figures


def one_tap_too_many(trial: Trial, scale: int) -> Figures:
    """15: double taps, Back and a browser that tries again: fifty at once on each draft."""
    drafts = _drafts(trial, scale)
    taps = [(draft, citizen) for draft, citizen in drafts.items() for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        receipts = list(pool.map(lambda tap: _submit(trial, *tap), taps))
    for case_no in set(receipts):
        _acknowledge(trial, case_no)
    trial.drain()
    figures = trial.verdict()
    figures.doubled += len(rows(trial.services, "select 1 from case_record")) - len(drafts)
    # Whoever tapped was told the number of their own case, each time the same.
    figures.wrong += len(set(zip(taps, receipts, strict=True))) - len(drafts)
    return figures


def worker_dies(trial: Trial, scale: int, seed: int) -> Figures:
    """2: a worker is killed before, within (headers, body) and after sending, before it writes down, and at random."""
    dice, points = random.Random(seed), ["push.before_send", "push.after_send", "push.before_settle"]
    _warm(trial)
    with load(trial, every=0.1 if scale > 1 else 0.4):
        for point in [*points, "wire.headers", "wire.body"] * scale:
            doomed = trial.spawn(failpoint=point)
            doomed.join(timeout=5)
            trial.tend()
            time.sleep(dice.uniform(0.1, 0.4))
            dice.choice(trial.workers).kill()
    trial.drain(150)
    return trial.verdict()


def worker_sleeps(trial: Trial, scale: int) -> Figures:
    """3: a worker is stopped in the middle of sending, past its lease, and wakes when others have finished its work."""
    for round_ in range(scale):
        trial.tend()
        trial.knobs.turn("delay", scope="messages", delay_ms=600, count=12)
        for serial in range(6):
            trial.file(round_ * 10 + serial + 1, events=2)
        time.sleep(1.0)
        sleeper = trial.workers[0]
        _signal(sleeper, signal.SIGSTOP)
        time.sleep(3.0)
        _signal(sleeper, signal.SIGCONT)
    trial.drain()
    return trial.verdict()


def province_misbehaves(trial: Trial, scale: int, seed: int) -> Figures:
    """4: errors, busy, stalls, stored but no answer, resets, wrong receipts, web pages, slow bytes: all at once."""
    trial.knobs.turn("status", rate=0.15, statuses=[500, 502, 503, 504])
    trial.knobs.turn("busy", rate=0.03, retry_after=1)
    for kind in ("stored_but_no_answer", "reset", "wrong_receipt", "html"):
        trial.knobs.turn(kind, scope="messages", rate=0.06)
    trial.knobs.turn("delay", rate=0.05, delay_ms=300)
    trial.knobs.turn("slow", rate=0.02)
    _warm(trial)
    with load(trial, every=0.1):
        end = time.monotonic() + 6 * scale
        while time.monotonic() < end:
            trial.tend()
            time.sleep(0.3)
    trial.knobs.off()
    trial.drain(120)
    return trial.verdict()


def request_is_cut(trial: Trial, every: int) -> Figures:
    """5: a request ends at any byte; the honest one afterwards must find nothing in its way."""
    case_no = case_number(1)
    trial.file(1)
    caught: list[bytes] = []

    def catch(line: HttpLine, **message: object) -> object:
        caught.append(raw_request(line, trial.knobs.url, **message))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    (fact,) = (row.id for row in rows(trial.services, "select id from ledger_fact"))
    original, HttpLine.post_message = HttpLine.post_message, catch  # type: ignore[assignment,method-assign]
    with suppress(KeyboardInterrupt):
        send_all(trial.services, [fact])
    HttpLine.post_message = original  # type: ignore[method-assign]
    (request,) = caught
    for cut in range(1, len(request), every):
        send_cut(trial.knobs.url, request[:cut])
    assert trial.knobs.held(case_no) == []
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert send_all(trial.services, [fact]) == ["delivered"]
    return trial.verdict()


def province_is_down(trial: Trial, seconds: int) -> Figures:
    """6: an outage under load, then back. The pace runs a thousand times faster: 86 seconds are a day."""
    _warm(trial)
    with load(trial, every=0.2, events=1):
        trial.knobs.turn("outage", refuse=True)
        _until_open(trial, 60)
        time.sleep(seconds)
        (breaker,) = rows(trial.services, "select state from breaker")
        asked = rows(trial.services, "select count(*) as n from push_attempt where outcome <> 'delivered'")[0].n
        trial.knobs.off()
    trial.drain(120)
    # Without the breaker every waiting row would have been tried many times; with it, one probe each half second.
    assert breaker.state == "open"
    assert asked <= 60 + 3 * seconds
    return trial.verdict()


def database_stops(trial: Trial, cluster: Cluster, scale: int) -> Figures:
    """7: PostgreSQL is stopped as by a crash, under load, and started again."""
    _warm(trial)
    with load(trial, every=0.1):
        for _ in range(2 * scale):
            time.sleep(2.0)
            cluster.stop("immediate")
            time.sleep(0.5)
            cluster.start()
            trial.services.db.dispose()
            trial.tend()
    trial.drain(150)
    return trial.verdict()


def message_is_poison(trial: Trial, scale: int) -> Figures:
    """16: one message kills every worker that touches it; it parks itself, and everybody else's cases arrive."""
    trial.poison = case_number(1)
    trial.file(1)
    # It is acknowledged and does not arrive: that it is parked, for a person to see, is all that is asked.
    trial.journal.contents.pop((trial.poison, 1))
    for serial in range(2, 2 + 10 * scale):
        trial.file(serial)
    trial.tend()
    _until_parked(trial, 90)
    assert trial.open_rows() == [("parked", "POISON")], trial.open_rows()
    claims = max(row.token for row in rows(trial.services, "select token from ledger_fact where state = 'parked'"))
    assert claims <= 4
    figures = trial.verdict()
    figures.left -= 1
    return figures


def _signal(worker: BaseProcess, number: signal.Signals) -> None:
    os.kill(worker.pid or 0, number)


def _warm(trial: Trial) -> None:
    """Workers take seconds to start; a fault must meet them at work."""
    trial.tend()
    trial.file(999_999)
    trial.drain(60)


def _until_open(trial: Trial, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not rows(trial.services, "select 1 from breaker where state = 'open'"):
        trial.tend()
        time.sleep(0.1)


def _until_parked(trial: Trial, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and trial.open_rows() != [("parked", "POISON")]:
        trial.tend()
        time.sleep(0.2)


def _drafts(trial: Trial, count: int) -> dict[UUID, UUID]:
    made = {}
    for number in range(count):
        citizen = new_id()
        with trial.services.db.scope(a_scope(citizen)) as session:
            values = {"leased": "true", "owner": f"王五之{number}"}
            draft = a_draft(session, keys=trial.services.keys, citizen_id=citizen, **values)
        made[draft.id] = citizen
    return made


def _served(trial: Trial, drafts: dict[UUID, UUID], point: str) -> list[tuple[UUID, str]]:
    """What one web process acknowledged before it was done, or died at `point`."""
    here, there = Pipe(duplex=False)
    web, answers = start(serve, trial.urls[0], drafts, there, point), []
    there.close()
    with suppress(EOFError):
        while True:
            answers.append(here.recv())
    web.join()
    return answers


def _submit(trial: Trial, draft: UUID, citizen: UUID) -> str:
    with trial.services.db.scope(a_scope(citizen)) as session:
        receipt = submit(
            session, keys=trial.services.keys, tenant_id=1, draft_id=draft, holder=Holder(citizen_id=citizen),
            form=a_form(), facts=FACTS,
        )  # fmt: skip
    return receipt.case_no


def _acknowledge(trial: Trial, case_no: str) -> None:
    """Submitting was acknowledged: what the facts say is what must arrive (the answers themselves are compared too)."""
    with trial.services.db.scope(a_scope()) as session:
        found = session.execute(
            text("select f.id, f.key_id, f.case_no, f.facts from ledger_fact f where case_no = :case_no and seq = 1"),
            {"case_no": case_no},
        ).one()
        key = trial.services.keys.open(session, tenant_id=1, key_id=found.key_id)
    trial.expect(ledger.read_facts(found, key=key))
