"""Hand-over on paper: the first sign-in of an administrator, and a reset at the superior's desk.

The superior prints a slip with a code that works once, within a week; whoever types it chooses a password of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xiangtong import audit
from xiangtong.identity import accounts, codes, passwords, reach, sessions, staff, throttle
from xiangtong.identity.models import Staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotAllowed, NotFound, Problem, Problems
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Database, Scope

_PURPOSE = "handover"


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed: whose account, its name, the code, and until when it works."""

    tenant_name: str
    name: str
    account: str
    code: str
    expires_at: datetime


def issue(session: ScopedSession, *, keys: KeyRing, staff_id: UUID, giver: SignedIn | None) -> Slip:
    """Take password and second factor away, end all sessions, and give a code to print.

    The session's scope is the tenant of the member of staff; `giver` None is the installation itself.
    """
    member = _member(session, staff_id, giver)
    tenant = session.get_one(Tenant, member.tenant_id)
    accounts.set_password(session, staff_id=member.id, password=None)
    member.must_change, member.totp_sealed, member.totp_step = True, None, 0
    sessions.close_all(session, kind="staff", subject_id=member.id, tenant_id=member.tenant_id)
    code = codes.issue_paper(session, keys=keys, purpose=_PURPOSE, subject=str(member.id))
    audit.record(session, actor=staff.actor_of(giver), action="staff.handed_over", subject=f"staff:{member.staff_no}")
    return Slip(
        tenant.name, member.name, staff.account_of(tenant, member.staff_no), code, clock.now() + codes.PAPER_LIFE
    )


def _member(session: ScopedSession, staff_id: UUID, giver: SignedIn | None) -> Staff:
    if giver is not None and giver.subject_id == staff_id:
        raise NotAllowed("不能重置自己的账号，请找上级", "Ask your superior")
    tenant_id = session.info["scope"].tenant_id
    member = session.get(Staff, (tenant_id, staff_id))
    if member is None or (giver is not None and not reach.within(member.reach, giver.reach)):
        raise NotFound
    if giver is not None and not staff.governs(giver, member):
        raise NotAllowed("这个账号不归您管，请找能授予他角色的上级", "This account is looked after by somebody else")
    return member


def redeem(db: Database, *, keys: KeyRing, account: str, code: str, password: str) -> None:
    """Use the slip: check code and new password, set it. Raises Problems or TooMany.

    A weak password is told before anything is looked up: with it, an answer says nothing about who has an account.
    """
    weak = passwords.problems_of(password, account=account.partition("-")[2])
    throttle.spend(db, throttle.CODE_TRIES, staff.login_key(keys, account))
    if weak:
        raise Problems(weak)
    with db.scope(NOBODY) as session:
        login = staff.find_login(session, keys=keys, name=account)
    if login is None:
        raise Problems([_wrong()])
    with db.scope(Scope(tenant_id=login.home_tenant)) as session:
        member = session.get(Staff, (login.home_tenant, login.staff_id))
        good = codes.redeem(session, keys=keys, purpose=_PURPOSE, subject=str(login.staff_id), code=code)
        if member is None or member.state == "disabled" or not good:
            raise Problems([_wrong()])
        set_password(session, member=member, password=password)
    throttle.clear(db, throttle.CODE_TRIES, staff.login_key(keys, account))


def set_password(session: ScopedSession, *, member: Staff, password: str) -> None:
    """Store a password its owner chose."""
    accounts.set_password(session, staff_id=member.id, password=password)
    member.must_change, member.password_at = False, clock.now()
    audit.record(
        session, actor=audit.Actor("staff", member.id, member.staff_no), action="staff.password_set",
        subject=f"staff:{member.staff_no}",
    )  # fmt: skip


def _wrong() -> Problem:
    return Problem("/code", "账号或一次性代码不对，或者代码已经用过、过期了，请核对纸上的字", "Wrong", "CODE_WRONG")
