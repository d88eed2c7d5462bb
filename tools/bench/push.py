"""Push: ledger to receipt by one worker, beside a bare signed posting loop, against one receiver in memory.

The receiver (`province_sandbox --memory`) checks nothing and answers valid receipts; what is measured is the sender.
Both senders run in turn in this process, the bare one before and after ours, each with the same number of threads.
Processor time tells the same where the machine has other work, which makes every rate on the clock smaller.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench import running_cluster
from procrastinate import App, PsycopgConnector
from sqlalchemy import text

from ledger_writer import PushServices, Writer, case_number, facts_document, push_services
from sandbox_sender import running_province
from xiangtong.kernel import migrate
from xiangtong.kernel.embedded import Cluster
from xiangtong.kernel.ids import new_id
from xiangtong.push.deliver import deliver_together
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Tenant
from xiangtong.tenancy.scope import CITY, Database, Scope

MESSAGES, THREADS = 900, 4


@dataclass(frozen=True, slots=True)
class Run:
    """Messages a second on the clock, and milliseconds of this process's own work for one message."""

    rate: float
    work: float


@dataclass(frozen=True, slots=True)
class Rates:
    """From the ledger to the receipt, and the bare signed loop."""

    ours: Run
    bare: Run


def measure() -> Rates:
    """Both senders against one receiver, one after the other."""
    with running_cluster() as (cluster, home), running_province(home / "province", "--memory") as (url, _):
        return _measured(cluster, url, home)


def _measured(cluster: Cluster, url: str, home: Path) -> Rates:
    cluster.create_database("bench")
    migrate.upgrade(cluster.url("xiangtong_owner", "bench"))
    roles = {f"{name}_url": cluster.url(f"xiangtong_{name}", "bench") for name in ("app", "oversight", "relay")}
    db, keys = Database(**roles), KeyRing(b"master-key-of-the-bench")
    with push_services(db, keys, url, home / "files") as services:
        _found(services)
        before = _bare(services, 0)
        pushed = _pushed(services, roles["app_url"])
        after = _bare(services, MESSAGES)
    db.dispose()
    return Rates(pushed, Run((before.rate + after.rate) / 2, (before.work + after.work) / 2))


@contextmanager
def _timed() -> Iterator[list[Run]]:
    """What the block takes, in the list once it has ended."""
    found: list[Run] = []
    begun, worked = time.monotonic(), time.process_time()
    yield found
    found.append(Run(MESSAGES / (time.monotonic() - begun), (time.process_time() - worked) * 1000 / MESSAGES))


def _bare(services: PushServices, serial: int) -> Run:
    line = services.transport.line("3210")
    wires = []
    for number in range(MESSAGES):
        case_no, message_id = case_number(500_000 + serial + number), new_id()
        facts = facts_document(case_no=case_no, seq=1)
        wires.append((case_no, message_id, line.write(facts, message_id=message_id).body))
    with _timed() as found, ThreadPoolExecutor(THREADS) as pool:
        answers = list(
            pool.map(lambda wire: line.post_message(case_no=wire[0], message_id=wire[1], body=wire[2]), wires)
        )
    assert all(answer.status == 201 for answer in answers)
    return found[0]


def _pushed(services: PushServices, url: str) -> Run:
    writer = Writer(services)
    for serial in range(MESSAGES):
        writer.case(serial)
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=THREADS))

    @app.task(name="push.deliver")
    def _deliver(tenant_id: int, fact_id: str) -> None:
        deliver_together(services, tenant_id=tenant_id, fact_id=UUID(fact_id))

    with _timed() as found:
        asyncio.run(_work(app))
    with services.db.scope(Scope(tenant_id=1)) as session:
        assert session.scalar(text("select count(*) from receipt")) == MESSAGES
    return found[0]


async def _work(app: App) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=THREADS, wait=False, delete_jobs="successful", install_signal_handlers=False,
            listen_notify=False,
        )  # fmt: skip


def _found(services: PushServices) -> None:
    with services.db.scope(CITY) as session:
        session.add(City(code="3210", name="扬州市", config={}))
        session.add(Division(code="321003100000", name="公道镇", short_name="公道镇", level="township"))
        session.flush()
        session.add(
            Tenant(
                id=1, code="321003100", kind="township", division_code="321003100000", city_code="3210", name="公道镇",
                short_name="公道镇", hall_name="公道镇为民服务中心", station_template="{village}", kit="standard", params={},
            )
        )  # fmt: skip
    with services.db.scope(Scope(tenant_id=1)) as session:
        services.keys.found_tenant(session, tenant_id=1)


if __name__ == "__main__":
    print(measure())
