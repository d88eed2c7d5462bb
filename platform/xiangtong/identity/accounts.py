"""The rows of the console's framework that hold the password's hash: an opaque name, never shown, no personal data.

Only these columns of Flask-AppBuilder's tables are used here, so that a password is set in the very transaction of
the verb that sets it; the framework itself is known to `doors/console` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Sequence,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from xiangtong.identity import passwords
from xiangtong.kernel import clock

_tables = MetaData()
USER = Table(
    "ab_user", _tables,
    Column("id", Integer, Sequence("ab_user_id_seq"), primary_key=True),
    Column("first_name", Text), Column("last_name", Text),
    Column("username", Text), Column("password", Text), Column("active", Boolean), Column("email", Text),
    Column("created_on", DateTime), Column("changed_on", DateTime),
)  # fmt: skip
ROLE = Table("ab_role", _tables, Column("id", Integer, primary_key=True), Column("name", Text))
USER_ROLE = Table(
    "ab_user_role", _tables,
    Column("id", Integer, Sequence("ab_user_role_id_seq"), primary_key=True),
    Column("user_id", Integer), Column("role_id", Integer),
)  # fmt: skip


def name_of(staff_id: UUID) -> str:
    """The opaque user name of a member of staff."""
    return f"s{staff_id.hex}"


def create(session: Session, *, staff_id: UUID, roles: Iterable[str]) -> None:
    """An account without a password: nobody can sign in with it until one is set."""
    name, now = name_of(staff_id), clock.now().replace(tzinfo=None)
    session.execute(
        insert(USER).values(
            first_name="-", last_name="-", username=name, active=True, password=None,
            email=f"{name}@staff.invalid", created_on=now, changed_on=now,
        )
    )  # fmt: skip
    give_roles(session, staff_id=staff_id, roles=roles)


def give_roles(session: Session, *, staff_id: UUID, roles: Iterable[str]) -> None:
    """Let the framework know the roles, for the pages it serves itself."""
    user_id = session.scalar(select(USER.c.id).where(USER.c.username == name_of(staff_id)))
    session.execute(delete(USER_ROLE).where(USER_ROLE.c.user_id == user_id))
    ids = session.scalars(select(ROLE.c.id).where(ROLE.c.name.in_(list(roles)))).all()
    if ids:
        session.execute(insert(USER_ROLE), [{"user_id": user_id, "role_id": role_id} for role_id in ids])


def set_password(session: Session, *, staff_id: UUID, password: str | None) -> None:
    """Store the hash of `password`; None leaves the account without one."""
    put_hash(session, staff_id=staff_id, hashed=passwords.make_hash(password) if password else None)


def put_hash(session: Session, *, staff_id: UUID, hashed: str | None) -> None:
    """Store a hash that was made before (the demo's people share one password, and hashing is slow on purpose)."""
    session.execute(update(USER).where(USER.c.username == name_of(staff_id)).values(password=hashed))


def password_matches(session: Session, *, staff_id: UUID | None, password: str) -> bool:
    """Compare with the stored hash; takes the same time where there is no such account."""
    stored = session.scalar(select(USER.c.password).where(USER.c.username == name_of(staff_id))) if staff_id else None
    return passwords.matches(stored, password)


def set_active(session: Session, *, staff_id: UUID, active: bool) -> None:
    """Let the account be used, or not."""
    session.execute(update(USER).where(USER.c.username == name_of(staff_id)).values(active=active))
