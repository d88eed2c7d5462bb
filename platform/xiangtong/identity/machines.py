"""Terminals and departments that file over the API: a name, a secret of which we keep a digest, and a reach.

A machine belongs to one body and acts in every township within its reach. Its name begins with the code of that body, so
that it is looked up in that body's rows and nowhere else.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from xiangtong.identity import reach as reaching
from xiangtong.kernel import clock, ids
from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.kernel.errors import NotFound, Problem, Problems
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Database, Scope, current

#: What a machine may be → the channel of what it files (provincial contract §1).
CHANNELS = {"terminal": "terminal", "department": "window"}
_NAME = re.compile(r"(?P<code>[0-9]{4,12})\.(?P<id>[0-9a-f]{32})")


class Machine(Base):
    """A terminal or a department's system. `secret_digest` is SHA-256: the secret is 256 random bits, nobody guesses it."""

    __tablename__ = "machine"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    kind: Mapped[str]  # terminal | department
    secret_digest: Mapped[bytes] = mapped_column(LargeBinary)
    reach: Mapped[list[str]] = mapped_column(ARRAY(Text))  # division prefixes
    state: Mapped[str] = mapped_column(server_default="active")  # active | ended
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a machine is given, once."""

    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Caller:
    """The machine that sends a request."""

    tenant_id: int
    id: UUID
    kind: str
    reach: tuple[str, ...]

    def reaches(self, division_code: str) -> bool:
        """Whether it may act in a township."""
        return reaching.covers(self.reach, division_code)


def provision(session: ScopedSession, *, tenant: Tenant, title: str, kind: str, reach: Sequence[str]) -> Credentials:
    """Add a machine to the body of the session's scope; the secret is told here and never again. Raises Problems."""
    found = reaching.problems_of(reach, [tenant.code])
    if not title.strip():
        found.append(
            Problem("/title", "请写明是哪台终端或哪个部门", "Say which terminal or department", "TITLE_MISSING")
        )
    if kind not in CHANNELS:
        found.append(Problem("/kind", "请选终端或部门", "A terminal or a department", "KIND_UNKNOWN"))
    if found:
        raise Problems(found)
    secret, machine_id = ids.token(), ids.new_id()
    session.add(
        Machine(
            tenant_id=tenant.id, id=machine_id, title=title.strip()[:80], kind=kind, secret_digest=_digest(secret),
            reach=list(reach), state="active", created_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    return Credentials(name_of(tenant, machine_id), secret)


def end(session: ScopedSession, *, machine_id: UUID) -> None:
    """From now on this machine is refused. Raises NotFound."""
    machine = session.get(Machine, (current(session).tenant_id, machine_id))
    if machine is None:
        raise NotFound("没有这台终端或部门", "There is no such machine")
    machine.state = "ended"
    session.flush()


def name_of(tenant: Tenant, machine_id: UUID) -> str:
    """What a machine of this body signs in with."""
    return f"{tenant.code}.{machine_id.hex}"


def machines(session: Session) -> Sequence[Machine]:
    """The machines of the body of the session's scope."""
    return session.scalars(select(Machine).order_by(Machine.created_at, Machine.id)).all()


def recognise(db: Database, *, name: str, secret: str) -> Caller | None:
    """The machine of a name and a secret; None for any other, for one that was ended, and for a wrong secret."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    with db.scope(NOBODY) as session:
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.code == found["code"]))
    if tenant_id is None:
        return None
    with db.scope(Scope(tenant_id=tenant_id)) as session:
        row = session.get(Machine, (tenant_id, UUID(found["id"])))
        if row is None or row.state != "active" or not hmac.compare_digest(row.secret_digest, _digest(secret)):
            return None
        return Caller(row.tenant_id, row.id, row.kind, tuple(row.reach))


def parse_name(name: str) -> tuple[str, UUID]:
    """The body's code and the id in a machine's name. Raises NotFound."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound("没有这台终端或部门", "There is no such machine")
    return found["code"], UUID(found["id"])


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
