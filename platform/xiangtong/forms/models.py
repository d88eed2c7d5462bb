"""Rows of forms: every version of every form, and the sheet that is drawn up before one is published."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base


class FormVersion(Base):
    """One version of a form. Reference table: everybody reads, the city writes; nobody may change a text.

    A draft has no number. State: draft, live, past (replaced; drafts on it may still be filed), withdrawn (nothing on
    it may be filed), dropped (a draft that another replaced).
    """

    __tablename__ = "form_version"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    number: Mapped[int | None]
    state: Mapped[str]
    title: Mapped[str]
    # Texts and not JSONB: the order of properties is the form's order.
    body: Mapped[str] = mapped_column(Text)
    parts: Mapped[str] = mapped_column(Text)  # the shared parts it names, as they were: URN → document
    hash: Mapped[str]  # of both texts; see forms.library.content_hash
    origin: Mapped[str]  # release: came with the software; console: somebody put it in
    note: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_by: Mapped[str] = mapped_column(server_default="")
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("code", "number"),
        Index("uq_form_one_draft", "code", unique=True, postgresql_where=text("state = 'draft'")),
        Index("uq_form_one_live", "code", unique=True, postgresql_where=text("state = 'live'")),
        CheckConstraint("state in ('draft', 'live', 'past', 'withdrawn', 'dropped')", name="state"),
        CheckConstraint("(number is null) = (state in ('draft', 'dropped'))", name="published_has_number"),
    )


class FormSheet(Base):
    """What publishing a draft version would mean for a city's filings in progress: counts, never whose. Reference table.

    The library is one for every city of a deployment, so how many filings it touches elsewhere is told as one number.
    `fields` has one entry for each reason: {"pattern", "label", "group" (asks | stays), "reason", "drafts"}.
    """

    __tablename__ = "form_sheet"
    version_id: Mapped[UUID] = mapped_column(ForeignKey("form_version.id"), primary_key=True)
    city_code: Mapped[str] = mapped_column(server_default="")  # whose townships were counted
    state: Mapped[str]  # counting | done
    moves: Mapped[int] = mapped_column(server_default="0")
    asks: Mapped[int] = mapped_column(server_default="0")
    stays: Mapped[int] = mapped_column(server_default="0")
    elsewhere: Mapped[int] = mapped_column(server_default="0")  # filings in progress in other cities
    townships: Mapped[int] = mapped_column(server_default="0")  # how many the city has
    counted: Mapped[int] = mapped_column(server_default="0")  # in how many of them the drafts were looked at
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("state in ('counting', 'done')", name="state"),)
