"""The whole province in one database: how long provisioning takes, and what its size costs a citizen.

Two databases in one cluster: one with one township and no case, one with all of Jiangsu and a million cases. The same
requests go to both in turn, in this process, so that whatever else the machine does falls on both alike.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from bench import ROOT, percentile, running_cluster

from citizen_desk import FORM, QIAN_QI, START, Desk, sit_down, statements
from door_services import make_services
from xiangtong.channels.founding import provision_city, provision_path
from xiangtong.doors.citizen import apply, cases, channel, mode, sign_in, uploads
from xiangtong.doors.shared.frame import create_door
from xiangtong.identity.ports import Claims
from xiangtong.kernel import migrate
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.folder import MemoryFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

CASES, PAGES, SUBMITS = 1_000_000, 160, 40
HOME = "321003100"
#: What a citizen looks at: the channel, the form's first page, a step of a draft, the own cases.
_ADDRESSES = (f"/{HOME}/", START, "{draft}/who", "/mine")


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of the middle request and of the slowest but one in twenty."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Province:
    """What was measured. Pages and submits are pairs: with one township, with the province."""

    seconds: float  # to provision
    filling: float  # seconds, to write the cases
    townships: int
    villages: int
    cases: int
    pages: tuple[Latency, Latency]
    submits: tuple[Latency, Latency]
    queries: int  # of the page that asks the most


def measure(cases: int = CASES) -> Province:
    """Provision both, fill one, and send the same requests to both in turn."""
    with running_cluster() as (cluster, home):
        small, large = _made(cluster, "one"), _made(cluster, "jiangsu")
        provision_city(small[0], small[1], _one_township())
        started = time.monotonic()
        report = provision_path(large[0], large[1], ROOT / "tenants" / "jiangsu")
        seconds = time.monotonic() - started
        for name in ("one", "jiangsu"):
            _register(cluster, name)
        started = time.monotonic()
        _fill(cluster, cases)
        filling = time.monotonic() - started
        desks = [_desk(db, keys, home / name) for (db, keys), name in ((small, "one"), (large, "jiangsu"))]
        pages, submits, queries = _pages(desks), _submits(desks), _queries(desks[1])
        for db, _ in (small, large):
            db.dispose()
    return Province(
        seconds, filling, report.counts["township"], report.counts["village"], cases, pages, submits, queries
    )


def _made(cluster: Cluster, name: str) -> tuple[Database, KeyRing]:
    cluster.create_database(name)
    migrate.upgrade(cluster.url("xiangtong_owner", name))
    roles = {f"{role}_url": cluster.url(f"xiangtong_{role}", name) for role in ("app", "oversight", "relay")}
    return Database(**roles), KeyRing(b"master-key-of-the-bench")


def _one_township() -> MemoryFolder:
    """The folder of the province, cut down to one township with what stands above and below it."""
    folder = ROOT / "tenants" / "jiangsu"
    rows = list(csv.reader(io.StringIO((folder / "divisions.csv").read_text(encoding="utf-8"))))
    above = {f"{HOME[:digits]:0<12}" for digits in (2, 4, 6)}
    kept = [row for row in rows if row[0] in above | {"code"} or row[0].startswith(HOME)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(kept)
    return MemoryFolder({"city.toml": (folder / "city.toml").read_bytes(), "divisions.csv": text.getvalue().encode()})


def _register(cluster: Cluster, name: str) -> None:
    """Give the item its code: what no source registers cannot be filed."""
    with psycopg.connect(cluster.url("postgres", name), autocommit=True) as owner:
        owner.execute(
            "update item set item_code = '11321003MB0123456B5000505003000', unit_code = '11321003MB0123456B',"
            " unit_name = '公道镇人民政府' where form_code = %s",
            [FORM],
        )


def _fill(cluster: Cluster, cases: int) -> None:
    """Cases of every township, with an event and a citizen's pointer each, as the superuser: no policy, no trigger."""
    with psycopg.connect(cluster.url("postgres", "jiangsu"), autocommit=True) as owner:
        owner.execute("alter system set max_wal_size = '8GB'")
        owner.execute("select pg_reload_conf()")
        owner.execute("set session_replication_role = replica")
        owner.execute("set synchronous_commit = off")
        owner.execute("set maintenance_work_mem = '512MB'")
        # An index is built many times faster at once than row by row.
        indexes, unique = owner.execute(_INDEXES).fetchall(), owner.execute(_UNIQUE).fetchall()
        for name, _ in unique:
            owner.execute(f"alter table case_record drop constraint {name}")
        for name, _ in indexes:
            owner.execute(f"drop index {name}")
        owner.execute(_CASES.replace(":cases", str(cases)))
        for name, definition in unique:
            owner.execute(f"alter table case_record add constraint {name} {definition}")
        for _, definition in indexes:
            owner.execute(definition)
        for table in ("case_record", "case_event", "citizen_case"):
            owner.execute(f"vacuum analyze {table}")


_INDEXES = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
where indrelid = 'case_record'::regclass and not indisunique
"""
_UNIQUE = """
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'case_record'::regclass and contype = 'u'
"""

# The embedded engine is PostgreSQL 18, whose uuidv7() runs with time as the identifiers of real cases do.
_CASES = """
create temp table filed as
  select t.id as tenant_id, uuidv7() as id, t.code, t.division_code, n, row_number() over () as number,
         uuidv7() as citizen_id, now() - interval '1 hour' * (n % 9000) as at
  from tenant t, generate_series(1, (:cases / (select count(*) from tenant)) + 1) as n
  limit :cases;
insert into case_record (tenant_id, id, case_no, short_code, submit_key, state, open, item_code, item_name, form_code,
    filed, channel, division_code, village_code, citizen_id, applicant_name, applicant_initials, id_digest,
    phone_digest, data_key_id, body, last_seq, chain, limits, due_on, submitted_at, updated_at)
  select tenant_id, id, left(code, 9) || lpad(number::text, 13, '0'), 'B' || number, gen_random_uuid(),
         case when n % 20 = 0 then 'accepted' else 'done' end, n % 20 = 0, '11321003MB0123456B5000505003000',
         '高龄津贴给付', 'old-age-allowance', '{"item": {}, "unit": {}, "form": {"version": 1}}', 'pc', division_code,
         null, citizen_id, '张' || chr(19968 + (n % 2000)::int), 'z' || chr(97 + (n % 26)::int), decode(md5(number::text), 'hex'),
         decode(md5('p' || number), 'hex'), gen_random_uuid(), decode(repeat(md5(number::text), 40), 'hex'), 1,
         md5(number::text), '{"promised": 22, "statutory": 30}', (at + interval '30 days')::date, at, at
  from filed;
insert into case_event (tenant_id, case_id, seq, type, state, occurred_at, body, digest, chain)
  select tenant_id, id, 1, 'apply', 'submitted', at, decode(repeat(md5(number::text), 20), 'hex'), md5(number::text),
         md5(number::text)
  from filed;
insert into citizen_case (citizen_id, case_id, tenant_id, case_no, item_name, submitted_at)
  select citizen_id, id, tenant_id, left(code, 9) || lpad(number::text, 13, '0'), '高龄津贴给付', at from filed;
drop table filed;
"""


def _desk(db: Database, keys: KeyRing, folder: Path) -> Desk:
    folder.mkdir()
    services = make_services(db, keys, folder)
    app = create_door("citizen-bench", services, WTF_CSRF_ENABLED=False)
    for part in (mode, sign_in, uploads, apply, cases, channel):
        app.register_blueprint(part.blueprint)
    return sit_down(services, app, _claims(0))


def _claims(number: int) -> Claims:
    return Claims("test", f"bench-{number}", QIAN_QI.name, "id_card", QIAN_QI.id_number, QIAN_QI.phone, assurance=3)


def _pages(desks: list[Desk]) -> tuple[Latency, Latency]:
    drafts = [desk.begin() for desk in desks]

    def ask(turn: int) -> Iterator[Callable[[], int]]:
        for desk, draft in zip(desks, drafts, strict=True):
            address = _ADDRESSES[turn % len(_ADDRESSES)].format(draft=draft)
            yield lambda desk=desk, address=address: desk.client.get(address).status_code  # type: ignore[misc]

    return _in_turn(ask, PAGES, 200)


def _queries(desk: Desk) -> int:
    draft, counts = desk.begin(), []
    for address in _ADDRESSES:
        with statements(desk.services) as sent:
            desk.client.get(address.format(draft=draft))
        counts.append(len(sent))
    return max(counts)


def _submits(desks: list[Desk]) -> tuple[Latency, Latency]:
    """Every submission is another citizen's; filling in is not measured."""

    def ask(turn: int) -> Iterator[Callable[[], int]]:
        for desk in desks:
            sitting = sit_down(desk.services, desk.app, _claims(turn + 1))
            draft = sitting.begin()
            sitting.fill(draft)
            yield lambda sitting=sitting, draft=draft: sitting.client.post(f"{draft}/review").status_code  # type: ignore[misc]

    return _in_turn(ask, SUBMITS, 303)


def _in_turn(
    ask: Callable[[int], Iterator[Callable[[], int]]], count: int, expect: int, warm: int = 8
) -> tuple[Latency, Latency]:
    """Time what `ask` gives for each turn, one for either database; the first turns warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(count + warm):
        works = list(ask(turn))
        order = (0, 1) if turn % 2 else (1, 0)
        for which in order:
            started = time.perf_counter()
            status = works[which]()
            spent = (time.perf_counter() - started) * 1000
            if status != expect:
                raise SystemExit(f"{FORM}: {status} instead of {expect}")
            if turn >= warm:
                times[which].append(spent)
    one, all_ = (Latency(percentile(spent, 50), percentile(spent, 95)) for spent in times)
    return one, all_


if __name__ == "__main__":
    print(measure())
