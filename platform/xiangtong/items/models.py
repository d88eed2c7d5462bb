"""Rows of items: one service item as one township offers it."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base
from xiangtong.tenancy.models import Code


class Item(Base):
    """A service item of a township. What the guide says is the library document `key`, pinned and overlaid.

    item_code  the implementing code (实施编码, 31 characters); None while the unit's credit code is unknown
    days       working days; None where the item states none
    """

    __tablename__ = "item"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    item_code: Mapped[str | None] = mapped_column(Code)
    basic_code: Mapped[str] = mapped_column(Code)
    name: Mapped[str]
    item_type: Mapped[str]
    case_type: Mapped[str]
    form_code: Mapped[str | None]
    promised_days: Mapped[int | None]
    statutory_days: Mapped[int | None]
    visits: Mapped[int | None]
    unit_name: Mapped[str]
    unit_code: Mapped[str | None] = mapped_column(Code)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="open")  # open | paused
    position: Mapped[int]
    demo: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (UniqueConstraint("tenant_id", "item_code"), UniqueConstraint("tenant_id", "form_code"))
