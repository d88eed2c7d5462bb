"""From the first byte to a clean file. Every verb is short, and no transaction is open while bytes travel.

With script:    `begin` (a row and an address) → the browser posts to the store → `settle` (look at it) → `finish`.
Without script: `receive` looks at bytes that came through us and puts them in their place → `finish`.
A process killed between any two of these leaves a row `quarantined` (settled by a job) or a stray object (purged).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiangtong.attachments.kinds import PHOTOS, Examined, Rules, Unfit, check_size, check_type, examine
from xiangtong.attachments.models import Attachment
from xiangtong.attachments.ports import Missing, Scan, Scanner, Storage
from xiangtong.kernel import clock, jobs
from xiangtong.kernel.errors import Conflict
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import OpenKey

VERIFY = "attachments.verify"
QUARANTINE, CLEAN = "quarantine", "clean"
# An upload that its page never confirmed is looked at after this long: until then its address holds.
_PATIENCE = timedelta(minutes=12)
# One whose bytes are with us waits for the scanner alone, and a citizen waits for it.
_SOON = timedelta(minutes=3)
_NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that was announced: everything needed to look at it without a transaction."""

    tenant_id: int
    id: UUID
    object_key: str
    media_type: str
    size: int
    sha256: str | None

    @property
    def announced(self) -> Rules:
        """What may come: this size, and this type or another kind of photo (phones call them all JPEG)."""
        alike = PHOTOS if self.media_type in PHOTOS else frozenset({self.media_type})
        return Rules(max_bytes=self.size, media_types=alike)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking at a file came to: refused, or `examined` and, unless the scanner failed, `kept`."""

    scan: Scan
    examined: Examined | None = None
    refusal: Unfit | None = None

    @property
    def kept(self) -> bool:
        """Sealed and in its place; False for a file that is looked at again later."""
        return self.examined is not None and self.scan.state != "error"


def begin(
    session: Session,
    *,
    key: OpenKey,
    tenant_id: int,
    owner_id: UUID,
    question: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    rules: Rules,
    material_code: str = "",
) -> Pending:
    """Announce one file of the draft `owner_id` and defer a look at it; raises Unfit.

    `media_type`, `size` and `sha256` are the browser's word: they decide what the address admits, and are checked again
    later. The checksum is a must: the address holds for minutes, and what was looked at must not become other bytes.
    """
    if not sha256:
        raise Unfit.of("FILE_UNSURE")
    check_size(size, rules)
    check_type(media_type, rules)
    row = _announce(session, key, _Told(tenant_id, owner_id, question, material_code, name, rules))
    row.media_type, row.size, row.claimed_sha256 = media_type, size, sha256
    return _added(session, row, _PATIENCE)


def pending(row: Attachment) -> Pending:
    """What `settle` needs of a row."""
    return Pending(row.tenant_id, row.id, row.object_key, row.media_type, row.size, row.claimed_sha256)


def settle(storage: Storage, scanner: Scanner, *, key: OpenKey, file: Pending) -> Verdict | None:
    """Look at a file in quarantine; a good one is sealed and put in its place. None: its bytes have not come yet.

    May run twice for one file: the second time finds the same bytes and puts the same object again.
    """
    try:
        data = storage.get(f"{QUARANTINE}/{file.object_key}")
    except Missing:
        return None
    try:
        examined = examine(data, rules=file.announced, sha256=file.sha256, size=file.size)
    except Unfit as refusal:
        return Verdict(Scan("not_scanned"), refusal=refusal)
    return _keep(storage, scanner, key=key, file=file, examined=examined)


def receive(
    session: Session,
    *,
    key: OpenKey,
    tenant_id: int,
    owner_id: UUID,
    question: str,
    name: str,
    examined: Examined,
    rules: Rules,
    material_code: str = "",
    identity: UUID | None = None,
) -> Pending:
    """Announce a file whose bytes are with us and were examined; follow with `settle_here`.

    `identity` is the file's id where the page gave it a name of its own, so that it is there once though sent twice.
    """
    row = _announce(session, key, _Told(tenant_id, owner_id, question, material_code, name, rules), identity)
    row.media_type, row.size = examined.media_type, len(examined.data)
    return _added(session, row, _SOON)


def settle_here(storage: Storage, scanner: Scanner, *, key: OpenKey, file: Pending, examined: Examined) -> Verdict:
    """As `settle`, for bytes that came through us; they go into quarantine only when the scanner fails."""
    verdict = _keep(storage, scanner, key=key, file=file, examined=examined)
    if verdict.scan.state == "error":
        storage.put(f"{QUARANTINE}/{file.object_key}", examined.data)
    return verdict


def finish(session: Session, *, file: Pending, verdict: Verdict) -> Attachment:
    """Write the verdict into the row. A file that was taken back or settled meanwhile stays as it is."""
    row = session.scalars(
        select(Attachment)
        .where(Attachment.tenant_id == file.tenant_id, Attachment.id == file.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.state == "quarantined":
        _write(row, verdict)
        session.flush()
    return row


def tidy(storage: Storage, *, file: Pending, verdict: Verdict) -> None:
    """After the commit: a file that was settled need not lie in quarantine any longer."""
    if verdict.kept or verdict.refusal:
        storage.delete(f"{QUARANTINE}/{file.object_key}")


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a file before its bytes."""

    tenant_id: int
    owner_id: UUID
    question: str
    material_code: str
    name: str
    rules: Rules


def _announce(session: Session, key: OpenKey, told: _Told, identity: UUID | None = None) -> Attachment:
    _check_count(session, told)
    identity = identity or new_id()
    return Attachment(
        tenant_id=told.tenant_id,
        id=identity,
        owner_id=told.owner_id,
        question=told.question,
        material_code=told.material_code,
        sealed_name=key.seal(_plain_name(told.name).encode(), context=name_context(identity)),
        state="quarantined",
        scan_state="not_scanned",
        data_key_id=key.id,
        object_key=f"t/{told.tenant_id}/{clock.today():%Y/%m}/{identity}",
        created_at=clock.now(),
    )


def _added(session: Session, row: Attachment, after: timedelta) -> Pending:
    session.add(row)
    session.flush()
    defer_look(session, tenant_id=row.tenant_id, attachment_id=row.id, after=after)
    return pending(row)


def defer_look(session: Session, *, tenant_id: int, attachment_id: UUID, after: timedelta = _SOON) -> None:
    """Look at a file a while from now, in case nobody does before."""
    at, identity = clock.now() + after, str(attachment_id)
    jobs.defer(session, VERIFY, lock=identity, at=at, tenant_id=tenant_id, attachment_id=identity)


def _check_count(session: Session, told: _Told) -> None:
    present = session.scalar(
        select(func.count()).where(
            Attachment.tenant_id == told.tenant_id,
            Attachment.owner_id == told.owner_id,
            Attachment.question == told.question,
            Attachment.state.in_(("quarantined", "clean")),
        )
    )
    if (present or 0) >= told.rules.max_files:
        raise Conflict(
            f"这里最多传 {told.rules.max_files} 个文件，已经够了。要换的话请先删掉一个",
            f"No more than {told.rules.max_files} files here",
            code="FILE_COUNT",
        )


def _keep(storage: Storage, scanner: Scanner, *, key: OpenKey, file: Pending, examined: Examined) -> Verdict:
    scan = scanner.scan(examined.data)
    if scan.state == "infected":
        return Verdict(scan, refusal=Unfit.of("FILE_TOO_INVOLVED" if scan.gave_up else "FILE_INFECTED"))
    verdict = Verdict(scan, examined=examined)
    if verdict.kept:
        sealed = key.seal(examined.data, context=bytes_context(file.id))
        storage.put(f"{CLEAN}/{file.object_key}", sealed)
    return verdict


def _write(row: Attachment, verdict: Verdict) -> None:
    row.scan_state = verdict.scan.state
    if verdict.refusal:
        row.state, row.refusal = "refused", verdict.refusal.code
    elif verdict.examined and verdict.kept:
        row.state, row.sm3 = "clean", verdict.examined.sm3
        row.media_type, row.size = verdict.examined.media_type, len(verdict.examined.data)
    if row.state != "quarantined":
        row.settled_at = clock.now()


def _plain_name(name: str) -> str:
    """The last part of a path, without control characters, of a length a list can show; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(char for char in last if char.isprintable()).strip(" .")
    return plain[-_NAME_LIMIT:] or "照片"


def name_context(identity: UUID) -> str:
    """Where a file's name is sealed."""
    return f"attachment:{identity}:name"


def bytes_context(identity: UUID) -> str:
    """Where a file's bytes are sealed."""
    return f"attachment:{identity}:bytes"
