"""Limits that protect people, counted in the database: every process and every machine counts together.

Counting happens in a transaction of its own, because a try counts even when what was tried is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert

from xiangtong.identity.models import Throttle
from xiangtong.kernel import clock
from xiangtong.kernel.errors import TooMany
from xiangtong.tenancy.scope import Database, Scope


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` of something within `window` for one subject; `sentence` is what the next one is told."""

    name: str
    tries: int
    window: timedelta
    sentence: str
    english: str


_LOCKED = "试错的次数太多了，请过 {minutes} 分钟再试"
_LOCKED_EN = "Too many tries: wait {minutes} minutes"
SIGN_IN = Limit("sign_in", 5, timedelta(minutes=15), _LOCKED, _LOCKED_EN)
SIGN_IN_ADDRESS = Limit("sign_in_address", 100, timedelta(minutes=15), _LOCKED, _LOCKED_EN)
CODE_TRIES = Limit("code_tries", 5, timedelta(minutes=15), _LOCKED, _LOCKED_EN)
_SMS = "验证码发得太频繁了，请过 {minutes} 分钟再要"
_SMS_EN = "Too many codes: wait {minutes} minutes"
SMS_PAUSE = Limit("sms_pause", 1, timedelta(minutes=1), _SMS, _SMS_EN)
SMS_DAY = Limit("sms_day", 10, timedelta(days=1), _SMS, _SMS_EN)
SMS_ADDRESS = Limit("sms_address", 30, timedelta(hours=1), _SMS, _SMS_EN)


def key_of(limit: Limit, subject: str) -> str:
    """The row's key: a digest, so that the table names nobody."""
    return sha256(f"throttle:{limit.name}:{subject}".encode()).hexdigest()


def spend(db: Database, limit: Limit, subject: str) -> None:
    """Count one try; raises TooMany when the window has no more to give."""
    now, key = clock.now(), key_of(limit, subject)
    fresh = insert(Throttle).values(key=key, tries=1, expires_at=now + limit.window)
    over = Throttle.expires_at <= now
    counted = fresh.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "tries": case((over, 1), else_=Throttle.tries + 1),
            "expires_at": case((over, now + limit.window), else_=Throttle.expires_at),
        },
    ).returning(Throttle.tries, Throttle.expires_at)
    with db.scope(Scope(session_key=key)) as session:
        tries, expires_at = session.execute(counted).one()
    if tries > limit.tries:
        seconds = max(1, int((expires_at - now).total_seconds()))
        minutes = -(-seconds // 60)
        raise TooMany(
            limit.sentence.format(minutes=minutes), limit.english.format(minutes=minutes), retry_after=seconds
        )


def clear(db: Database, limit: Limit, subject: str) -> None:
    """Forget the tries: whoever proved who they are starts again from nothing."""
    key = key_of(limit, subject)
    with db.scope(Scope(session_key=key)) as session:
        session.execute(delete(Throttle).where(Throttle.key == key))
