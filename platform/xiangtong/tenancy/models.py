"""Rows of tenancy: cities, divisions, tenants, places, units, keys, the work calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base

# Codes are compared as prefixes ranges, so they are kept in the C collation whatever the database's own is.
Code = Text(collation="C")

LEVELS = ("province", "city", "county", "township", "village")
PREFIX_DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}


class City(Base):
    """A city that runs the platform: naming templates, kit, province profile. Reference table."""

    __tablename__ = "city"
    code: Mapped[str] = mapped_column(Code, primary_key=True)  # the division prefix, 4 or 6 digits
    name: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Division(Base):
    """An administrative division (区划), by its 12-digit statistical code. Reference table."""

    __tablename__ = "division"
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(Code, ForeignKey("division.code"), index=True)
    pinyin: Mapped[str] = mapped_column(Code, server_default="")
    initials: Mapped[str] = mapped_column(Code, server_default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(Code)

    @property
    def prefix(self) -> str:
        """The leading digits that say the level: 2, 4, 6, 9 or 12; never found by stripping zeros."""
        return self.code[: PREFIX_DIGITS[self.level]]


class Tenant(Base):
    """A body that handles cases (kind township, county, department, city). Only townships have a channel.

    `code` is what stands in addresses (9 digits for a township). Reference table: everybody reads, city writes.
    """

    __tablename__ = "tenant"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str]
    division_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    city_code: Mapped[str] = mapped_column(Code, ForeignKey("city.code"), index=True)
    name: Mapped[str]
    short_name: Mapped[str]
    # The state: open takes filings; suspended and closed (merged away) show a page that says where to go.
    state: Mapped[str] = mapped_column(server_default="open")
    administered_by: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    hall_name: Mapped[str]
    station_template: Mapped[str]
    kit: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    demo: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WorkDay(Base):
    """One day of the work calendar (工作日历). Reference table."""

    __tablename__ = "work_calendar"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str]
    provisional: Mapped[bool] = mapped_column(server_default="false")


class Unit(Base):
    """A department of the unit register, the five columns of the Yangzhou plan."""

    __tablename__ = "unit"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(Code)
    area_name: Mapped[str]
    full_name: Mapped[str]
    short_name: Mapped[str]
    credit_code: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (UniqueConstraint("tenant_id", "area_code", "full_name"),)


class Place(Base):
    """A hall, sub-centre, station or window: where it is, when it is open, whom to call. Unknown stays empty (待补)."""

    __tablename__ = "place"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # hall | sub_centre | station | window
    division_code: Mapped[str] = mapped_column(Code)
    name: Mapped[str]
    address: Mapped[str | None]
    hours: Mapped[str | None]
    phone: Mapped[str | None]
    agent_name: Mapped[str | None]
    agent_phone: Mapped[str | None]
    latitude: Mapped[int | None]  # millionths of a degree
    longitude: Mapped[int | None]
    demo: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "division_code", "name"),)


class TenantKey(Base):
    """A tenant's key for one purpose (`wrap` data keys, `find` by keyed digest), wrapped by the master key."""

    __tablename__ = "tenant_key"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class DataKey(Base):
    """The key of one case or draft, wrapped by the tenant's key. Deleting the row erases what it sealed."""

    __tablename__ = "data_key"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
