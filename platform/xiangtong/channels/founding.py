"""Founding: what every township has from its first day, as pins on the library and never as copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiangtong.channels import kits
from xiangtong.documents import library
from xiangtong.documents.models import LibraryVersion
from xiangtong.items import offer
from xiangtong.items.catalogue import read_catalogue
from xiangtong.search import entries
from xiangtong.search.entries import Entry
from xiangtong.tenancy import bulk
from xiangtong.tenancy.bulk import Batch
from xiangtong.tenancy.folder import Folder, PathFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.provision import Founder, Report, Township, provision
from xiangtong.tenancy.scope import CITY, NOBODY, Database

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What the library offers: the kits, the items, and under which other words an item is found."""

    kits: Mapping[str, LibraryVersion]
    items: Sequence[LibraryVersion]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the townships of a city have already, read once for all of them."""

    pins: library.Pinned
    items: offer.Offers
    entries: entries.Findable


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
    shelf = _Shelf(
        {version.key: version for version in versions if version.kind == kits.KIND},
        catalogue,
        {version.key: str(version.body.get("words", "")) for version in catalogue},
    )

    def found(prefix: str, townships: Sequence[Township]) -> Mapping[int, Batch]:
        standing = _survey(db, prefix)
        batches = {township.id: _missing(township, shelf, standing) for township in townships}
        return {tenant_id: batch for tenant_id, batch in batches.items() if batch}

    return found


def _survey(db: Database, prefix: str) -> _Standing:
    with db.oversight(prefix) as eyes:
        pins, items = library.pinned(eyes), offer.offers(eyes)
    with db.scope(NOBODY) as session:
        return _Standing(pins, items, entries.findable(session, city_code=prefix, kinds=("item", "village")))


def _missing(township: Township, shelf: _Shelf, standing: _Standing) -> Batch:
    """The rows that a township still needs; none where it has everything."""
    kit, batch = shelf.kits.get(township.plan.kit), Batch()
    versions = [*([kit] if kit else []), *shelf.items]
    bulk.add(batch, library.PINNING, library.missing_pins(standing.pins, tenant_id=township.id, versions=versions))
    laid_down = offer.lay_down(
        standing.items, tenant_id=township.id, name=township.plan.name, unit=township.unit, versions=shelf.items
    )
    bulk.add(batch, offer.OFFERING, laid_down.rows)
    wanted = [*_items(township, laid_down.offers, shelf.words), *_villages(township)]
    there = standing.entries.get(township.id, {})
    bulk.add(batch, entries.PUTTING, entries.differing(there, tenant_id=township.id, entries=wanted))
    bulk.add(batch, entries.TAKING_OUT, entries.gone(there, tenant_id=township.id, entries=wanted, kind="village"))
    return batch


def _items(township: Township, offers: Sequence[offer.Offer], words: Mapping[str, str]) -> Iterator[Entry]:
    for each in offers:
        yield offer.entry(township.plan.code, each, words.get(each.key, ""))


def _villages(township: Township) -> Iterator[Entry]:
    for village in township.villages:
        spoken = (village.pinyin, village.initials)
        address = f"/{township.plan.code}/v/{village.code}/"
        yield Entry("village", village.code, village.short_name, address, village.name, spoken=spoken)
