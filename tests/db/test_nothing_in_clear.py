"""Nothing personal in any table, log, job, address or file in clear; after erasure not even the name.

Two forms are filed end to end with made-up people: typed, uploaded, submitted, supplemented, handled, pushed to a
running province, told of by a callback. Then every column of every table is searched as a thief of the disk would,
also for the bytes in hexadecimal and Base64 and for digests that anybody could compute.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from citizen_desk import FORM, QIAN_QI
from makers import CLERK, FACTS, offer_item
from pushing import Knobs, send_all
from sandbox_sender import running_province
from thief import found_in, readable, stored_files
from world import World, a_world
from xiangtong import ledger
from xiangtong.cases import window
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.erasure import erase
from xiangtong.cases.record import open_to_move
from xiangtong.cases.submit import submit
from xiangtong.cases.supplements import Asked, ask_supplement
from xiangtong.drafts.answers import typed_of
from xiangtong.drafts.filling import FieldSave, save_fields
from xiangtong.drafts.opening import FormRef, Holder, start
from xiangtong.kernel import log
from xiangtong.kernel.embedded import Cluster
from xiangtong.province import callbacks
from xiangtong.province.jobs import understand_callback
from xiangtong.push.reconcile import reconcile
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Scope

# What must stand nowhere: numbers, phones, accounts, addresses, what was said of somebody, names of files.
_NUMBERS = (
    "321003194003051288", "522701194510013175", "13800138004", "13900139005", "6222020000000000000", "太平村三组12号",
    "少写了门牌号", "本人已核实", "13700137007", "照片.jpg", "portrait.jpg", "签名.jpg",
)  # fmt: skip
# The only columns in which a citizen's name may be read (design §6), and pinyin initials beside it.
_NAMED_IN = {"case_record.applicant_name"}
_NAMES = ("钱七", "王五")


@pytest.fixture
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # One for each test: the case numbers of a fresh database are the same again.
    with running_province(tmp_path_factory.mktemp("province"), "--rate", "100000") as (url, _):
        yield url


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the processes would have written to their logs."""
    written, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", written)
    log.configure()
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def world(cluster: Cluster, keys: KeyRing, tmp_path: Path, province: str, spoken: io.StringIO) -> Iterator[World]:
    with a_world(cluster, keys, tmp_path, province_url=province) as made, closing(made.services.transport):
        yield made


def _asked_and_supplied(world: World) -> None:
    """The clerk asks, the citizen answers on the form."""
    _move(world, world.here.case_id, _ask)
    client, here = world.client("citizen"), world.here
    case = f"/{here.code}/cases/{here.case_no}"
    draft = client.post(f"{case}/supply").location.split("#")[0].rpartition("/")[0]
    told = {
        "/applicant/registered_address": "江苏省扬州市邗江区公道镇太平村三组12号2室",
        "/applicant/phone": "13700137007",
    }
    assert client.post(f"{draft}/who", data=told).status_code == 303
    assert client.post(f"{draft}/supply").location == case


def _ask(session: Any, case: Any) -> None:
    asked = Asked("户口本上的地址", "少写了门牌号", pointer="/applicant/registered_address")
    ask_supplement(session, case=case, actor=CLERK, asked=[asked])


def _move(world: World, case_id: str, *moves: Any) -> None:
    for move in moves:
        with world.services.db.scope(Scope(tenant_id=1)) as session:
            case = open_to_move(session, keys=world.services.keys, tenant_id=1, case_id=UUID(case_id))
            move(session, case)


def _f1_filed(world: World) -> None:
    """The homestead form, with a household of its own, as far as submit; every question of the sample is answered."""
    services, me = world.services, Holder(citizen_id=_citizen(world))
    form = services.library.form("homestead")
    sample = services.library.samples["homestead"]["sample"]
    scope = Scope(tenant_id=1, citizen_id=me.citizen_id)
    with services.db.scope(scope) as session:
        offer_item(session, form_code=form.code, serial=2)
        ref = FormRef("item", form.code, form.version, form.hash, form.title)
        draft = start(session, keys=services.keys, tenant_id=1, form=ref, holder=me, channel="mobile")
        typed = typed_of(sample)
        fields = [FieldSave(pointer, value, None) for pointer, value in typed.values.items() if isinstance(value, str)]
        save_fields(session, draft=draft, fields=fields)
    # Without its photos it may not be filed; the refusal carries no answer with it, and the draft stays.
    with pytest.raises(Exception, match=r"改一改|文件"), services.db.scope(scope) as session:
        submit(
            session,
            keys=services.keys,
            tenant_id=1,
            draft_id=draft.id,
            holder=me,
            form=form,
            facts=FACTS,
        )


def _citizen(world: World) -> UUID:
    with psycopg.connect(world.cluster_url) as connection:
        row = connection.execute("select citizen_id from case_record where tenant_id = 1").fetchone()
    assert row is not None
    return UUID(str(row[0]))


def _pushed(world: World) -> None:
    for tenant_id in (1, 2):
        with psycopg.connect(world.cluster_url) as connection:
            due = connection.execute(
                "select id from ledger_fact where tenant_id = %s and state <> 'delivered' order by case_id, seq",
                [tenant_id],
            ).fetchall()
        ids = [UUID(str(id_)) for (id_,) in due]
        assert set(send_all(world.services, ids, tenant_id=tenant_id)) <= {"delivered"}  # type: ignore[arg-type]


def _called_back(world: World) -> None:
    body = {
        "event_id": "01920000-0000-7000-8000-000000000001", "event": "case.accepted", "occurred_at": "2026-11-21T10:00:00+08:00",
        "case_no": world.here.case_no, "payload": {"applicant": "钱七", "phone": "13800138004", "note": "本人已核实"},
    }  # fmt: skip
    with world.services.db.scope(NOBODY) as session:
        event_id = callbacks.store(
            session, keys=world.services.keys, body=json.dumps(body, ensure_ascii=False).encode()
        )
    understand_callback(world.services, event_id=str(event_id))


def _stumbled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An accident whose exception quotes what somebody typed: neither the page nor the log may pass it on."""

    def stumble(*_: object, **__: object) -> None:
        raise ValueError("could not read 321003194003051288 of 钱七, 13800138004")

    monkeypatch.setattr("xiangtong.doors.citizen.cases_mine.cases_of", stumble)
    answer = world.client("citizen").get("/mine")
    monkeypatch.undo()
    assert answer.status_code == 500
    assert not re.search("321003194003051288|13800138004|ValueError", answer.text)


def _looked_for(world: World) -> None:
    """Searches and wrong guesses, which are counted and written into the audit log."""
    clerk, asker = world.client("window_clerk"), world.client()
    for words in ("321003194003051288", "13800138004", "钱七"):
        clerk.post("/console/desk/", data={"q": words})
        asker.post("/progress", data={"number": words, "digits": "1288", "town": words})
        asker.post("/console/sign-in", data={"account": words, "password": words})
        asker.get(f"/{world.here.code}/search", query_string={"q": words})


@pytest.mark.timeout(300)
def test_nothing_personal_stands_in_clear(
    world: World, tmp_path: Path, spoken: io.StringIO, monkeypatch: pytest.MonkeyPatch, province: str
) -> None:
    _asked_and_supplied(world)
    _f1_filed(world)
    _pushed(world)
    _called_back(world)
    _looked_for(world)
    with monkeypatch.context() as patched:
        _stumbled(world, patched)
    assert len(Knobs(province).held(world.here.case_no)) == 3, "the province holds what was filed"
    assert readable(world, _NUMBERS) == {}
    assert set(readable(world, _NAMES)) <= _NAMED_IN
    said = spoken.getvalue()
    assert "accident" in said, "what went wrong is in the log, without its words"
    assert found_in(said.encode(), _NUMBERS + _NAMES) == []
    files = stored_files(world, tmp_path)
    assert b"/t/1/" in files
    assert found_in(files, _NUMBERS + _NAMES) == []
    assert b"\xff\xd8\xff" not in files, "a picture lies open in the store"
    assert b"JFIF" not in files


@pytest.mark.timeout(300)
def test_after_reconciliation_and_erasure_the_name_is_gone_too(world: World, tmp_path: Path, province: str) -> None:
    """Chain, counts, receipts and the report of the day still verify; no key is left that opens anything of the case."""
    case_id = UUID(world.here.case_id)
    _asked_and_supplied(world)
    _move(
        world,
        world.here.case_id,
        lambda session, case: window.reject(session, case=case, actor=CLERK, reason="少写了门牌号"),
    )
    Knobs(province).calendar(-2)
    _pushed(world)
    before, day = _counts(world), _day(world)
    Knobs(province).calendar(0)
    report = reconcile(world.services, day, city_code="3210")  # type: ignore[arg-type]
    assert (report.equal, report.clean) == (2, True)
    with world.services.db.scope(Scope(tenant_id=1)) as session:
        assert ledger.is_reconciled(session, tenant_id=1, case_id=case_id)
        erase(session, keys=world.services.keys, tenant_id=1, case_id=case_id)
    assert [place for place, found in readable(world, _NAMES).items() if "钱七" in found] == []
    assert readable(world, _NUMBERS) == {}
    with world.services.db.scope(Scope(tenant_id=1)) as session:
        assert verify_chain(session, tenant_id=1, case_id=case_id).holds
    assert _counts(world) == before
    again = reconcile(replace(world.services), day, city_code="3210")  # type: ignore[arg-type]
    assert (again.equal, again.clean) == (2, True)
    # Its number leads nowhere any more; whoever kept the address of the receipt is told why.
    assert world.client("citizen").get(f"/{world.here.code}/cases/{world.here.case_no}").status_code == 404
    assert world.client("citizen").get(f"/{world.here.code}/apply/{FORM}/{case_id}/receipt").status_code == 410
    assert QIAN_QI.name not in world.client("citizen").get("/mine").text


def _counts(world: World) -> list[tuple[str, int]]:
    with psycopg.connect(world.cluster_url) as connection:
        return [
            (table, connection.execute(f"select count(*) from {table} where tenant_id = 1").fetchone()[0])  # type: ignore[index]
            for table in ("case_record", "case_event", "case_material", "ledger_fact", "wire_message", "receipt")
        ]


def _day(world: World) -> Any:
    with psycopg.connect(world.cluster_url) as connection:
        row = connection.execute("select max(received_on) from receipt").fetchone()
    assert row is not None
    return row[0]
