"""Scope: no scope, no rows; a scope ends with its transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, TenantKey
from xiangtong.tenancy.scope import CITY, NOBODY, Database, Scope, within


def test_a_tenant_sees_its_own_rows_and_nobody_sees_none(db: Database, keys: KeyRing) -> None:
    for tenant_id in (1, 2):
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            keys.found_tenant(session, tenant_id=tenant_id)
    with db.scope(Scope(tenant_id=1)) as session:
        assert set(session.scalars(select(TenantKey.tenant_id))) == {1}
    with db.scope(NOBODY) as session:
        assert session.scalars(select(TenantKey)).all() == []


def test_a_row_for_another_tenant_is_refused(db: Database, keys: KeyRing) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), db.scope(Scope(tenant_id=1)) as session:
        keys.found_tenant(session, tenant_id=2)


def test_only_the_city_scope_writes_reference_tables(db: Database) -> None:
    with db.scope(CITY) as session:
        session.add(City(code="3210", name="扬州市", config={}))
    with pytest.raises(ProgrammingError, match="permission denied"), db.scope(Scope(tenant_id=1)) as session:
        session.add(City(code="4213", name="随州市", config={}))
        session.flush()


def test_within_returns_to_the_scope_before(db: Database, keys: KeyRing) -> None:
    with db.scope(Scope(tenant_id=1)) as session:
        with within(session, tenant_id=2):
            keys.found_tenant(session, tenant_id=2)
        assert session.scalars(select(TenantKey)).all() == []
        assert session.scalar(text("select current_user")) == "xiangtong_app"
