"""The row of one file that was handed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base

STATES = ("quarantined", "clean", "refused", "claimed", "discarded", "purged")
SCAN_STATES = ("not_scanned", "clean", "infected", "error")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Attachment(Base):
    """A file of a draft (`owner_id`), later of the case that claimed it.

    quarantined  announced; bytes may be on their way, or wait for the scanner
    clean        verified, scanned, sealed under the draft's key, in its place
    refused      wrong size, type or checksum, or infected: `refusal` is the code
    claimed      belongs to a case, never changes again
    discarded    taken back; its bytes go at the next purge, which makes it `purged`

    The name is sealed, because people call their files after people.
    """

    __tablename__ = "attachment"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    question: Mapped[str]  # JSON Pointer of the answer it belongs to
    material_code: Mapped[str]  # of the guide; empty where the question is no material
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str]
    size: Mapped[int]
    sm3: Mapped[str | None]
    claimed_sha256: Mapped[str | None]
    state: Mapped[str]
    scan_state: Mapped[str] = mapped_column(server_default="not_scanned")
    refusal: Mapped[str | None]
    data_key_id: Mapped[UUID]
    object_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(_one_of("scan_state", SCAN_STATES), name="scan_state"),
        CheckConstraint("state <> 'claimed' or case_id is not null", name="claimed_by_a_case"),
        CheckConstraint("state not in ('clean', 'claimed') or sm3 is not null", name="clean_has_digest"),
        Index("ix_attachment_owner", "tenant_id", "owner_id"),
        Index("ix_attachment_case", "tenant_id", "case_id"),
        Index("ix_attachment_state", "tenant_id", "state", "created_at"),
    )
