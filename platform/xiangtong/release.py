"""The release command: migrate, permissions, reference data, job schema. Runs once before the new code serves."""

from __future__ import annotations

from xiangtong.kernel import migrate
from xiangtong.settings import Settings


def release(settings: Settings) -> None:
    """Bring the database to this release."""
    from xiangtong.doors.console.install import install_console

    migrate.upgrade(settings.owner_database_url)
    install_console(settings.owner_database_url)
