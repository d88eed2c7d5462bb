"""Rows of identity: staff, how they are found when they sign in, sessions, codes, counters, citizens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel.db import Base
from xiangtong.tenancy.models import Code


class Staff(Base):
    """A member of staff of one tenant. The password's hash stands in the console framework's `ab_user`."""

    __tablename__ = "staff"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_no: Mapped[str] = mapped_column(Code)
    name: Mapped[str]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reach: Mapped[list[str]] = mapped_column(ARRAY(Text))  # division prefixes
    dept_name: Mapped[str] = mapped_column(server_default="")
    dept_code: Mapped[str] = mapped_column(Code, server_default="")
    state: Mapped[str]  # invited (has not signed in yet) | active | disabled
    must_change: Mapped[bool]  # the password came from somebody else
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(server_default="0")  # the last 30-second step accepted: no code works twice
    password_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (UniqueConstraint("tenant_id", "staff_no"), UniqueConstraint("tenant_id", "phone_digest"))


class StaffLogin(Base):
    """Where to look for whoever signs in: the keyed digest of a phone or account name → the member of staff.

    Seen only by a scope that already holds the digest, so nobody can list it.
    """

    __tablename__ = "staff_login"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    home_tenant: Mapped[int]
    staff_id: Mapped[UUID]


class WebSession(Base):
    """One signed-in browser; `key` is the SHA-256 of its token, so the table does not let anybody in."""

    __tablename__ = "web_session"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    kind: Mapped[str]  # staff | citizen
    subject_id: Mapped[UUID]
    home_tenant: Mapped[int | None]
    assurance: Mapped[str]
    draft_id: Mapped[UUID | None]  # the one draft that a device which came by a code may open
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class StaffSession(Base):
    """Pointers from a member of staff to their sessions: to count, list and end them."""

    __tablename__ = "staff_session"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    device: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "staff_id"], ["staff.tenant_id", "staff.id"], ondelete="cascade"),
    )


class OneTimeCode(Base):
    """A code that works once: by SMS, or printed at the superior's desk. `key` digests purpose and subject."""

    __tablename__ = "one_time_code"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    code_digest: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


class Throttle(Base):
    """How often something was tried within a window; `key` digests the limit's name and the subject."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    tries: Mapped[int]
    expires_at: Mapped[datetime]


class Citizen(Base):
    """A citizen (or the person who acts for a body), known by what the province's sign-in says of them."""

    __tablename__ = "citizen"
    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    claims_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    assurance: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class CitizenSession(Base):
    """Pointers from a citizen to their sessions."""

    __tablename__ = "citizen_session"
    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    device: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
