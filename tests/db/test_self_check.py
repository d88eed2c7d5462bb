"""Nobody is served where the row policies would be silent: each way of silencing them is tried."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from xiangtong.kernel.embedded import Cluster
from xiangtong.settings import SettingsError
from xiangtong.tenancy.scope import Database
from xiangtong.tenancy.self_check import Standing, look, objections, refuse_silent_policies

_GOOD = Standing("xiangtong_app", False, False, (), (), False, "")


def _serving_as(cluster: Cluster, database: str, role: str) -> Database:
    return Database(
        app_url=cluster.url(role, database),
        oversight_url=cluster.url("xiangtong_oversight", database),
        relay_url=cluster.url("xiangtong_relay", database),
    )


def _refused(db: Database) -> str:
    try:
        with pytest.raises(SettingsError) as refusal:
            refuse_silent_policies(db)
    finally:
        db.dispose()
    return str(refusal.value)


def test_the_roles_of_production_are_served(db: Database) -> None:
    refuse_silent_policies(db)
    with db.app.connect() as connection:
        assert look(connection) == _GOOD


def test_a_superuser_is_refused(cluster: Cluster, database: str) -> None:
    sentence = _refused(_serving_as(cluster, database, "postgres"))
    assert "postgres 是超级用户" in sentence


def test_the_owner_is_refused(cluster: Cluster, database: str) -> None:
    sentence = _refused(_serving_as(cluster, database, "xiangtong_owner"))
    assert "属于数据库账号 xiangtong_owner" in sentence


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("alter table case_record disable row level security", "case_record 没有行级策略"),
        ("alter table draft no force row level security", "draft 没有行级策略"),
        ("drop policy scope on citizen_case", "citizen_case 没有行级策略"),
        ("create table tomorrow (tenant_id int primary key)", "tomorrow 没有行级策略"),
        ("create table mine (id int); alter table mine owner to xiangtong_app", "mine 属于数据库账号 xiangtong_app"),
    ],
)
def test_a_wall_that_is_down_is_named(cluster: Cluster, database: str, db: Database, damage: str, said: str) -> None:
    with psycopg.connect(cluster.url("postgres", database), autocommit=True) as connection:
        connection.execute(damage.encode())
    assert said in _refused(db)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(_GOOD, bypasses=True), "BYPASSRLS"),
        (replace(_GOOD, superuser=True), "超级用户"),
        (replace(_GOOD, citus=True), "citus.propagate_set_commands"),
        (replace(_GOOD, citus=True, propagated="none"), "citus.propagate_set_commands"),
        (replace(_GOOD, bare=("a", "b", "c", "d")), "a、b、c 等 4 张"),
    ],
)
def test_each_reason_has_its_sentence(changed: Standing, said: str) -> None:
    (sentence,) = objections(changed)
    assert said in sentence


def test_citus_that_propagates_is_served() -> None:
    assert objections(replace(_GOOD, citus=True, propagated="local")) == []
