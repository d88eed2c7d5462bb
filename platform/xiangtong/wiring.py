"""The one place that chooses which real part stands behind which port, and that knows every job by name."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from pathlib import Path

from xiangtong.attachments.opening import open_scanner, open_storage
from xiangtong.attachments.ports import Scanner, Storage
from xiangtong.forms.library import Library
from xiangtong.forms.shelf import Forms, Shelf
from xiangtong.identity.licences import NoLicences
from xiangtong.identity.ports import Licences, SignIn
from xiangtong.kernel import failpoint
from xiangtong.kernel.crypto import derive
from xiangtong.notify.ports import Sms
from xiangtong.push.ports import Transport
from xiangtong.settings import Settings
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

ROOT = Path(__file__).resolve().parents[2]

# Importing these registers their jobs (kernel.jobs.TASKS); the list is written out so that it can be read.
JOB_MODULES = (
    "xiangtong.attachments.jobs",
    "xiangtong.audit.jobs",
    "xiangtong.cases.jobs",
    "xiangtong.drafts.jobs",
    "xiangtong.drafts.survey",
    "xiangtong.push.jobs",
    "xiangtong.province.jobs",
    "xiangtong.identity.jobs",
)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door or a job needs, chosen once at start-up."""

    settings: Settings
    db: Database
    keys: KeyRing
    library: Forms
    storage: Storage
    scanner: Scanner
    transport: Transport
    sign_in: SignIn
    sms: Sms
    licences: Licences = field(default_factory=NoLicences)


def build(settings: Settings) -> Services:
    """The services of a deployment; refuses demo secrets in production."""
    # Whoever wants the folder or the jobs alone does not wait for what speaks HTTP.
    from xiangtong.notify.absent import NoSms
    from xiangtong.notify.demo import DemoSms
    from xiangtong.province.http import HttpTransport
    from xiangtong.province.licences import HttpLicences
    from xiangtong.province.sign_in_oidc import OidcSignIn

    settings.refuse_demo()
    failpoint.arm(settings.failpoint, environment=settings.environment)
    master = derive(settings.master_key.encode(), "xiangtong:master")
    db = database_of(settings)
    transport = HttpTransport.from_settings(settings)
    return Services(
        settings=settings,
        db=db,
        keys=KeyRing(master, "aes" if settings.cipher == "aes" else "sm4"),
        library=Shelf(db, Library.from_folder(ROOT / "form_schemas")),
        storage=open_storage(settings.storage_url, secret=derive(master, "xiangtong:storage")),
        scanner=open_scanner(settings.clamd),
        transport=transport,
        sign_in=OidcSignIn.from_settings(settings),
        sms=NoSms() if settings.production else DemoSms(settings.folder),
        # What a province's licences are called and say differs: production connects its own.
        licences=NoLicences() if settings.production else HttpLicences(transport),
    )


def database_of(settings: Settings) -> Database:
    """The three doors to the rows that settings name; raises SettingsError where they name none."""
    settings.refuse_no_database()
    return Database(
        app_url=settings.database_url,
        oversight_url=settings.oversight_database_url,
        relay_url=settings.relay_database_url,
    )


def register_jobs() -> None:
    """Import every module that registers jobs."""
    for module in JOB_MODULES:
        importlib.import_module(module)
