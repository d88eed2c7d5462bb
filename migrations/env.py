"""Run the migrations as the owner role, one after another, never waiting long for a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from xiangtong.kernel.db import engine
from xiangtong.settings import Settings


def run() -> None:
    """Upgrade online; the address comes from the caller (`attributes`) or from the environment."""
    url = context.config.attributes.get("url") or Settings.from_environment().owner_database_url
    bind = engine(url, pool_size=1)
    with bind.connect() as connection:
        connection.execute(text("set lock_timeout = '3s'"))
        connection.commit()
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    bind.dispose()


run()
