"""The library: versions that the city publishes, and the pins by which townships stand on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from xiangtong.documents.models import LibraryVersion, Pin
from xiangtong.documents.overlay import Composer, digest
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy import bulk

_COMPOSER = Composer()
# (tenant_id, kind, key) of pins that stand.
Pinned = frozenset[tuple[int, str, str]]
# A pin that somebody made in the meantime stays as it is.
PINNING = bulk.inserting(Pin, ("tenant_id", "kind", "key", "version", "hash"), replacing=())


@dataclass(frozen=True, slots=True)
class Successor:
    """The newest library version beside what a tenant stands on: both as citizens would see them, overlay included."""

    version: int
    now: Mapping[str, Any]
    then: Mapping[str, Any]


def publish_to_library(session: Session, *, kind: str, key: str, body: Mapping[str, Any]) -> LibraryVersion:
    """The newest version of a library document; a new one when `body` differs from it (in scope `city`)."""
    newest = latest(session, kind=kind, key=key)
    content = digest(body)
    if newest is not None and newest.hash == content:
        return newest
    number = newest.version + 1 if newest else 1
    version = LibraryVersion(kind=kind, key=key, version=number, hash=content, body=dict(body))
    session.add(version)
    session.flush()
    return version


def latest(session: Session, *, kind: str, key: str) -> LibraryVersion | None:
    """The newest version of a library document."""
    versions = select(LibraryVersion).where(LibraryVersion.kind == kind, LibraryVersion.key == key)
    return session.scalars(versions.order_by(LibraryVersion.version.desc()).limit(1)).first()


def newest_of_each(session: Session) -> list[LibraryVersion]:
    """The newest version of every library document, by kind and key. The library is small."""
    ordered = select(LibraryVersion).order_by(LibraryVersion.kind, LibraryVersion.key, LibraryVersion.version)
    return list({(version.kind, version.key): version for version in session.scalars(ordered)}.values())


def pinned(session: Session) -> Pinned:
    """The pins of every tenant that `session` (of the oversight role) may read."""
    return frozenset(
        (row.tenant_id, row.kind, row.key) for row in session.execute(select(Pin.tenant_id, Pin.kind, Pin.key))
    )


def missing_pins(present: Pinned, *, tenant_id: int, versions: Iterable[LibraryVersion]) -> list[dict[str, Any]]:
    """The rows that pin a township to each version of whose kind and key it has no pin yet."""
    return [
        {"tenant_id": tenant_id, "kind": item.kind, "key": item.key, "version": item.version, "hash": item.hash}
        for item in versions
        if (tenant_id, item.kind, item.key) not in present
    ]


def move_pin(session: Session, *, tenant_id: int, kind: str, key: str, version: int) -> Pin:
    """Stand on another library version; the overlay stays. Raises NotFound."""
    target = session.get(LibraryVersion, (kind, key, version))
    pin = session.get(Pin, (tenant_id, kind, key))
    if target is None or pin is None:
        raise NotFound
    pin.version, pin.hash = target.version, target.hash
    session.flush()
    return pin


def behind(session: Session, *, tenant_id: int, kind: str) -> frozenset[str]:
    """The keys of a tenant's pins of one kind whose text is not the library's newest."""
    newest = (
        select(LibraryVersion.key, LibraryVersion.hash)
        .where(LibraryVersion.kind == kind)
        .ext(distinct_on(LibraryVersion.key))
        .order_by(LibraryVersion.key, LibraryVersion.version.desc())
        .subquery()
    )
    mine = select(Pin.key).join(newest, newest.c.key == Pin.key)
    return frozenset(
        session.scalars(mine.where(Pin.tenant_id == tenant_id, Pin.kind == kind, Pin.hash != newest.c.hash))
    )


def successor(session: Session, *, tenant_id: int, kind: str, key: str) -> Successor | None:
    """What moving the pin to the newest text would come to; None where it stands there. Raises NotFound."""
    pin = session.get(Pin, (tenant_id, kind, key))
    newest = latest(session, kind=kind, key=key)
    if pin is None or newest is None:
        raise NotFound
    if pin.hash == newest.hash:
        return None
    now = composed(session, tenant_id=tenant_id, kind=kind, key=key)
    return Successor(newest.version, now, _COMPOSER.compose(newest.body, newest.hash, pin.overlay))


def choose(session: Session, *, tenant_id: int, kind: str, key: str, overlay: Mapping[str, Any]) -> Pin:
    """Replace the township's own choices over what it is pinned to. Raises NotFound."""
    pin = session.get(Pin, (tenant_id, kind, key))
    if pin is None:
        raise NotFound
    pin.overlay = dict(overlay)
    session.flush()
    return pin


def composed(session: Session, *, tenant_id: int, kind: str, key: str) -> Mapping[str, Any]:
    """Pin + overlay: the document as citizens see it, one query. Raises NotFound."""
    joined = select(Pin, LibraryVersion).join(
        LibraryVersion,
        (LibraryVersion.kind == Pin.kind) & (LibraryVersion.key == Pin.key) & (LibraryVersion.version == Pin.version),
    )
    row = session.execute(joined.where(Pin.tenant_id == tenant_id, Pin.kind == kind, Pin.key == key)).first()
    if row is None:
        raise NotFound
    pin, version = row
    return _COMPOSER.compose(version.body, version.hash, pin.overlay)
