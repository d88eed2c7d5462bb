"""The services of a web test: real rows, files in a folder, no province unless one is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xiangtong.attachments import LocalStorage, open_scanner
from xiangtong.forms.library import Library
from xiangtong.forms.shelf import Shelf
from xiangtong.forms.versions import release_forms
from xiangtong.notify.demo import DemoSms
from xiangtong.province.http import HttpTransport
from xiangtong.province.sign_in_oidc import OidcSignIn
from xiangtong.settings import Settings
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import CITY, Database
from xiangtong.wiring import ROOT, Services


@cache
def library() -> Library:
    """The forms of this repository, read once a process."""
    return Library.from_folder(ROOT / "form_schemas")


def make_services(db: Database, keys: KeyRing, folder: Path, *, shelved: str = "", **settings: str) -> Services:
    """Services over `db`; `settings` are those that matter to the test.

    Forms come from the folder; with `shelved` the forms of these codes (separated by spaces) are released into the
    rows and served from there.
    """
    fixed = {"environment": "test", "secret_key": "secret-key-for-tests", "base_url": "http://localhost"}
    chosen = Settings(**(fixed | settings))  # type: ignore[arg-type]
    return Services(
        settings=chosen,
        db=db,
        keys=keys,
        library=_shelf(db, shelved.split()) if shelved else library(),
        storage=LocalStorage(folder / "files", secret=b"secret-for-tests"),
        scanner=open_scanner(""),
        transport=HttpTransport.from_settings(chosen),
        sign_in=OidcSignIn.from_settings(chosen),
        sms=DemoSms(folder),
    )


def _shelf(db: Database, codes: list[str]) -> Shelf:
    with db.scope(CITY) as session:
        release_forms(session, forms=[library().form(code) for code in codes])
    return Shelf(db, library())
