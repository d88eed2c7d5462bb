"""事项导入: a sheet of service items becomes items of the library, and what every township of a city offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.channels import founding
from xiangtong.documents import library
from xiangtong.documents.models import LibraryVersion
from xiangtong.documents.overlay import digest
from xiangtong.forms.models import FormVersion
from xiangtong.items import offer, sheet
from xiangtong.items.catalogue import CatalogueItem, read_catalogue
from xiangtong.kernel.errors import Problem, Problems, Refusal
from xiangtong.tenancy.city_file import FILE, read_city
from xiangtong.tenancy.folder import Folder, PathFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City
from xiangtong.tenancy.scope import CITY, NOBODY, Database


@dataclass(frozen=True, slots=True)
class Imported:
    """What a sheet comes to: names of items that are new, changed, and as they stood; townships that get the new ones.

    A changed item changes in the library; a township that stands on its older text keeps that until it moves on.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    townships: int
    dry_run: bool

    @property
    def changes_nothing(self) -> bool:
        """Whether everything stands already."""
        return not (self.added or self.changed)


def import_items(db: Database, keys: KeyRing, data: bytes, *, folder: Folder, dry_run: bool = False) -> Imported:
    """Take in a sheet of items (xlsx or CSV) for the city that `folder` describes; a dry run writes nothing.

    Raises sheets.SheetUnreadable, and Problems or BadFiles with everything that is wrong: then nothing was changed.
    Doing it again changes nothing.
    """
    lines = sheet.read(data)
    items = [item for _, item in lines]
    report = founding.provision_city(db, keys, folder, dry_run=True)  # A city whose files are bad gets no new items.
    with db.scope(CITY) as session:
        standing = {one.key: one for one in library.newest_of_each(session) if one.kind == offer.KIND}
        problems = list(_clashes(lines, standing, _forms(session)))
        if problems:
            raise Problems(problems, f"表格里有 {len(problems)} 处要改，改好后重新上传。这次没有改动任何事项")
        for item in () if dry_run else items:
            library.publish_to_library(session, kind=offer.KIND, key=item.key, body=item.guide)
    if not dry_run:
        founding.provision_city(db, keys, folder)
    return _imported(items, standing, report.counts.get("township", 0), dry_run=dry_run)


def only_city(db: Database) -> Path:
    """The folder of the one city of this deployment; raises Refusal where there is none, or more."""
    with db.scope(NOBODY) as session:
        codes = set(session.scalars(select(City.code)))
    folders = [path.parent for path in sorted((founding.ROOT / "tenants").glob(f"*/{FILE}"))]
    found = [path for path in folders if (city := read_city(PathFolder(path), [])) and city.prefix in codes]
    if len(found) != 1:
        raise Refusal("请用 --city 指明是哪个城市的文件夹", "Say with --city which city's folder it is")
    return found[0]


def _imported(
    items: Sequence[CatalogueItem], standing: Mapping[str, LibraryVersion], townships: int, *, dry_run: bool
) -> Imported:
    hashes = {key: one.hash for key, one in standing.items()}
    sorts: dict[str, list[str]] = {"added": [], "changed": [], "same": []}
    for item in items:
        known = hashes.get(item.key)
        sorts["added" if known is None else "same" if known == digest(item.guide) else "changed"].append(item["name"])
    added, changed, same = (tuple(names) for names in sorts.values())
    return Imported(added, changed, same, townships, dry_run)


def _forms(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(FormVersion.code).where(FormVersion.state == "live")))


def _clashes(
    lines: Sequence[tuple[int, CatalogueItem]], standing: Mapping[str, LibraryVersion], forms: frozenset[str]
) -> Iterator[Problem]:
    base = {item.key for item in read_catalogue(founding.ROOT / "tenants" / "_catalogue" / "items.toml")}
    others = [one for one in standing.values() if one.key not in {item.key for _, item in lines}]
    for line, item in lines:
        if item.key in base:
            yield Problem(sheet.at(line, "key"), "这件事在基础目录里，随软件更新，不能用表格改")
        if item["form"] and item["form"] not in forms:
            yield Problem(sheet.at(line, "form"), "没有这张申请表，请看“申请表”里的代号；没有表的事项就空着")
        for member, what in (("basic_code", "编码"), ("form", "申请表")):
            owner = next((one for one in others if item[member] and one.body.get(member) == item[member]), None)
            if owner is not None and item.key not in base:
                yield Problem(sheet.at(line, member), f"这个{what}已经是“{owner.body['name']}”在用")
