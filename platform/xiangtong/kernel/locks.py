"""Locks that end with their transaction: who does the same thing comes one after the other, on whichever machine."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


def one_at_a_time(session: Session, what: str) -> None:
    """Wait until no other transaction holds the lock called `what`; this one holds it until it ends."""
    session.execute(_LOCK, {"what": what})
