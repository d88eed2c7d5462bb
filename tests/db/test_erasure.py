"""Erasing a case destroys its key: chain, counts and receipts still verify, and nothing personal stays readable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from makers import CLERK, FACTS, a_case, a_draft, a_form, a_scope, count
from xiangtong.cases import citizen, cli, window
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.erasure import NotErasable, erase
from xiangtong.cases.lookup import asked_for
from xiangtong.cases.record import CaseErased, open_case, open_to_move
from xiangtong.cases.submit import receipt, submit
from xiangtong.cases.worklist import Filters, worklist
from xiangtong.drafts.opening import Holder
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.embedded import Cluster
from xiangtong.kernel.errors import NotFound
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import Reconciled
from xiangtong.tenancy.keys import KeyDestroyed, KeyRing
from xiangtong.tenancy.scope import Database, Scope

pytestmark = pytest.mark.usefixtures("township")

_PERSONAL = ("张三", ",zs,", "321003198801010016", "13800138000", "王五", "打不通")
_WHY = "电话打不通，材料不符"


@pytest.fixture
def owner(cluster: Cluster, database: str) -> Iterator[Engine]:
    """Someone who sees every byte of the database, past all policies."""
    engine = create_engine(cluster.url("postgres", database).replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


def _readable(owner: Engine) -> str:
    """Every row of every table of ours as text; sealed bytes as whatever characters they happen to hold."""
    with owner.connect() as connection:
        tables = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
        return "\n".join(
            str(row[0]) for table in tables for row in connection.execute(text(f'select t::text from "{table}" t'))
        )


def _closed_case(db: Database, keys: KeyRing, citizen_id: UUID) -> UUID:
    case_id = a_case(db, keys, citizen_id=citizen_id, leased="true", owner="王五").case_id
    with db.scope(Scope(tenant_id=1)) as session:
        case = open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)
        window.reject(session, case=case, actor=CLERK, reason=_WHY)
    return case_id


def _reconcile(session: ScopedSession, case_id: UUID, seq: int) -> None:
    session.add(Reconciled(tenant_id=1, case_id=case_id, seq=seq, chain="0" * 64, day=date(2026, 11, 21)))
    session.flush()


def test_nothing_is_erased_before_the_province_proved_it(db: Database, keys: KeyRing) -> None:
    """Open, or not reconciled to its last event: refused, and still readable."""
    me = new_id()
    running = a_case(db, keys).case_id
    case_id = _closed_case(db, keys, me)
    with db.scope(Scope(tenant_id=1)) as session:
        _reconcile(session, case_id, 1)
        for refused in (running, case_id):
            with pytest.raises(NotErasable):
                erase(session, keys=keys, tenant_id=1, case_id=refused)
        assert open_case(session, keys=keys, tenant_id=1, case_id=case_id).body["applicant"]["name"] == "张三"
        with pytest.raises(NotFound):
            erase(session, keys=keys, tenant_id=1, case_id=new_id())


def test_after_erasing_everything_verifies_and_nothing_can_be_read(db: Database, keys: KeyRing, owner: Engine) -> None:
    """The whole database is searched for what the case was about; chain, number and counts stay."""
    me = new_id()
    case_id = _closed_case(db, keys, me)
    with db.scope(Scope(tenant_id=1)) as session:
        before = receipt(session, tenant_id=1, case_id=case_id)
        _reconcile(session, case_id, 2)
        erase(session, keys=keys, tenant_id=1, case_id=case_id)
        erase(session, keys=keys, tenant_id=1, case_id=case_id)
    dump = _readable(owner)
    assert [word for word in _PERSONAL if word in dump] == []
    assert str(me) not in dump
    with db.scope(a_scope(me)) as session:
        assert verify_chain(session, tenant_id=1, case_id=case_id).events == 2
        assert verify_chain(session, tenant_id=1, case_id=case_id).holds
        assert receipt(session, tenant_id=1, case_id=case_id) == before
        assert count(session, "case_record") == 1
        assert count(session, "ledger_fact") == 2
        assert citizen.cases_of(session, citizen_id=me) == []
        with pytest.raises(CaseErased):
            open_case(session, keys=keys, tenant_id=1, case_id=case_id)
        assert worklist(session, keys=keys, tenant_id=1, filters=Filters(text="张三")).rows == ()
        found = worklist(session, keys=keys, tenant_id=1, filters=Filters(text=before.case_no)).rows
        assert (found[0].state, found[0].applicant_name) == ("rejected", None)
        key_id = session.scalar(text("select data_key_id from case_record"))
        assert isinstance(key_id, UUID)
        with pytest.raises(KeyDestroyed):
            keys.open(session, tenant_id=1, key_id=key_id)
        asking = asked_for(session, keys=keys, asked=before.case_no, last_four="0016")
        with pytest.raises(NotFound), asking:
            pytest.fail("an erased case was shown")


def test_an_operator_erases_and_proves_by_number(db: Database, keys: KeyRing) -> None:
    """Refused with a sentence before the province proved it; afterwards the chain still holds, and the log knows."""
    case_id = _closed_case(db, keys, new_id())
    with db.scope(Scope(tenant_id=1)) as session:
        number = receipt(session, tenant_id=1, case_id=case_id).case_no

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli.cases, words, obj=lambda: SimpleNamespace(db=db, keys=keys))

    assert isinstance(run("erase", number, "--yes").exception, NotErasable)
    assert isinstance(run("verify", "3210031080000000000000").exception, NotFound)
    with db.scope(Scope(tenant_id=1)) as session:
        _reconcile(session, case_id, 2)
    assert run("erase", number).exit_code == 1, "nobody said yes"
    assert run("erase", number, "--yes").exit_code == 0
    assert "共 2 步" in run("verify", number).output
    with db.scope(Scope(tenant_id=1)) as session:
        assert session.scalars(text("select subject from audit_entry where action = 'case.erased'")).all() == [
            f"case:{number}"
        ]


def test_before_erasing_only_the_name_is_readable(db: Database, keys: KeyRing, owner: Engine) -> None:
    """Design §6: the name in its typed row; id number, phone and everything else sealed, from the first keystroke."""
    with db.scope(a_scope(new_id())) as session:
        a_draft(session, keys=keys, citizen_id=new_id(), leased="true", owner="王五")
    assert [word for word in _PERSONAL if word in _readable(owner)] == []
    _closed_case(db, keys, new_id())
    assert [word for word in _PERSONAL if word in _readable(owner)] == ["张三", ",zs,"]


def test_an_erased_filing_is_nobodys(db: Database, keys: KeyRing) -> None:
    """The draft it came from no longer says whose it was, so submitting again finds nothing."""
    me = new_id()
    case_id = _closed_case(db, keys, me)
    with db.scope(Scope(tenant_id=1)) as session:
        _reconcile(session, case_id, 2)
        erase(session, keys=keys, tenant_id=1, case_id=case_id)
    with db.scope(a_scope(me)) as session, pytest.raises(NotFound):
        submit(
            session, keys=keys, tenant_id=1, draft_id=case_id, holder=Holder(citizen_id=me), form=a_form(),
            facts=FACTS,
        )  # fmt: skip


@pytest.mark.parametrize(
    "damage",
    [
        "update case_event set body = body || '\\x00' where seq = 1",
        "update case_event set state = 'handling' where seq = 2",
        "update case_event set occurred_at = occurred_at + interval '1 second' where seq = 1",
        "update case_event set digest = repeat('0', 64) where seq = 2",
        "delete from case_event where seq = 2",
        "delete from case_event where seq = 1",
        "update case_record set last_seq = 3",
    ],
)
def test_whoever_changes_an_event_is_found_out(db: Database, keys: KeyRing, owner: Engine, damage: str) -> None:
    """The app may not change events at all; whoever can, breaks the chain."""
    case_id = _closed_case(db, keys, new_id())
    with owner.begin() as connection:
        connection.execute(text("alter table case_event no force row level security"))
        connection.execute(text(damage))
    with db.scope(Scope(tenant_id=1)) as session:
        assert not verify_chain(session, tenant_id=1, case_id=case_id).holds


def test_events_and_materials_are_written_once(db: Database, keys: KeyRing) -> None:
    """The role that serves requests can neither change nor delete them."""
    _closed_case(db, keys, new_id())
    for statement in ("update case_event set state = 'x'", "delete from case_event", "delete from case_material"):
        with pytest.raises(DBAPIError, match="permission denied"), db.scope(Scope(tenant_id=1)) as session:
            session.execute(text(statement))
