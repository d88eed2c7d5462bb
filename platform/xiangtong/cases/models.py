"""Rows of cases: the record, its events, its materials, the day's counter, and the citizen's pointer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base
from xiangtong.tenancy.models import Code

# Work lists sort by the day something is due; what has no such day comes last.
NO_DAY = date(9999, 12, 31)


class CaseRecord(Base):
    """A case as it stands: the state after its last event. Keeps the id of the draft it came from.

    Readable: the applicant's name and its pinyin initials, and nothing else of a person. Id number and phone are
    found by keyed digest. `body` (answers and parties) is sealed under the case's own key.
    """

    __tablename__ = "case_record"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(Code)
    short_code: Mapped[str] = mapped_column(Code)
    submit_key: Mapped[UUID]
    state: Mapped[str]
    open: Mapped[bool]
    item_code: Mapped[str] = mapped_column(Code)
    item_name: Mapped[str]
    form_code: Mapped[str]
    # The item, unit and form of the day it was filed, by the names of facts.json.
    filed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    channel: Mapped[str]
    division_code: Mapped[str] = mapped_column(Code)
    village_code: Mapped[str | None] = mapped_column(Code)
    citizen_id: Mapped[UUID | None]
    applicant_name: Mapped[str | None] = mapped_column(Code)
    applicant_initials: Mapped[str | None] = mapped_column(Code)
    id_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    data_key_id: Mapped[UUID]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    last_seq: Mapped[int]
    chain: Mapped[str]
    # The clock: what was counted from (`limits`, see clock.py) and what came of it.
    limits: Mapped[dict[str, Any]] = mapped_column(JSONB)
    due_on: Mapped[date]  # what the traffic light works on; NO_DAY while the clock stands still
    promised_due_on: Mapped[date | None]
    statutory_due_on: Mapped[date | None]
    submitted_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_no"),
        UniqueConstraint("tenant_id", "short_code"),
        UniqueConstraint("tenant_id", "submit_key"),
        Index("ix_case_record_open", "tenant_id", "due_on", "id", postgresql_where=text("open is true")),
        Index("ix_case_record_latest", "tenant_id", "submitted_at", "id"),
        Index("ix_case_record_name", "tenant_id", "applicant_name"),
        Index("ix_case_record_initials", "tenant_id", "applicant_initials"),
        Index("ix_case_record_id_digest", "tenant_id", "id_digest"),
        Index("ix_case_record_phone_digest", "tenant_id", "phone_digest"),
    )


class CaseEvent(Base):
    """One event of a case, written once. `digest` covers what is stored, `chain` all events up to this one."""

    __tablename__ = "case_event"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    state: Mapped[str]  # the state the case was in afterwards
    occurred_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)  # payload, actor, materials: sealed
    digest: Mapped[str]
    chain: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "case_id"], ["case_record.tenant_id", "case_record.id"]),
        # “今天办结” is asked for by every page of the workbench.
        Index("ix_case_event_decided", "tenant_id", "occurred_at", postgresql_where=text("type = 'decide'")),
    )


class CaseMaterial(Base):
    """One material of a case as it came with an event: which, how, and the digest of its bytes."""

    __tablename__ = "case_material"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    material_code: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]  # upload | licence | reused | paper | promised (contract, Material)
    digest: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None]
    attachment_id: Mapped[UUID | None]
    licence_id: Mapped[str | None]
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "case_id"], ["case_record.tenant_id", "case_record.id"]),)


@dataclass(slots=True)
class NewMaterial:
    """A material while its event is being written; `CaseMaterial` is what is read afterwards. Same columns."""

    tenant_id: int
    case_id: UUID
    id: UUID
    seq: int
    material_code: str
    name: str
    source: str
    digest: str | None
    media_type: str | None
    size: int | None
    attachment_id: UUID | None
    licence_id: str | None

    def columns(self) -> dict[str, Any]:
        """Its values by the names of the columns."""
        return {name: getattr(self, name) for name in self.__slots__}


class CaseCounter(Base):
    """The last serial number given out by a tenant on a day. Taken last in a transaction; gaps are allowed."""

    __tablename__ = "case_counter"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    serial: Mapped[int]


class CitizenCase(Base):
    """The citizen's own pointer to a case in some township: no answers. Citizen scope."""

    __tablename__ = "citizen_case"
    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    case_no: Mapped[str] = mapped_column(Code)
    item_name: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(server_default=func.now())
