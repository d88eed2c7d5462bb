"""The release command: migrate, permissions, reference data, job schema. Runs once before the new code serves."""

from __future__ import annotations

from xiangtong.forms.library import Library
from xiangtong.forms.versions import release_forms
from xiangtong.kernel import migrate
from xiangtong.settings import Settings
from xiangtong.tenancy.scope import CITY
from xiangtong.wiring import ROOT, database_of


def release(settings: Settings) -> None:
    """Bring the database to this release."""
    from xiangtong.doors.console.install import install_console

    settings.refuse_no_database(owner=True)
    migrate.upgrade(settings.owner_database_url)
    install_console(settings.owner_database_url)
    db = database_of(settings)
    try:
        with db.scope(CITY) as session:
            release_forms(session, forms=Library.from_folder(ROOT / "form_schemas").forms.values())
    finally:
        db.dispose()
