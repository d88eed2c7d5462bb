"""Run the numbered migrations from code: the release command and the tests use this one way."""

from __future__ import annotations

from pathlib import Path

from alembic import command, op
from alembic.config import Config

_ROOT = Path(__file__).resolve().parents[3]


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database at `owner_url` to `revision`."""
    command.upgrade(_config(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Take the database back to `revision` (tests only; production rolls forward)."""
    command.downgrade(_config(owner_url), revision)


def create_tables(revision: str) -> None:
    """Run `migrations/sql/<revision>.sql`: the tables as they were on the day of that migration, whatever models say now."""
    text = (_ROOT / "migrations" / "sql" / f"{revision}.sql").read_text()
    for statement in text.split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def drop_tables(*names: str) -> None:
    """Drop tables in the order given."""
    for name in names:
        op.drop_table(name)


def _config(owner_url: str) -> Config:
    config = Config(str(_ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.attributes["url"] = owner_url
    return config
