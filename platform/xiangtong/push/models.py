"""Rows of push that belong to no tenant: breakers, callbacks as they came, runs of the reconciliation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base


class Breaker(Base):
    """The state of one destination, shared by every worker of every machine.

    closed: all may pass; open: one probe at `probe_at`; ramp: `allowance` claims in each second since `slot_at`.
    """

    __tablename__ = "breaker"
    destination: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="closed")
    failures: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[str | None]
    changed_at: Mapped[datetime]
    probe_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    allowance: Mapped[int] = mapped_column(server_default="0")
    used: Mapped[int] = mapped_column(server_default="0")
    slot_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("state in ('closed', 'open', 'ramp')", name="state"),)


class Callback(Base):
    """A callback of the province, stored raw and sealed before anybody understands it."""

    __tablename__ = "callback"
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    event: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="received")  # received | understood | unknown | failed
    understood_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state in ('received', 'understood', 'unknown', 'failed')", name="state"),
        Index("ix_callback_open", "received_at", postgresql_where=text("state <> 'understood'")),
    )


class ReconciliationRun(Base):
    """One comparison of a day with a province: totals, and case numbers that nobody here knows (`strays`)."""

    __tablename__ = "reconciliation_run"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    city_code: Mapped[str]
    day: Mapped[date]
    ran_at: Mapped[datetime]
    cases: Mapped[int]
    messages: Mapped[int]
    equal: Mapped[int]
    re_sent: Mapped[int]
    differences: Mapped[int]
    strays: Mapped[list[Any]] = mapped_column(JSONB)
