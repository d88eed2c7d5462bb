"""Founding: what every township has from its first day, as pins on the library and never as copies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from xiangtong.channels import kits
from xiangtong.documents import library
from xiangtong.items import offer
from xiangtong.items.catalogue import read_catalogue
from xiangtong.items.models import Item
from xiangtong.kernel.db import ScopedSession
from xiangtong.search import entries
from xiangtong.search.entries import Entry
from xiangtong.tenancy.folder import Folder, PathFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Division, Tenant
from xiangtong.tenancy.provision import Founder, Report, provision
from xiangtong.tenancy.scope import CITY, NOBODY, Database

ROOT = Path(__file__).resolve().parents[3]


def publish_library(db: Database, root: Path = ROOT) -> None:
    """Bring the library to what the repository's folders hold: kits and the base catalogue. Idempotent."""
    with db.scope(CITY) as session:
        for key, kit in kits.read_kits(root / "channel_templates").items():
            library.publish_to_library(session, kind=kits.KIND, key=key, body=kit)
        for item in read_catalogue(root / "tenants" / "_catalogue" / "items.toml"):
            library.publish_to_library(session, kind=offer.KIND, key=item.key, body=item.guide)


def provision_city(db: Database, keys: KeyRing, folder: Folder, *, dry_run: bool = False) -> Report:
    """Provision a city and found each of its townships; a dry run writes nothing. Raises BadFiles."""
    if dry_run:
        return provision(db, keys, folder, dry_run=True)
    publish_library(db)
    return provision(db, keys, folder, founders=[_founder(db)])


def provision_path(db: Database, keys: KeyRing, path: Path, *, dry_run: bool = False) -> Report:
    """`provision_city` from a folder on disk."""
    return provision_city(db, keys, PathFolder(path), dry_run=dry_run)


def _founder(db: Database) -> Founder:
    """The founder, with the library read once for all townships."""
    with db.scope(NOBODY) as session:
        versions = library.newest_of_each(session)
    catalogue = [version for version in versions if version.kind == offer.KIND]
    by_kit = {version.key: version for version in versions if version.kind == kits.KIND}

    def found(session: ScopedSession, tenant: Tenant) -> None:
        kit = by_kit.get(tenant.kit)
        library.pin_missing(session, tenant_id=tenant.id, versions=[kit] if kit else [])
        items = offer.lay_down(
            session, tenant_id=tenant.id, division_code=tenant.division_code, name=tenant.name, versions=catalogue
        )
        words = {version.key: str(version.body.get("words", "")) for version in catalogue}
        _make_findable(session, tenant, items, words)

    return found


def _make_findable(session: ScopedSession, tenant: Tenant, items: Sequence[Item], words: dict[str, str]) -> None:
    home = f"/{tenant.code}"
    found = [
        Entry("item", item.key, item.name, f"{home}/items/{item.item_code or item.key}", words.get(item.key, ""))
        for item in items
    ]
    villages = select(Division).where(
        Division.parent_code == tenant.division_code, Division.level == "village", Division.valid_to.is_(None)
    )
    found += [
        Entry(
            "village",
            village.code,
            village.short_name,
            f"{home}/v/{village.code}/",
            village.name,
            spoken=(village.pinyin, village.initials),
        )
        for village in session.scalars(villages)
    ]
    entries.put(session, tenant_id=tenant.id, entries=found)
