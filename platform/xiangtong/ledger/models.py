"""Rows of the ledger: facts, the wire messages made of them, receipts, attempts, what is reconciled."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base

Code = Text(collation="C")

# due        waits for its time; behind: an earlier event of the case must go first; sending: somebody holds the lease
# delivered  the province gave a receipt that fits; parked: a person must look
STATES = ("due", "behind", "sending", "delivered", "parked")
OPEN = "state in ('due', 'behind', 'sending')"
_FACT = ("tenant_id", "fact_id")
_TO_FACT = ("ledger_fact.tenant_id", "ledger_fact.id")


class LedgerFact(Base):
    """One event of one case. The facts never change (the app may update the delivery columns only).

    `lease_until` says until when somebody is expected to be at it: the job deferred for a row that is due, or the
    worker that sends. `lost` counts claims in a row that never reported back.
    """

    __tablename__ = "ledger_fact"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    case_no: Mapped[str] = mapped_column(Code)
    seq: Mapped[int]
    type: Mapped[str]
    occurred_at: Mapped[datetime]
    key_id: Mapped[UUID]
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="due")
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    token: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    lost: Mapped[int] = mapped_column(server_default="0")
    failing_since: Mapped[datetime | None]
    last_code: Mapped[str | None]
    last_reason: Mapped[str | None]
    message_id: Mapped[UUID | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id", "seq"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("seq >= 1", name="seq"),
        # Delivered rows are almost all rows; the sweeper's index must not hold them.
        Index("ix_ledger_fact_open", "tenant_id", "due_at", postgresql_where=text(OPEN)),
        Index("ix_ledger_fact_parked", "tenant_id", "last_code", postgresql_where=text("state = 'parked'")),
        Index("ix_ledger_fact_case_no", "tenant_id", "case_no"),
        # Every send rewrites a row twice: room on the page keeps that from bloating it.
        {"postgresql_with": {"fillfactor": 70}},
    )


class WireMessage(Base):
    """A message as it goes over the wire: frozen bytes, sealed. A mended one supersedes the one before."""

    __tablename__ = "wire_message"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    fact_id: Mapped[UUID]
    case_id: Mapped[UUID]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    enclosures: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[str]
    mapping_version: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="live")  # live | superseded
    created_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(_FACT, _TO_FACT),
        CheckConstraint("state in ('live', 'superseded')", name="state"),
        Index("uq_wire_message_live", "tenant_id", "fact_id", unique=True, postgresql_where=text("state = 'live'")),
    )


class Receipt(Base):
    """What the province promised to remember, compared with our own computation before it was written."""

    __tablename__ = "receipt"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    case_no: Mapped[str] = mapped_column(Code)
    seq: Mapped[int]
    message_id: Mapped[UUID]
    receipt_no: Mapped[str]
    digest: Mapped[str]
    chain: Mapped[str]
    received_at: Mapped[datetime]  # by the province's clock
    received_on: Mapped[date]  # that moment's day in Asia/Shanghai (contract §5)
    __table_args__ = (
        ForeignKeyConstraint(_FACT, _TO_FACT),
        UniqueConstraint("tenant_id", "case_id", "seq"),
        Index("ix_receipt_day", "tenant_id", "received_on"),
    )


class PushAttempt(Base):
    """One attempt that ended, and how. Append-only."""

    __tablename__ = "push_attempt"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fact_id: Mapped[UUID]
    case_id: Mapped[UUID]
    token: Mapped[int]
    at: Mapped[datetime]
    took_ms: Mapped[int]
    status: Mapped[int]
    outcome: Mapped[str]
    code: Mapped[str | None]
    # The province's own words, sealed with the case's key: they may quote what somebody typed.
    detail: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (
        ForeignKeyConstraint(_FACT, _TO_FACT),
        Index("ix_push_attempt_fact", "tenant_id", "fact_id"),
    )


class PushedMaterial(Base):
    """A material the province has, as far as this case needed it: a sub-step that is done."""

    __tablename__ = "pushed_material"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Reconciled(Base):
    """Up to which event the province's chain of a case was proved equal to ours. Erasure waits for it."""

    __tablename__ = "reconciled"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    chain: Mapped[str]
    day: Mapped[date]


class Difference(Base):
    """Something the two sides do not agree on. A person decides; nothing is overwritten."""

    __tablename__ = "difference"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    case_no: Mapped[str] = mapped_column(Code)
    seq: Mapped[int]
    kind: Mapped[str]  # conflict | chain | unknown_here | invalid
    ours: Mapped[str | None]
    theirs: Mapped[str | None]
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    # Who closed it; nobody where a later comparison found nothing any more. The reason is a person's, and names nobody.
    settled_by: Mapped[str | None]
    settled_why: Mapped[str | None]
    __table_args__ = (
        Index("ix_difference_open", "tenant_id", "found_at", postgresql_where=text("settled_at is null")),
        Index("uq_difference", "tenant_id", "case_no", "seq", "kind", unique=True),
    )
