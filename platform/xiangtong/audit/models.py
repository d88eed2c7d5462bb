"""Rows of the audit log: entries, and the seals that close batches of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base


class AuditEntry(Base):
    """One action. Written once; the app may afterwards only say which seal closed it (`seal_seq`)."""

    __tablename__ = "audit_entry"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]  # staff | citizen | system
    actor_id: Mapped[UUID | None]
    actor_label: Mapped[str]  # a staff number; never a name or a phone
    action: Mapped[str]  # area.verb, as staff.added
    subject: Mapped[str]  # what it was done to: kind:id
    outcome: Mapped[str]  # done | refused | failed
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seal_seq: Mapped[int | None]
    __table_args__ = (
        Index("ix_audit_entry_tenant_id_at", "tenant_id", "at"),
        Index("ix_audit_entry_unsealed", "tenant_id", postgresql_where=text("seal_seq is null")),
    )


class AuditSeal(Base):
    """The digest of a batch of entries, chained to the seal before it."""

    __tablename__ = "audit_seal"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
