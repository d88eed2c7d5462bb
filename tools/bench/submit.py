"""Submit end to end through HTTP, one web process, 8 connections; beside it a bare view under the same server."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from citizen_desk import FORM, QIAN_QI, Desk, sit_down  # noqa: E402
from servers import free_ports  # noqa: E402

from xiangtong import demo as demo_of  # noqa: E402
from xiangtong import wiring  # noqa: E402
from xiangtong.app import create_app  # noqa: E402
from xiangtong.demo import Demo  # noqa: E402
from xiangtong.identity.ports import Claims  # noqa: E402

CONNECTIONS, CASES = 8, 240


@dataclass(frozen=True)
class Shot:
    """One POST to send: where, and the cookies and body that make it good."""

    path: str
    cookie: str
    body: str


@dataclass(frozen=True)
class Figure:
    """Requests a second, and the 95th percentile in milliseconds."""

    rate: float
    p50: float
    p95: float


def bench_demo() -> tuple[Demo, Path]:
    """A provisioned demo in a folder of its own; nothing runs yet but the database."""
    parent = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    home = Path(tempfile.mkdtemp(prefix="xt-bench-", dir=parent))
    home.chmod(0o755)  # The database runs as an account of its own and must get through.
    port, sandbox = free_ports(2)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("XIANGTONG_")} | {
        "XIANGTONG_VAR": str(home / "var"),
        "XIANGTONG_PORT": str(port),
        "XIANGTONG_SANDBOX_PORT": str(sandbox),
        "XIANGTONG_ENVIRONMENT": "test",
        "WEB_CONCURRENCY": "1",
    }
    demo = demo_of.prepare(environ, home=home / "pg")
    demo_of.seed(demo)
    return demo, home


def measure() -> tuple[Figure, Figure, int]:
    """(ours, bare view, bytes of the stored answers)."""
    demo, home = bench_demo()
    try:
        return _measured(demo)
    finally:
        demo.stop()
        shutil.rmtree(home, ignore_errors=True)


def _measured(demo: Demo) -> tuple[Figure, Figure, int]:
    services = wiring.build(demo.settings)
    app = create_app(services)
    desks = [_desk(services, app, number) for number in range(CASES)]
    shots = [_shot(desk) for desk in desks]
    stored = json.dumps({"answers": shots[0].body, "padding": "x" * 1200})
    (bare_port,) = free_ports(1)
    web = int(demo.settings.port)
    _serve(demo, "wsgi:app", web)
    demo.environ["BENCH_STORED"] = stored
    demo.environ["PYTHONPATH"] = str(Path(__file__).parent)
    _make_table(demo)
    _serve(demo, "bare:app", bare_port)
    ours = volley(web, shots, expect=303)
    token = desks[0].client.get_cookie("xiangtong").value  # type: ignore[union-attr]
    bare = volley(bare_port, [_bare_shot(bare_port, token)] * CASES, expect=303)
    services.db.dispose()
    return ours, bare, len(stored)


def _desk(services: wiring.Services, app: object, number: int) -> Desk:
    claims = Claims("test", f"bench-{number}", QIAN_QI.name, "id_card", QIAN_QI.id_number, QIAN_QI.phone, assurance=3)
    return sit_down(services, app, claims)  # type: ignore[arg-type]


def _shot(desk: Desk) -> Shot:
    desk.app.config["WTF_CSRF_ENABLED"] = False
    draft = desk.begin()
    desk.fill(draft)
    desk.app.config["WTF_CSRF_ENABLED"] = True
    page = desk.client.get(f"{draft}/review").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, f"no token on the review page of {FORM}"
    cookies = "; ".join(f"{one.key}={one.value}" for one in desk.client._cookies.values())
    return Shot(f"{draft}/review", cookies, f"csrf_token={found.group(1)}")


def _bare_shot(port: int, token: str) -> Shot:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/form")
    answer = connection.getresponse()
    csrf = re.search(r'value="([^"]+)"', answer.read().decode())
    cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]
    assert csrf
    return Shot("/submit", f"{cookie}; xiangtong={token}", f"csrf_token={csrf.group(1)}")


def _serve(demo: Demo, app: str, port: int) -> None:
    demo.environ["XIANGTONG_PORT"] = str(port)
    demo.run(sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), app)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{app} did not start")


def _make_table(demo: Demo) -> None:
    import psycopg

    with psycopg.connect(demo.settings.owner_database_url, autocommit=True) as owner:
        owner.execute(
            "create table if not exists bench_case (tenant_id int, id uuid, data jsonb, primary key (tenant_id, id));"
            "grant insert on bench_case to xiangtong_app"
        )


def volley(port: int, shots: Sequence[Shot], *, expect: int) -> Figure:
    """Send every shot once over CONNECTIONS kept-alive connections."""
    queue: Queue[Shot] = Queue()
    for shot in shots:
        queue.put(shot)
    times: list[float] = []
    wrong: list[int] = []
    threads = [threading.Thread(target=_gunner, args=(port, queue, times, wrong, expect)) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    if wrong:
        raise SystemExit(f"{len(wrong)} answers were not {expect}: {sorted(set(wrong))}")
    times.sort()
    return Figure(len(shots) / spent, times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000)


def _gunner(port: int, queue: Queue[Shot], times: list[float], wrong: list[int], expect: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        try:
            shot = queue.get_nowait()
        except Empty:
            return
        headers = {"Cookie": shot.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        connection.request("POST", shot.path, shot.body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        if answer.status != expect:
            wrong.append(answer.status)
