"""Submit end to end through HTTP, one web process, 8 connections; beside it a bare view under the same server."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import brotli
from bench import ROOT
from flask import Flask
from volley import Figure, Shot, figure, volley
from werkzeug.datastructures import Headers

from citizen_desk import FORM, QIAN_QI, START, VILLAGE, Desk, problems, sit_down, statements
from page_weight import weigh
from servers import free_ports
from xiangtong import demo as demo_of
from xiangtong import wiring
from xiangtong.app import create_app
from xiangtong.demo import Demo
from xiangtong.identity.ports import Claims

# Filling a draft in takes longer than submitting it, and is not what is measured. Every connection to the database
# has filed some ten cases before the measured shots begin: so often PostgreSQL plans a statement anew.
CASES, WARM, FILLING = 160, 88, 4
# Ours and the bare view take turns, since the machine may have other work, and more of it now than a moment ago.
TURNS = 5
# A second measurement, paced: so many a second come in whether the ones before are answered or not.
PACED, A_SECOND = 75, 25

#: What a browser is told: headers and body, as sent.
Answer = tuple[Headers, bytes]


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


@dataclass(frozen=True)
class Submitting:
    """Submit, ours and the bare view's; statements of one submit; bytes of pages with everything they ask for.

    ours, bare: as fast as the connections get answers. paced: ours, with A_SECOND coming in, timed from when each was
    due. first: what the first page of the measured form is made of. heaviest: for each form of the library, its heaviest.
    """

    ours: Figure
    bare: Figure
    paced: Figure
    statements: int
    first: Mapping[str, int]
    heaviest: Mapping[str, int]


def measure(cases: int = CASES) -> Submitting:
    """Serve a demo of our own by one web process and shoot at it, before and after at the bare view."""
    demo, home = bench_demo()
    try:
        return _measured(demo, cases)
    finally:
        demo.stop()
        shutil.rmtree(home, ignore_errors=True)


def _measured(demo: Demo, cases: int) -> Submitting:
    services, web = wiring.build(demo.settings), int(demo.settings.port)
    # Two apps: what is filled in without tokens is submitted with one.
    open_, guarded = create_app(services), create_app(services)
    open_.config["WTF_CSRF_ENABLED"] = False

    def shot(number: int) -> Shot:
        return _shot(_desk(services, open_, number), guarded)

    with ThreadPoolExecutor(FILLING) as hands:
        shots = list(hands.map(shot, range(WARM + cases + PACED + 2)))
    counted = [_statements(services, guarded, one) for one in shots[-2:]]
    ours, bare, paced = _served(demo, web, shots[:-2])
    desk = _desk(services, open_, len(shots))
    first, heaviest = _weights(web, desk, f"{desk.begin()}/who", {}), _heaviest(web, desk)
    services.db.dispose()
    # The second, by a process that has submitted before.
    return Submitting(ours, bare, paced, counted[1], first, heaviest)


def _served(demo: Demo, web: int, shots: Sequence[Shot]) -> tuple[Figure, Figure, Figure]:
    (bare_port,) = free_ports(1)
    _serve(demo, "wsgi:app", web)
    demo.environ["BENCH_STORED"] = json.dumps({"answers": shots[0].body, "padding": "x" * 1200})
    demo.environ["PYTHONPATH"] = str(Path(__file__).parent)
    _make_table(demo)
    _serve(demo, "bare:app", bare_port)
    bare_shot = _bare_shot(bare_port, shots[0].cookie.partition("xiangtong=")[2].partition(";")[0])
    volley(web, shots[:WARM], expect=303)
    volley(bare_port, [bare_shot] * WARM, expect=303)
    ours, bare = [], []
    for turn in range(TURNS):
        ours.append(volley(web, shots[WARM + turn : -PACED : TURNS], expect=303))
        bare.append(volley(bare_port, [bare_shot] * (2 * len(ours[-1].times)), expect=303))
    paced = volley(web, shots[-PACED:], expect=303, a_second=A_SECOND)
    return figure(ours), figure(bare), figure([paced])


def _statements(services: wiring.Services, app: Flask, shot: Shot) -> int:
    """The statements of one submit; what sets a scope travels with the first of each transaction."""
    client = app.test_client(use_cookies=False)
    with statements(services) as sent:
        answer = client.post(
            shot.path, data=shot.body, headers={"Cookie": shot.cookie}, content_type="application/x-www-form-urlencoded"
        )
    assert answer.status_code == 303, answer.text
    return len(sent)


def _heaviest(port: int, desk: Desk) -> Mapping[str, int]:
    """For each form of the library its heaviest page, with everything a browser fetches for it."""
    found, static = {}, dict[str, Answer]()
    for code, form in desk.services.library.forms.items():
        draft = _begun(desk, code)
        found[code] = max(sum(_weights(port, desk, f"{draft}/{step.id}", static).values()) for step in form.plan.steps)
    return found


def _begun(desk: Desk, code: str) -> str:
    """The address of a draft of the form; some are never filed for oneself."""
    for who in ("self", "other"):
        answer = desk.client.post(START.replace(FORM, code), data={"who": who, "village": VILLAGE})
        if answer.status_code == 303:
            return answer.location
    raise SystemExit(f"{code}: {problems(answer)}")


def _weights(port: int, desk: Desk, page: str, static: dict[str, Answer]) -> Mapping[str, int]:
    """Bytes of a page and all it asks for; `static` keeps what is the same on every page."""
    cookie = f"xiangtong={desk.client.get_cookie('xiangtong').value}"  # type: ignore[union-attr]

    def fetch(address: str) -> Answer:
        if address in static:
            return static[address]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "br"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")
        told = Headers(answer.getheaders()), answer.read()
        return static.setdefault(address, told) if address.startswith("/static/") else told

    return weigh(fetch, lambda headers, body: brotli.decompress(body), page)


def _desk(services: wiring.Services, app: Flask, number: int) -> Desk:
    claims = Claims("test", f"bench-{number}", QIAN_QI.name, "id_card", QIAN_QI.id_number, QIAN_QI.phone, assurance=3)
    return sit_down(services, app, claims)


def _shot(desk: Desk, guarded: Flask) -> Shot:
    """A draft filled in, and the submission that its review page offers."""
    draft = desk.begin()
    desk.fill(draft)
    client = guarded.test_client()
    client.set_cookie("xiangtong", desk.client.get_cookie("xiangtong").value)  # type: ignore[union-attr]
    page = client.get(f"{draft}/review").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, f"no token on the review page of {FORM}"
    cookies = "; ".join(f"{one.key}={one.value}" for one in (client._cookies or {}).values())
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
    while time.monotonic() < deadline and demo.processes[-1].poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/form")
            connection.getresponse()
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
            "alter table bench_case enable row level security;"
            "alter table bench_case force row level security;"
            "create policy own on bench_case"
            "  using (tenant_id = nullif(current_setting('xiangtong.tenant_id', true), '')::int);"
            "grant insert on bench_case to xiangtong_app"
        )
