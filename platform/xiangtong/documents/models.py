"""Rows of documents: versions of a township's own, versions of the library, and the pins between them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base
from xiangtong.tenancy.models import Code


class DocumentVersion(Base):
    """One version of a document. A draft has no number yet; a published one never changes but for its state.

    `title` and `division_code` are promoted from the body, so that lists need no look inside it.
    """

    __tablename__ = "document_version"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # notice | page | item | form
    key: Mapped[str]
    number: Mapped[int | None]
    state: Mapped[str]  # draft | live | past
    title: Mapped[str]
    division_code: Mapped[str] = mapped_column(Code)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "key", "number"),
        Index(
            "uq_document_one_draft", "tenant_id", "kind", "key", unique=True, postgresql_where=text("state = 'draft'")
        ),
        Index("uq_document_one_live", "tenant_id", "kind", "key", unique=True, postgresql_where=text("state = 'live'")),
        Index("ix_document_live_newest", "tenant_id", "kind", "published_at", postgresql_where=text("state = 'live'")),
    )


class LibraryVersion(Base):
    """A document of the province or the city that townships build on. Reference table; versions never change."""

    __tablename__ = "library_version"
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Pin(Base):
    """The library version a township stands on, and its own choices as an overlay on stable ids."""

    __tablename__ = "pin"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    hash: Mapped[str]
    overlay: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
