"""Migrations: they make what the models say, and can be taken back and forth."""

from __future__ import annotations

import importlib
import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from xiangtong.kernel import migrate
from xiangtong.kernel.db import Base, engine
from xiangtong.kernel.embedded import Cluster

_AREAS = (
    "tenancy.models", "tenancy.uploads", "audit.models", "identity.models", "identity.machines",
    "attachments.models", "documents.models",
    "search.models", "ledger.models", "items.models", "forms.models", "drafts.models",
    "drafts.unsent", "drafts.returning", "cases.models", "cases.machine_filing", "push.models",
)  # fmt: skip
# Made by migrations on purpose and known to no model: indexes for finding divisions, the accounts' and the jobs' tables.
_UNKNOWN_TO_MODELS = re.compile(r"\b(ab_|procrastinate_|ix_division_)")


def test_the_migrations_make_what_the_models_say(cluster: Cluster, database: str) -> None:
    for area in _AREAS:
        importlib.import_module(f"xiangtong.{area}")
    bind = engine(cluster.url("xiangtong_owner", database), pool_size=1)
    with bind.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        found = [
            str(one) for one in compare_metadata(context, Base.metadata) if not _UNKNOWN_TO_MODELS.search(str(one))
        ]
    bind.dispose()
    assert found == [], "the models changed: write a migration (and its sql/ file)"


@pytest.fixture
def empty(cluster: Cluster) -> str:
    """A database with nothing in it."""
    cluster.create_database("xt_empty")
    return "xt_empty"


def test_up_down_and_up_again(cluster: Cluster, empty: str) -> None:
    address = cluster.url("xiangtong_owner", empty)
    migrate.upgrade(address)
    migrate.downgrade(address, "base")
    bind = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with bind.connect() as connection:
        left = connection.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars().all()
    bind.dispose()
    assert set(left) <= {"alembic_version"}
    migrate.upgrade(address)
    cluster.drop_database(empty)
