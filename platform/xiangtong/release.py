"""The release command: migrate, permissions, reference data, job schema. Runs once before the new code serves."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError

from xiangtong.forms.library import Library
from xiangtong.forms.versions import release_forms
from xiangtong.kernel import migrate
from xiangtong.kernel.db import engine
from xiangtong.settings import Settings, SettingsError
from xiangtong.tenancy.scope import CITY
from xiangtong.wiring import ROOT, database_of

_OLDEST = 15


def release(settings: Settings) -> None:
    """Bring the database to this release."""
    # It takes the console's framework along, which the demo starts without.
    from xiangtong.doors.console.install import install_console

    settings.refuse_no_database(owner=True)
    refuse_old(_server_version(settings.owner_database_url))
    migrate.upgrade(settings.owner_database_url)
    install_console(settings.owner_database_url)
    db = database_of(settings)
    try:
        with db.scope(CITY) as session:
            release_forms(session, forms=Library.from_folder(ROOT / "form_schemas").forms.values())
    finally:
        db.dispose()


def refuse_old(version: int) -> None:
    """Raise SettingsError for a PostgreSQL whose views would not ask the row policies (before 15)."""
    if version < _OLDEST:
        raise SettingsError(f"PostgreSQL {version} 太旧了，要用 {_OLDEST} 或更新的版本")


def _server_version(owner_url: str) -> int:
    server = engine(owner_url)
    try:
        with server.connect() as connection:
            return int((connection.dialect.server_version_info or (0,))[0])
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise SettingsError(f"连不上 XIANGTONG_OWNER_DATABASE_URL 写的数据库：{reason}") from None
    finally:
        server.dispose()
