"""What tests of files share: pictures, the two stores, services for the jobs, a browser's post."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from PIL import Image

from xiangtong import attachments
from xiangtong.attachments import LocalStorage, Offer, Pending, Rules, Scan, Scanner, Storage
from xiangtong.attachments.jobs import settle as settle_and_finish
from xiangtong.attachments.models import Attachment
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing, OpenKey
from xiangtong.tenancy.scope import Database, Scope


def jpeg(shade: int = 0, size: tuple[int, int] = (48, 32)) -> bytes:
    """A small picture; another shade is another picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 40, 90)).save(out, "JPEG")
    return out.getvalue()


# The harmless test file that every scanner knows, in two halves so that none takes this file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def with_comment(photo: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment: still the same picture."""
    return photo[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + photo[2:]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class FixedScanner:
    """Says what it is told to say, and remembers how often it was asked."""

    answer: Scan = field(default_factory=lambda: Scan("clean"))
    asked: int = 0

    def scan(self, data: bytes) -> Scan:
        self.asked += 1
        return self.answer


@dataclass
class Desk:
    """A draft of one township, its key, and everything that files need."""

    db: Database
    keys: KeyRing
    storage: Storage
    scanner: Scanner = field(default_factory=FixedScanner)
    tenant_id: int = 1
    owner_id: UUID = field(default_factory=new_id)
    key: OpenKey = field(init=False)

    def __post_init__(self) -> None:
        with self.scope() as session:
            self.key = self.keys.create(session, tenant_id=self.tenant_id)

    def scope(self):  # type: ignore[no-untyped-def]
        return self.db.scope(Scope(tenant_id=self.tenant_id))

    def begin(self, data: bytes, *, name: str = "房子.jpg", **changes: object) -> tuple[Pending, Offer]:
        """Announce `data`; the address a browser gets."""
        told = {"media_type": "image/jpeg", "size": len(data), "sha256": sha256(data), "rules": Rules()} | changes
        with self.scope() as session:
            pending = attachments.begin(
                session,
                key=self.key,
                tenant_id=self.tenant_id,
                owner_id=self.owner_id,
                question="/house_photos",
                material_code="M01",
                name=name,
                **told,  # type: ignore[arg-type]
            )
        key = f"{attachments.QUARANTINE}/{pending.object_key}"
        return pending, self.storage.offer(key, media_type=pending.media_type, size=pending.size, sha256=pending.sha256)

    def settle(self, pending: Pending) -> Attachment | None:
        return settle_and_finish(self, file=pending, key=self.key)

    def upload(self, data: bytes, **changes: object) -> Attachment:
        """All of it, as a browser does."""
        pending, offer = self.begin(data, **changes)
        assert post(self.storage, offer, data) < 300
        row = self.settle(pending)
        assert row is not None
        return row

    def listed(self) -> list[attachments.Stored]:
        with self.scope() as session:
            return attachments.of_owner(session, key=self.key, tenant_id=self.tenant_id, owner_id=self.owner_id)

    def objects(self) -> set[str]:
        """The areas in which this township has objects, one entry an object."""
        return {stat.key for stat in self.storage.list("") if f"/t/{self.tenant_id}/" in stat.key}


def post(storage: Storage, offer: Offer, data: bytes, changes: Mapping[str, str] | None = None) -> int:
    """What a browser does with an offer; the status it gets."""
    fields = offer.fields | dict(changes or {})
    if isinstance(storage, LocalStorage):
        try:
            storage.accept(fields, data)
        except attachments.OfferRefused as refusal:
            return refusal.status
        return 204
    return httpx.post(offer.url, data=fields, files={"file": ("blob", data)}, timeout=20).status_code
