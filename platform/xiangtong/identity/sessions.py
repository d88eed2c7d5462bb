"""Sessions: one row a browser. Revocable, counted, with an idle and an absolute limit; the token is stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, Select, Update, bindparam, delete, select, text, update

from xiangtong.identity.models import CitizenSession, Staff, StaffSession, WebSession
from xiangtong.identity.roles import permissions_of
from xiangtong.kernel import clock, ids
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.scope import Database, Scope, within

# staff_step: the password was right, the second factor is still to come; it opens no page but that one.
# guest: a filling that was begun without an account; revisit: the same from another device, which sees less.
Kind = Literal["staff", "staff_step", "citizen", "guest", "revisit"]
GUESTS = ("guest", "revisit")
#: A guest's token begins with it, so that a page knows without asking that nobody signed in.
GUEST_MARK = "guest."
_PEOPLE = ("citizen", *GUESTS)
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives unused, how long in all, and how many one person may have."""

    idle: timedelta
    whole: timedelta
    count: int


LIMITS: dict[str, Limits] = {
    "staff": Limits(timedelta(minutes=30), timedelta(hours=12), 3),
    "staff_step": Limits(timedelta(minutes=10), timedelta(minutes=10), 3),
    "citizen": Limits(timedelta(hours=1), timedelta(hours=12), 10),
    "guest": Limits(timedelta(days=7), timedelta(days=30), 10),
    "revisit": Limits(timedelta(hours=1), timedelta(hours=12), 10),
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a token stands for. Staff carry their roles, reach and permissions; citizens their assurance (1 to 3).

    A guest is nobody in particular (assurance 0): the id is a name for what was begun, and for nothing else.
    """

    key: str
    kind: str
    subject_id: UUID
    tenant_id: int | None
    assurance: int
    expires_at: datetime
    name: str = ""
    staff_no: str = ""
    dept_name: str = ""
    dept_code: str = ""
    roles: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    must_change: bool = False
    draft_id: UUID | None = None  # of a revisit: the one draft it opens


@dataclass(frozen=True, slots=True)
class Line:
    """One session in the list a person sees of their own."""

    key: str
    device: str
    created_at: datetime
    expires_at: datetime


def key_of(token: str) -> str:
    """The row's key for a token."""
    return sha256(token.encode()).hexdigest()


def open_session(
    session: ScopedSession, *, kind: Kind, subject_id: UUID, tenant_id: int | None = None, assurance: int = 1,
    device: str = "", draft_id: UUID | None = None,
) -> str:  # fmt: skip
    """Open a session and return its token (256 random bits); beyond the count the oldest ends.

    A revisit names the one draft that it opens. Staff need a tenant, and the session's scope set to it; a citizen's
    scope is entered here.
    """
    token, now, limits = (GUEST_MARK if kind in GUESTS else "") + ids.token(), clock.now(), LIMITS[kind]
    key, expires_at = key_of(token), now + limits.whole
    with within(session, session_key=key):
        session.add(
            WebSession(
                key=key, kind=kind, subject_id=subject_id, home_tenant=tenant_id, assurance=str(assurance),
                draft_id=draft_id, created_at=now, seen_at=now, expires_at=expires_at,
            )
        )  # fmt: skip
    if kind == "staff_step":
        return token
    pointer = {"key": key, "device": device[:80], "created_at": now, "expires_at": expires_at}
    with within(session, **_owner(kind, subject_id, tenant_id)):
        if kind in _PEOPLE:
            session.add(CitizenSession(citizen_id=subject_id, **pointer))
        else:
            session.add(StaffSession(tenant_id=tenant_id, staff_id=subject_id, **pointer))
    for line in list_sessions(session, kind=kind, subject_id=subject_id, tenant_id=tenant_id)[limits.count :]:
        _end(session, kind, subject_id, tenant_id, line.key)
    return token


def _owner(kind: str, subject_id: UUID, tenant_id: int | None) -> dict[str, object]:
    return {"citizen_id": subject_id} if kind in _PEOPLE else {"tenant_id": tenant_id}


def resolve(db: Database, *, token: str) -> SignedIn | None:
    """Who the token stands for now; None when it is unknown, ended, idle too long or its owner was disabled."""
    key, now = key_of(token), clock.now()
    with db.scope(Scope(session_key=key)) as session:
        row = session.connection().execute(_of_key(), {"key": key}).first()
        if row is None or row.expires_at <= now or row.seen_at + LIMITS[row.kind].idle <= now:
            return None
        if now - row.seen_at > _TOUCH_EVERY:
            session.connection().execute(_touching(), {"mine": key, "now": now})
        if row.kind in _PEOPLE:
            return _signed_in(row)
        with within(session, tenant_id=row.home_tenant):
            staff = session.get(Staff, (row.home_tenant, row.subject_id))
            return _staff(row, staff) if staff and staff.state != "disabled" else None


@cache
def _of_key() -> Select[Any]:
    # Every request asks this: columns cost less than an object that is never written.
    return select(*WebSession.__table__.columns).where(WebSession.key == bindparam("key"))


@cache
def _touching() -> Update:
    return update(WebSession).where(WebSession.key == bindparam("mine")).values(seen_at=bindparam("now"))


def _signed_in(row: Row[Any]) -> SignedIn:
    return SignedIn(
        row.key, row.kind, row.subject_id, row.home_tenant, int(row.assurance), row.expires_at, draft_id=row.draft_id
    )


def _staff(row: Row[Any], staff: Staff) -> SignedIn:
    whole = row.kind == "staff"
    return SignedIn(
        row.key, row.kind, row.subject_id, row.home_tenant, int(row.assurance), row.expires_at,
        name=staff.name, staff_no=staff.staff_no, dept_name=staff.dept_name, dept_code=staff.dept_code,
        roles=tuple(staff.roles), reach=tuple(staff.reach),
        permissions=permissions_of(staff.roles) if whole else frozenset(), must_change=staff.must_change,
    )  # fmt: skip


def list_sessions(
    session: ScopedSession, *, kind: str, subject_id: UUID, tenant_id: int | None = None
) -> Sequence[Line]:
    """A person's own sessions that have not expired, newest first."""
    with within(session, **_owner(kind, subject_id, tenant_id)):
        if kind in _PEOPLE:
            rows = session.scalars(select(CitizenSession).where(CitizenSession.citizen_id == subject_id)).all()
        else:
            mine = (StaffSession.tenant_id == tenant_id, StaffSession.staff_id == subject_id)
            rows = session.scalars(select(StaffSession).where(*mine)).all()  # type: ignore[assignment]
    lines = [Line(row.key, row.device, row.created_at, row.expires_at) for row in rows]
    return sorted((line for line in lines if line.expires_at > clock.now()), key=lambda line: line.created_at)[::-1]


def close_session(session: ScopedSession, *, token: str) -> None:
    """End the session of `token`; nothing happens when there is none."""
    key = key_of(token)
    with within(session, session_key=key):
        row = session.get(WebSession, key)
    if row is not None:
        _end(session, row.kind, row.subject_id, row.home_tenant, key)


def drop(session: ScopedSession, *, key: str) -> None:
    """End a half-way session, which nobody points to."""
    with within(session, session_key=key):
        session.execute(delete(WebSession).where(WebSession.key == key))


def close_one(session: ScopedSession, *, kind: str, subject_id: UUID, key: str, tenant_id: int | None = None) -> bool:
    """End one of a person's own sessions by its key; False when it is not theirs."""
    mine = list_sessions(session, kind=kind, subject_id=subject_id, tenant_id=tenant_id)
    if key not in {line.key for line in mine}:
        return False
    _end(session, kind, subject_id, tenant_id, key)
    return True


def close_all(
    session: ScopedSession, *, kind: str, subject_id: UUID, tenant_id: int | None = None, keep: str = ""
) -> int:
    """End every session of a person but the one with the key `keep` (single sign-out); how many ended."""
    lines = list_sessions(session, kind=kind, subject_id=subject_id, tenant_id=tenant_id)
    ending = [line.key for line in lines if line.key != keep]
    for key in ending:
        _end(session, kind, subject_id, tenant_id, key)
    return len(ending)


def _end(session: ScopedSession, kind: str, subject_id: UUID, tenant_id: int | None, key: str) -> None:
    drop(session, key=key)
    with within(session, **_owner(kind, subject_id, tenant_id)):
        if kind in _PEOPLE:
            mine = (CitizenSession.citizen_id == subject_id, CitizenSession.key == key)
            session.execute(delete(CitizenSession).where(*mine))
        else:
            theirs = (StaffSession.tenant_id == tenant_id, StaffSession.staff_id == subject_id, StaffSession.key == key)
            session.execute(delete(StaffSession).where(*theirs))


def sweep(session: ScopedSession) -> int:
    """Delete what has expired: sessions, codes, counters.

    The statements have no condition on purpose: outside of any scope the policy `stale` of these tables lets a
    DELETE see expired rows only, and lets nobody read them.
    """
    tables = ("web_session", "one_time_code", "throttle")
    return sum(session.execute(text(f"delete from {table}")).rowcount for table in tables)  # type: ignore[attr-defined]  # noqa: S608
