"""Rows of drafts: the draft itself, the citizen's pointer to it, and the work items that hand things over."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base
from xiangtong.tenancy.models import Code


class Draft(Base):
    """A filing in progress. The case that comes of it keeps its id and its data key.

    State: open (being filled), handed (a clerk fills it), submitted (a case was made), expired (erased).
    """

    __tablename__ = "draft"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="open")
    submit_key: Mapped[UUID]
    item_code: Mapped[str] = mapped_column(Code)
    form_code: Mapped[str]
    form_version: Mapped[int]
    form_hash: Mapped[str]
    citizen_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]  # who fills it, when that is a member of staff
    agent_mode: Mapped[str] = mapped_column(server_default="self")  # self | agent | clerk
    channel: Mapped[str]  # web | mobile | window | agent | terminal (contract §1)
    village_code: Mapped[str | None] = mapped_column(Code)
    step: Mapped[str | None]
    # What was typed, by JSON Pointer, sealed; and beside it, in clear, how often each was saved.
    typed: Mapped[bytes] = mapped_column(LargeBinary)
    revisions: Mapped[dict[str, int]] = mapped_column(JSONB)
    data_key_id: Mapped[UUID]
    case_id: Mapped[UUID | None]  # the case this draft supplements, whose key it is sealed under
    consented_at: Mapped[datetime | None]  # the consent to hand it over
    told_version: Mapped[int | None]  # the newest version of the form that its holder was told of and did not take
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("tenant_id", "submit_key"),
        Index("ix_draft_due", "tenant_id", "expires_at", postgresql_where=text("state in ('open', 'handed')")),
    )


class CitizenDraft(Base):
    """The citizen's own pointer to a draft in some township: no answers. Citizen scope."""

    __tablename__ = "citizen_draft"
    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    form_code: Mapped[str]
    form_version: Mapped[int] = mapped_column(server_default="1")
    title: Mapped[str]
    state: Mapped[str]
    updated_at: Mapped[datetime]


class WorkItem(Base):
    """Something handed to a body, in *its* rows: whose, what, due when. The title never names a person.

    kind draft: a villager asks for a draft to be filled. kind case: a case of another body to be handled.
    State: live, done, recalled.
    """

    __tablename__ = "work_item"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_tenant_id: Mapped[int]
    subject_id: Mapped[UUID]
    title: Mapped[str]
    village_code: Mapped[str | None] = mapped_column(Code)
    state: Mapped[str] = mapped_column(server_default="live")
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_work_item_live", "tenant_id", "created_at", "id", postgresql_where=text("state = 'live'")),
        Index(
            "uq_work_item_one_live",
            "tenant_id",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'live'"),
        ),
    )
