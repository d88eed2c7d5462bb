"""What somebody posted after their session had ended: kept sealed for an hour, until they have signed in again.

The key is in a cookie of that browser and nowhere else; the row's name is a digest of it. So the server cannot read
what it keeps, and nobody but that browser can have it back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import LargeBinary, delete, text
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.kernel import clock, crypto, ids
from xiangtong.kernel.db import Base
from xiangtong.tenancy.scope import NOBODY, Database, Scope

KEPT_FOR = timedelta(hours=1)
_MOST_BYTES = 256 * 1024
_CONTEXT = b"unsent"


class Unsent(Base):
    """One page that was posted without a session. Seen only by whoever has the key."""

    __tablename__ = "unsent"
    key: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Page:
    """The page that was posted: its path, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(db: Database, *, path: str, fields: Sequence[tuple[str, str]]) -> str | None:
    """Keep a posted page and give the token to have it back with; None when it is too large to keep.

    What has expired goes at the same time: the policy `stale` lets a DELETE outside of any scope see nothing else.
    """
    plain = json.dumps([path, list(fields)], ensure_ascii=False).encode()
    if len(plain) > _MOST_BYTES:
        return None
    token = ids.token()
    sealed = crypto.seal(_secret(token), plain, context=_CONTEXT)
    with db.scope(NOBODY) as session:
        session.execute(text("delete from unsent"))
    with db.scope(Scope(session_key=_name(token))) as session:
        session.add(Unsent(key=_name(token), sealed=sealed, expires_at=clock.now() + KEPT_FOR))
    return token


def read(db: Database, *, token: str) -> Page | None:
    """Give a kept page back; None when there is none, or it is too old."""
    with db.scope(Scope(session_key=_name(token))) as session:
        row = session.get(Unsent, _name(token))
    if row is None or row.expires_at <= clock.now():
        return None
    path, fields = json.loads(crypto.unseal(_secret(token), row.sealed, context=_CONTEXT))
    return Page(path, tuple((name, value) for name, value in fields))


def drop(db: Database, *, token: str) -> None:
    """Forget a kept page: it has been put in."""
    with db.scope(Scope(session_key=_name(token))) as session:
        session.execute(delete(Unsent).where(Unsent.key == _name(token)))


def _name(token: str) -> str:
    return sha256(f"unsent:{token}".encode()).hexdigest()


def _secret(token: str) -> bytes:
    return crypto.derive(token.encode(), "xiangtong:unsent")
