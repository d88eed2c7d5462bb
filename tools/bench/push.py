"""Push: ledger to receipt by one worker, beside a bare signed posting loop, against one receiver in memory.

The receiver (`province_sandbox --memory`) checks nothing and answers valid receipts; what is measured is the sender.
Both senders run one after the other in this process, each with the same number of threads.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT / "tests")]

from procrastinate import App, PsycopgConnector  # noqa: E402
from sqlalchemy import text  # noqa: E402

from ledger_writer import PushServices, Writer, case_number, facts_document, push_services  # noqa: E402
from sandbox_sender import running_province  # noqa: E402
from xiangtong.kernel import migrate  # noqa: E402
from xiangtong.kernel.embedded import Cluster, wheel_engine  # noqa: E402
from xiangtong.kernel.ids import new_id  # noqa: E402
from xiangtong.push.deliver import deliver_together  # noqa: E402
from xiangtong.tenancy.keys import KeyRing  # noqa: E402
from xiangtong.tenancy.models import City, Division, Tenant  # noqa: E402
from xiangtong.tenancy.scope import CITY, Database, Scope  # noqa: E402

MESSAGES, THREADS = 300, 4
BUDGET_RATIO, BUDGET_RATE = 0.5, 100


def main() -> int:
    """Print the figures; 1 when a budget is missed."""
    parent = "/var/lib" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="xt-bench-", dir=parent) as home:
        Path(home).chmod(0o755)
        cluster = Cluster(Path(home) / "pg", wheel_engine())
        cluster.start()
        try:
            with running_province(Path(home) / "province", "--memory") as (url, _):
                return _measure(cluster, url, Path(home))
        finally:
            cluster.stop("immediate")


def _measure(cluster: Cluster, url: str, home: Path) -> int:
    cluster.create_database("bench")
    migrate.upgrade(cluster.url("xiangtong_owner", "bench"))
    roles = {f"{name}_url": cluster.url(f"xiangtong_{name}", "bench") for name in ("app", "oversight", "relay")}
    db, keys = Database(**roles), KeyRing(b"master-key-of-the-bench")
    with push_services(db, keys, url, home / "files") as services:
        _found(services)
        bare = _rate(lambda: _bare(services))
        pushed = _rate(lambda: _pushed(services, roles["app_url"]))
    db.dispose()
    ratio = pushed / bare
    print(f"push: {pushed:.0f} messages/s by one worker (budget {BUDGET_RATE}); bare signed posting {bare:.0f}/s")
    print(f"push: ratio {ratio:.2f} (budget {BUDGET_RATIO})")
    return int(pushed < BUDGET_RATE or ratio < BUDGET_RATIO)


def _rate(run: object) -> float:
    return MESSAGES / run()  # type: ignore[operator]


def _bare(services: PushServices) -> float:
    line = services.transport.line("3210")
    wires = []
    for number in range(MESSAGES):
        case_no, message_id = case_number(500_000 + number), new_id()
        facts = facts_document(case_no=case_no, seq=1)
        wires.append((case_no, message_id, line.write(facts, message_id=message_id).body))
    begun = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(
            pool.map(lambda wire: line.post_message(case_no=wire[0], message_id=wire[1], body=wire[2]), wires)
        )
    assert all(answer.status == 201 for answer in answers)
    return time.monotonic() - begun


def _pushed(services: PushServices, url: str) -> float:
    writer = Writer(services)
    for serial in range(MESSAGES):
        writer.case(serial)
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=THREADS))

    @app.task(name="push.deliver")
    def _deliver(tenant_id: int, fact_id: str) -> None:
        deliver_together(services, tenant_id=tenant_id, fact_id=UUID(fact_id))

    begun = time.monotonic()
    asyncio.run(_work(app))
    took = time.monotonic() - begun
    with services.db.scope(Scope(tenant_id=1)) as session:
        assert session.scalar(text("select count(*) from receipt")) == MESSAGES
    return took


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
    sys.exit(main())
