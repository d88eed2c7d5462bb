"""Two townships with somebody and something in each, behind the whole application: for proofs that walk every address."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import select, text

from attachment_flow import jpeg
from citizen_desk import ACCOUNT, FORM, PHOTOS, WHO, item_of
from door_services import make_services
from townships import found_townships
from xiangtong.app import create_app
from xiangtong.channels.notices import publish_notice
from xiangtong.doors.shared.person import CITIZEN_COOKIE, STAFF_COOKIE
from xiangtong.identity import citizens, demo, sessions, staff
from xiangtong.identity.models import Staff
from xiangtong.identity.ports import Claims
from xiangtong.items.models import Item
from xiangtong.kernel import clock
from xiangtong.kernel.embedded import Cluster
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Tenant
from xiangtong.tenancy.scope import CITY, NOBODY, Database, Scope
from xiangtong.wiring import Services

QIAN_QI = Claims("test", "qianqi", "钱七", "id_card", "321003194003051288", "13800138004", assurance=3)
WANG_WU = Claims("test", "wangwu", "王五", "id_card", "522701194510013175", "13900139005", assurance=3)
CITY_ROLES = ("city_operator", "security_admin", "audit_admin", "system_admin")


@dataclass(frozen=True)
class Place:
    """A township, and what of it stands in addresses."""

    tenant_id: int
    code: str
    village_code: str
    item_code: str
    notice: str = ""
    draft_id: str = ""
    case_id: str = ""
    case_no: str = ""
    file_id: str = ""
    staff_id: str = ""


@dataclass
class World:
    """The application over two townships: 公道镇 where 钱七 lives, 杨寿镇 where 王五 lives; a third far away."""

    services: Services
    app: Flask
    cluster_url: str
    here: Place
    there: Place
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def console(self) -> Flask:
        """The staff's application."""
        console = self.app.extensions["console"]
        assert isinstance(console, Flask)
        return console

    def client(self, actor: str = "nobody") -> FlaskClient:
        """A browser of “nobody”, “citizen”, “neighbour” (who lives there) or of a role of the staff."""
        client = self.app.test_client()
        for name, token in self.tokens.get(actor, {}).items():
            client.set_cookie(name, token, path="/")
        return client

    def rows_of(self, tenant_id: int) -> dict[str, str]:
        """A fingerprint of every row of a tenant, table by table, past all policies."""
        with psycopg.connect(self.cluster_url) as connection:
            return {table: self._fingerprint(connection, table, tenant_id) for table in _tables(connection)}

    @staticmethod
    def _fingerprint(connection: psycopg.Connection[Any], table: str, tenant_id: int) -> str:
        ask = sql.SQL("select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '')"
                      " from {} t where tenant_id = %s").format(sql.Identifier(table))  # fmt: skip
        row = connection.execute(ask, [tenant_id]).fetchone()
        assert row is not None
        return str(row[0])


def make_world(db: Database, keys: KeyRing, cluster: Cluster, database: str, folder: Path, **settings: str) -> World:
    """Fill both townships; pages are tried without their CSRF tokens (turn `WTF_CSRF_ENABLED` on to try those)."""
    services = make_services(db, keys, folder, **settings)
    app = create_app(services)
    for one in (app, app.extensions["console"]):
        one.config["WTF_CSRF_ENABLED"] = False
    demo.seed(SimpleNamespace(db=db, keys=keys))
    _employ(services, tenant_id=2)
    _far_away(db)
    here = _fill(services, app, _empty(1, "321003100", "321003100200"), QIAN_QI)
    there = _fill(services, app, _empty(2, "321003108", "321003108209"), WANG_WU)
    world = World(services, app, cluster.url("postgres", database), here, there)
    world.tokens = _tokens(services, here, there)
    return world


@contextmanager
def a_world(cluster: Cluster, keys: KeyRing, folder: Path, **settings: str) -> Iterator[World]:
    """A world in a database of its own; making one takes seconds, so a file of tests shares it."""
    with a_database(cluster) as (database, db):
        found_townships(db, keys)
        yield make_world(db, keys, cluster, database, folder, **settings)


@contextmanager
def a_database(cluster: Cluster) -> Iterator[tuple[str, Database]]:
    """A migrated database for more than one test: its name, and its three doors."""
    database = f"xt_{os.urandom(6).hex()}"
    cluster.create_database(database, template="xt_template")
    roles = {"app_url": "app", "oversight_url": "oversight", "relay_url": "relay"}
    db = Database(**{name: cluster.url(f"xiangtong_{role}", database) for name, role in roles.items()})
    try:
        yield database, db
    finally:
        db.dispose()
        cluster.drop_database(database)


def _employ(services: Services, *, tenant_id: int) -> None:
    """A window clerk for the other township."""
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        tenant = session.get_one(Tenant, tenant_id)
        entry = staff.Entry("003", "何十一", "13800000203", ("window_clerk",), (tenant.code,))
        staff.add(session, keys=services.keys, tenant=tenant, entry=entry, giver=None)


def _empty(tenant_id: int, code: str, village_code: str) -> Place:
    return Place(tenant_id, code, village_code, str(item_of(tenant_id)["item_code"]))


def _fill(services: Services, app: Flask, place: Place, claims: Claims) -> Place:
    """A notice, a clerk, a citizen with a filed case and a draft that holds a photo."""
    tenant_id = place.tenant_id
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        session.add(Item(**item_of(tenant_id)))
        notice = publish_notice(
            session, tenant_id=tenant_id, township_code=place.code, title="通知", text="请大家看一看"
        ).key
        staff_id = session.scalars(select(Staff.id).where(Staff.staff_no == "003")).one()
    client = app.test_client()
    client.set_cookie(CITIZEN_COOKIE, _sign_in(services, claims)[1])
    filed = file_case(client, place, claims)
    draft, file_id = _begin_another(client, place)
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        case = session.execute(text("select id, case_no from case_record")).one()
    assert filed.endswith(str(case.id))
    return replace(
        place, notice=notice, staff_id=str(staff_id), draft_id=draft.rpartition("/")[2], file_id=file_id,
        case_id=str(case.id), case_no=case.case_no,
    )  # fmt: skip


def file_case(client: FlaskClient, place: Place, claims: Claims) -> str:
    """File the old-age allowance as a browser without script does; the address of the draft."""
    draft = begin(client, place)
    who = WHO | {"/applicant/village": place.village_code, "/applicant/phone": claims.phone}
    for step, fields in (("who", who), ("account", ACCOUNT | {"/bank/holder": claims.name})):
        answer = client.post(f"{draft}/{step}", data=fields)
        assert answer.status_code == 303, answer.text[-3000:]
    photos = {f"/materials/{name}": (io.BytesIO(jpeg(shade)), f"{name}.jpg") for shade, name in enumerate(PHOTOS)}
    assert client.post(f"{draft}/papers", data=photos).status_code == 303
    signed = {"/consent": "true", "/promise": "true", "/signature": (io.BytesIO(jpeg(90)), "签名.jpg")}
    assert client.post(f"{draft}/confirm", data=signed).status_code == 303
    answer = client.post(f"{draft}/review")
    assert answer.location == f"{draft}/receipt", client.get(f"{draft}/review").text[-3000:]
    return draft


def begin(client: FlaskClient, place: Place) -> str:
    """Begin a draft there; its address."""
    answer = client.post(f"/{place.code}/apply/{FORM}", data={"who": "self", "village": place.village_code})
    assert answer.status_code == 303, answer.text[-3000:]
    return answer.location


def _begin_another(client: FlaskClient, place: Place) -> tuple[str, str]:
    draft = begin(client, place)
    upload = {"pointer": "/materials/portrait", "file": (io.BytesIO(jpeg(7)), "照片.jpg")}
    answer = client.post(f"/{place.code}/drafts/{draft.rpartition('/')[2]}/files", data=upload)
    assert answer.status_code == 201, answer.text
    return draft, json.loads(answer.text)["id"]


def _sign_in(services: Services, claims: Claims) -> tuple[UUID, str]:
    with services.db.scope(NOBODY) as session:
        citizen_id = citizens.upsert(session, keys=services.keys, claims=claims)
        return citizen_id, sessions.open_session(
            session, kind="citizen", subject_id=citizen_id, assurance=claims.assurance
        )


def _tokens(services: Services, here: Place, there: Place) -> dict[str, dict[str, str]]:
    """A session for every kind of person: citizens of both places, every role of the staff here."""
    made: dict[str, dict[str, str]] = {}
    for actor, claims in (("citizen", QIAN_QI), ("neighbour", WANG_WU)):
        made[actor] = {CITIZEN_COOKIE: _sign_in(services, claims)[1]}
    with services.db.scope(NOBODY) as session:
        city = session.scalars(select(Tenant.id).where(Tenant.kind == "city", Tenant.city_code == "3210")).one()
    for tenant_id in (here.tenant_id, city):
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            for member in session.scalars(select(Staff)).all():
                member.last_sign_in_at, member.state = clock.now(), "active"
                token = sessions.open_session(session, kind="staff", subject_id=member.id, tenant_id=tenant_id)
                made[member.roles[0]] = {STAFF_COOKIE: token}
    return made


def _far_away(db: Database) -> None:
    """A township of another city, which no operator of this city may know of."""
    rows = [
        ("320100000000", "南京市", "city"),
        ("320102000000", "玄武区", "county"),
        ("320102002000", "某街道", "township"),
    ]
    parents = ["320000000000", "320100000000", "320102000000"]
    with db.scope(CITY) as session:
        session.add(City(code="3201", name="南京市", config={}))
        for (code, name, level), parent in zip(rows, parents, strict=True):
            session.add(Division(code=code, name=name, short_name=name, level=level, parent_code=parent))
            session.flush()
        session.add(
            Tenant(
                id=3, code="320102002", kind="township", division_code="320102002000", city_code="3201", name="某街道",
                short_name="某街道", hall_name="", station_template="", kit="standard", params={},
            )
        )  # fmt: skip


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1"
    )
    return [str(name) for (name,) in rows]


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The tables in which something is not as it was."""
    return [table for table in after if before.get(table) != after[table]]


def unknown_id() -> str:
    """An id that nothing has."""
    return str(new_id())
