"""Codes that work once and not for long: six digits by SMS, ten readable characters on paper."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from xiangtong.identity.models import OneTimeCode
from xiangtong.kernel import clock, ids
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import within

SMS_LIFE, PAPER_LIFE = timedelta(minutes=5), timedelta(days=7)


def issue_digits(session: ScopedSession, *, keys: KeyRing, purpose: str, subject: str) -> str:
    """A fresh six-digit code for SMS, good for five minutes; an older one for the same subject stops working."""
    code = f"{secrets.randbelow(10**6):06d}"
    _keep(session, key=_key(purpose, subject), digest=_digest(keys, purpose, subject, code), life=SMS_LIFE)
    return code


def issue_paper(session: ScopedSession, *, keys: KeyRing, purpose: str, subject: str) -> str:
    """A fresh code of ten characters to print (`ABCDE-FGHJK`), good for a week."""
    code = ids.short_code(10)
    _keep(session, key=_key(purpose, subject), digest=_digest(keys, purpose, subject, code), life=PAPER_LIFE)
    return f"{code[:5]}-{code[5:]}"


def _keep(session: ScopedSession, *, key: str, digest: bytes, life: timedelta) -> None:
    row = {"code_digest": digest, "expires_at": clock.now() + life}
    with within(session, session_key=key):
        session.execute(
            insert(OneTimeCode).values(key=key, **row).on_conflict_do_update(index_elements=["key"], set_=row)
        )


def redeem(session: ScopedSession, *, keys: KeyRing, purpose: str, subject: str, code: str) -> bool:
    """True once for the right code in time; the caller counts tries (`throttle.CODE_TRIES`)."""
    key = _key(purpose, subject)
    given = _digest(keys, purpose, subject, _plain(code))
    with within(session, session_key=key):
        row = session.scalar(select(OneTimeCode).where(OneTimeCode.key == key).with_for_update())
        if row is None or row.expires_at <= clock.now() or not compare_digest(row.code_digest, given):
            return False
        session.execute(delete(OneTimeCode).where(OneTimeCode.key == key))
    return True


def _key(purpose: str, subject: str) -> str:
    return sha256(f"code:{purpose}:{subject}".encode()).hexdigest()


def _digest(keys: KeyRing, purpose: str, subject: str, code: str) -> bytes:
    return keys.city_digest(f"code:{purpose}:{subject}:{code}")


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()
