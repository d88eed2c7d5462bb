"""Files that are there: list them, read them, claim them for a case, take them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, TextClause, Update, Uuid, bindparam, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from xiangtong.attachments.models import Attachment
from xiangtong.attachments.ports import Storage
from xiangtong.attachments.uploads import CLEAN, bytes_context, name_context
from xiangtong.kernel import crypto
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.tenancy.keys import OpenKey

_SHOWN = ("quarantined", "clean", "refused", "claimed")
_GONE = "没有找到这个文件，可能已经删掉了"


class NotReady(Conflict):
    """A file that should be claimed is still being looked at, was refused, or is gone."""

    code = "FILE_NOT_READY"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as pages show it. `size` in bytes, `sm3` in hex; `ready` when a case may claim it."""

    id: UUID
    question: str
    material_code: str
    name: str
    media_type: str
    size: int
    sm3: str | None
    state: str
    scan_state: str
    refusal: str | None
    object_key: str
    data_key_id: UUID

    @property
    def ready(self) -> bool:
        """Looked at and kept."""
        return self.state in ("clean", "claimed")

    def answer(self) -> dict[str, str | int]:
        """The file as it stands in the answers (`urn:xiangtong:common:attachment`); `digest` is SM3 in hex."""
        return {
            "id": str(self.id),
            "name": self.name,
            "size": self.size,
            "media_type": self.media_type,
            "digest": self.sm3 or "",
        }


Claimed = Stored


def of_owner(session: Session, *, key: OpenKey, tenant_id: int, owner_id: UUID) -> list[Stored]:
    """Every file of a draft that its page shows, oldest first."""
    return _listed(session, key, tenant_id, Attachment.owner_id == owner_id)


def of_case(session: Session, *, key: OpenKey, tenant_id: int, case_id: UUID) -> list[Stored]:
    """Every file of a case, oldest first."""
    return _listed(session, key, tenant_id, Attachment.case_id == case_id)


def find(session: Session, *, tenant_id: int, attachment_id: UUID, owner_id: UUID | None = None) -> Attachment:
    """One row, of this draft when `owner_id` is given; raises NotFound."""
    row = session.scalar(
        select(Attachment).where(
            Attachment.tenant_id == tenant_id,
            Attachment.id == attachment_id,
            Attachment.state.in_(_SHOWN),
            *([Attachment.owner_id == owner_id] if owner_id else []),
        )
    )
    if row is None:
        raise NotFound(_GONE, "There is no such file")
    return row


# What `reopen` reads.
_STORED: Sequence[Any] = (
    Attachment.id, Attachment.question, Attachment.material_code, Attachment.sealed_name, Attachment.media_type,
    Attachment.size, Attachment.sm3, Attachment.state, Attachment.scan_state, Attachment.refusal,
    Attachment.object_key, Attachment.data_key_id,
)  # fmt: skip


def reopen(row: Attachment | Row[Any], *, key: OpenKey) -> Stored:
    """The row with its name in the clear."""
    name = key.unseal(row.sealed_name, context=name_context(row.id)).decode()
    return Stored(
        id=row.id,
        question=row.question,
        material_code=row.material_code,
        name=name,
        media_type=row.media_type,
        size=row.size,
        sm3=row.sm3,
        state=row.state,
        scan_state=row.scan_state,
        refusal=row.refusal,
        object_key=row.object_key,
        data_key_id=row.data_key_id,
    )


def read(storage: Storage, *, key: OpenKey, file: Stored | Attachment) -> bytes:
    """The bytes of a clean or claimed file. Raises ports.Missing, crypto.SealBroken or, for another digest, ValueError.

    Reads from the store: call it when no transaction is open, or when one may well wait.
    """
    sealed = storage.get(f"{CLEAN}/{file.object_key}")
    data = key.unseal(sealed, context=bytes_context(file.id))
    if crypto.sm3_hex(data) != file.sm3:
        raise ValueError(f"attachment {file.id} does not have its digest")
    return data


def claim(
    session: Session, *, key: OpenKey, tenant_id: int, owner_id: UUID, case_id: UUID, ids: Iterable[UUID]
) -> list[Claimed]:
    """Give the files `ids` of a draft to a case, in this transaction, in one statement; raises NotReady.

    A file that a case has is its for good. Claiming again for the same case gives the same answer.
    """
    wanted = set(ids)
    if not wanted:
        return []
    given = {"to": case_id, "of": tenant_id, "owned": owner_id, "wanted": list(wanted)}
    rows = session.connection().execute(_claiming(), given).all()
    check_claimed(len(rows), wanted)
    return sorted((reopen(row, key=key) for row in rows), key=lambda file: file.id)


#: A column for a query of drafts that goes on to file one: the files a case may claim, for `chosen`.
READY: TextClause = text(
    "(select jsonb_agg(jsonb_build_array(a.id, a.size, a.media_type, a.sm3)) from attachment a"
    " where a.tenant_id = draft.tenant_id and a.owner_id = draft.id and a.state = 'clean') as ready_files"
)
# A common table expression: the claim itself, for a statement that writes more than this. Where `claimed` has fewer
# rows than there are ids, some file was not ready: see `check_claimed`.
CLAIMED = (
    "claimed as (update attachment set state = 'claimed', case_id = :case"
    " where tenant_id = :tenant and owner_id = :case and state = 'clean' and id = any(:files) returning 1)"
)


class Verified(NamedTuple):
    """What was found out about a file when it came in: `size` in bytes, `sm3` in hex."""

    id: UUID
    size: int
    media_type: str
    sm3: str


def chosen(ready: Iterable[Sequence[Any]] | None, *, ids: Collection[UUID]) -> list[Verified]:
    """The files `ids` among what the column `READY` gave, oldest first; raises NotReady."""
    files = (Verified(UUID(one[0]), *one[1:]) for one in ready or ())
    found = sorted(file for file in files if file.id in ids)
    check_claimed(len(found), ids)
    return found


def check_claimed(count: int, ids: Collection[UUID]) -> None:
    """Raise NotReady where fewer files were found than wanted."""
    if count != len(ids):
        raise NotReady("有文件还没有传好，请等一会儿，或删掉重新传", "A file is not ready")


@cache
def _claiming() -> ReturningUpdate[Any]:
    case = bindparam("to", type_=Uuid())
    return (
        update(Attachment)
        .where(
            Attachment.tenant_id == bindparam("of"),
            Attachment.owner_id == bindparam("owned"),
            Attachment.id.in_(bindparam("wanted", expanding=True)),
            (Attachment.state == "clean") | (Attachment.case_id == case),
        )
        .values(state="claimed", case_id=case)
        .returning(*_STORED)
    )


def discard(session: Session, *, tenant_id: int, owner_id: UUID, attachment_id: UUID) -> None:
    """Take one file back, at once for whoever looks; its bytes go at the next purge. Raises NotFound."""
    done = session.execute(
        _discarding(tenant_id)
        .where(Attachment.owner_id == owner_id, Attachment.id == attachment_id, Attachment.case_id.is_(None))
        .returning(Attachment.id)
    ).first()
    if done is None:
        raise NotFound(_GONE, "There is no such file")


def discard_owner(session: Session, *, tenant_id: int, owner_id: UUID) -> None:
    """A draft ends without a case: all its files go."""
    session.execute(_discarding(tenant_id).where(Attachment.owner_id == owner_id, Attachment.case_id.is_(None)))


def discard_case(session: Session, *, tenant_id: int, case_id: UUID) -> None:
    """A case is erased: its files go too (without the key nobody could read them anyway)."""
    session.execute(_discarding(tenant_id).where(Attachment.case_id == case_id))


def _discarding(tenant_id: int) -> Update:
    return (
        update(Attachment)
        .where(Attachment.tenant_id == tenant_id, Attachment.state.in_(_SHOWN))
        .values(state="discarded")
    )


def _listed(session: Session, key: OpenKey, tenant_id: int, condition: Any) -> list[Stored]:
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.tenant_id == tenant_id, condition, Attachment.state.in_(_SHOWN))
        .order_by(Attachment.id)
    )
    return [reopen(row, key=key) for row in rows]
