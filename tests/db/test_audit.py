"""The audit log: written once, sealed in batches, and a change that was made past the product shows."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError

from xiangtong import audit
from xiangtong.audit.models import AuditEntry
from xiangtong.audit.sealing import seal_all
from xiangtong.tenancy.scope import Database, Scope


def _write(db: Database, tenant_id: int, *actions: str) -> None:
    for action in actions:
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            audit.record(session, actor=audit.SYSTEM, action=action, subject="test:1")


def _breaks(db: Database, tenant_id: int) -> list[str]:
    with db.scope(Scope(tenant_id=tenant_id)) as session:
        return [found.what for found in audit.verify(session, tenant_id=tenant_id)]


@pytest.fixture
def sealed(db: Database, township: tuple[int, int]) -> Database:
    _write(db, 1, "a.one", "a.two")
    assert seal_all(db) == 1
    _write(db, 1, "a.three")
    _write(db, 2, "b.one")
    assert seal_all(db) == 2
    return db


def test_what_is_sealed_verifies_and_nothing_waits(sealed: Database) -> None:
    assert _breaks(sealed, 1) == []
    assert _breaks(sealed, 2) == []
    assert seal_all(sealed) == 0


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("update audit_entry set outcome = 'refused' where action = 'a.one'", "第 1 批里有记录被改动"),
        ("delete from audit_entry where action = 'a.two'", "第 1 批应有 2 条，现有 1 条"),
        ("delete from audit_seal where tenant_id = 1 and seq = 1", "第 1 号封条不见了"),
    ],
)
def test_a_change_made_past_the_product_shows(sealed: Database, cluster, database, harm: str, sentence: str) -> None:
    superuser = create_engine(cluster.url("postgres", database).replace("postgresql:", "postgresql+psycopg:"))
    with superuser.begin() as connection:
        connection.execute(text(harm))
    superuser.dispose()
    assert sentence in _breaks(sealed, 1)


@pytest.mark.parametrize("harm", ["update audit_entry set outcome = 'done'", "delete from audit_entry"])
def test_the_product_itself_cannot_change_an_entry(sealed: Database, harm: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), sealed.scope(Scope(tenant_id=1)) as session:
        session.execute(text(harm))


def test_numbers_of_people_never_enter(db: Database, township: tuple[int, int]) -> None:
    with db.scope(Scope(tenant_id=1)) as session:
        audit.record(
            session, actor=audit.SYSTEM, action="a.one", subject="case:3210031002611210000173",
            detail={"seen": ["电话13800138000", "11010519491231002X"], "code": "321003100200"},
        )  # fmt: skip
        entry = session.scalars(select(AuditEntry)).one()
    assert entry.subject == "case:3210031002611210000173"
    assert entry.detail == {"seen": ["电话［已隐去］", "［已隐去］"], "code": "321003100200"}


def test_an_entry_needs_a_tenant(db: Database) -> None:
    with pytest.raises(ValueError, match="no scope"), db.scope(Scope()) as session:
        audit.record(session, actor=audit.SYSTEM, action="a.one", subject="test:1")
