"""The second factor: a code from an authenticator app (TOTP, RFC 6238), or by SMS."""

from __future__ import annotations

from hmac import compare_digest

import pyotp

from xiangtong import audit
from xiangtong.identity.models import Staff
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing

_STEP = 30
_ISSUER = "Xiangtong"


def new_secret() -> str:
    """A fresh TOTP secret, in base 32."""
    return pyotp.random_base32()


def enrolment_address(secret: str, *, account: str) -> str:
    """The `otpauth://` address that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=_ISSUER)


def enrol(session: ScopedSession, *, keys: KeyRing, member: Staff, secret: str, code: str) -> bool:
    """Keep the secret once the app has shown a right code for it; False when the code is wrong."""
    step = _step_of(secret, code)
    if step is None:
        return False
    member.totp_sealed = keys.city_seal(secret.encode(), context=_place(member))
    member.totp_step = step
    session.flush()
    audit.record(
        session, actor=audit.Actor("staff", member.id, member.staff_no), action="staff.factor_set",
        subject=f"staff:{member.staff_no}",
    )  # fmt: skip
    return True


def matches(session: ScopedSession, *, keys: KeyRing, member: Staff, code: str) -> bool:
    """True for a right code that was not used before; half a minute of clock difference is forgiven."""
    session.refresh(member, with_for_update=True)  # The same code twice at once is still a code used before.
    if member.totp_sealed is None:
        return False
    secret = keys.city_unseal(member.totp_sealed, context=_place(member)).decode()
    step = _step_of(secret, code)
    if step is None or step <= member.totp_step:
        return False
    member.totp_step = step
    session.flush()
    return True


def _step_of(secret: str, code: str) -> int | None:
    given, now = code.replace(" ", "").encode(), int(clock.now().timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    right = (step for step in (now - 1, now, now + 1) if compare_digest(totp.at(step * _STEP).encode(), given))
    return next(right, None)


def _place(member: Staff) -> str:
    return f"staff:{member.tenant_id}:{member.id}:totp"
