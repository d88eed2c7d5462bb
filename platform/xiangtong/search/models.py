"""The one table of search: published text only, readable by everybody."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base
from xiangtong.tenancy.models import Code


class SearchEntry(Base):
    """Something that can be found: its title, other words people use for it, its pinyin, and where it is."""

    __tablename__ = "search_entry"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    words: Mapped[str] = mapped_column(server_default="")
    pinyin: Mapped[str] = mapped_column(Code, server_default="")
    initials: Mapped[str] = mapped_column(Code, server_default="")
    address: Mapped[str]
    day: Mapped[date | None]
