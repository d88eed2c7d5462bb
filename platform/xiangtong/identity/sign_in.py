"""How staff sign in: account and password, then a second factor by role; village staff by phone and code.

These verbs take the database and not a session: a try counts even when the sign-in is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from xiangtong import audit
from xiangtong.identity import accounts, codes, roles, second_factor, sessions, staff, throttle
from xiangtong.identity.models import Staff, StaffLogin
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock, jobs
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Refusal
from xiangtong.notify.ports import Sms, SmsUnavailable
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database, Scope

Next = Literal["home", "totp", "sms", "enrol"]
_SIGN_IN, _FACTOR = "sign_in", "factor"
#: The job that sends a code to a phone, before others that wait: somebody is looking at the telephone.
SEND_CODE, _SOON = "identity.send_code", 10


class SignInRefused(Refusal):
    """Wrong account, password or code: one sentence for all, so that nobody learns which accounts exist."""

    code = "SIGN_IN_REFUSED"
    status = 422


class NoSms(Refusal):
    """The short message could not be sent."""

    code = "SMS_UNAVAILABLE"
    status = 503


@dataclass(frozen=True, slots=True)
class Step:
    """A session token, and what comes next for it."""

    token: str
    next: Next


def by_password(db: Database, *, keys: KeyRing, name: str, password: str, address: str, device: str = "") -> Step:
    """First step with a password; raises SignInRefused or TooMany (five tries in a quarter of an hour)."""
    key = staff.login_key(keys, name)
    throttle.spend(db, throttle.SIGN_IN, key)
    throttle.spend(db, throttle.SIGN_IN_ADDRESS, _address(keys, address))
    login = _login(db, keys, name)
    if login is None:
        with db.scope(NOBODY) as session:
            accounts.password_matches(session, staff_id=None, password=password)
        raise _refused()
    with db.scope(Scope(tenant_id=login.home_tenant)) as session:
        member = session.get(Staff, (login.home_tenant, login.staff_id))
        good = accounts.password_matches(session, staff_id=login.staff_id, password=password)
        if member is not None and good and member.state != "disabled":
            step = _first_step(session, member, device)
        else:
            step = None
            _note(session, member, "staff.sign_in", "refused")
    if step is None:
        raise _refused()
    throttle.clear(db, throttle.SIGN_IN, key)
    return step


def _first_step(session: ScopedSession, member: Staff, device: str) -> Step:
    wanted = _factor(member)
    if wanted == "home":
        return Step(_arrive(session, member, device), "home")
    token = sessions.open_session(session, kind="staff_step", subject_id=member.id, tenant_id=member.tenant_id)
    return Step(token, wanted)


def factor_for(db: Database, *, person: SignedIn) -> Next:
    """Which second factor a half-way session still has to show."""
    with db.scope(Scope(tenant_id=person.tenant_id)) as session:
        return _factor(session.get_one(Staff, (person.tenant_id, person.subject_id)))


def _factor(member: Staff) -> Next:
    wanted = roles.factor_of(member.roles)
    if wanted == "none":
        return "home"
    if member.totp_sealed is not None:
        return "totp"
    return "sms" if wanted == "sms" and member.phone_sealed is not None else "enrol"


def send_factor(db: Database, *, keys: KeyRing, sms: Sms, person: SignedIn) -> None:
    """Send the second factor's code to the phone that is on record."""
    with db.scope(Scope(tenant_id=person.tenant_id)) as session:
        member = session.get_one(Staff, (person.tenant_id, person.subject_id))
        phone = staff.phone_of(keys, member)
    subject = str(person.subject_id)
    throttle.spend(db, throttle.SMS_PAUSE, subject)
    throttle.spend(db, throttle.SMS_DAY, subject)
    try:
        _send(db, keys, sms, phone, purpose=_FACTOR, subject=subject)
    except SmsUnavailable as error:
        raise NoSms("短信现在发不出去，请过几分钟再试，或请上级帮您", "No SMS at the moment") from error


def by_factor(db: Database, *, keys: KeyRing, person: SignedIn, code: str, device: str = "") -> str:
    """Second step: the token of a whole session for a right code; raises SignInRefused or TooMany."""
    throttle.spend(db, throttle.CODE_TRIES, str(person.subject_id))
    with db.scope(Scope(tenant_id=person.tenant_id)) as session:
        member = session.get_one(Staff, (person.tenant_id, person.subject_id))
        if _factor(member) == "totp":
            good = second_factor.matches(session, keys=keys, member=member, code=code)
        else:
            good = codes.redeem(session, keys=keys, purpose=_FACTOR, subject=str(member.id), code=code)
        token = _arrive(session, member, device, half_way=person) if good else ""
        if not good:
            _note(session, member, "staff.second_factor", "refused")
    return _through(db, token, str(person.subject_id), _wrong_code())


def by_enrolment(db: Database, *, keys: KeyRing, person: SignedIn, secret: str, code: str, device: str = "") -> str:
    """Second step of a first time: keep the authenticator's secret and open the whole session."""
    throttle.spend(db, throttle.CODE_TRIES, str(person.subject_id))
    with db.scope(Scope(tenant_id=person.tenant_id)) as session:
        member = session.get_one(Staff, (person.tenant_id, person.subject_id))
        good = _factor(member) == "enrol" and second_factor.enrol(
            session, keys=keys, member=member, secret=secret, code=code
        )
        token = _arrive(session, member, device, half_way=person) if good else ""
    return _through(db, token, str(person.subject_id), _wrong_code())


def request_code(db: Database, *, keys: KeyRing, phone: str, address: str) -> None:
    """Have a sign-in code sent to a phone of village staff; raises TooMany.

    The same limits, the same work and the same answer whoever asks, so that neither words nor time tell who has an
    account: whether there is one, and the message, are the business of a job.
    """
    throttle.spend(db, throttle.SMS_ADDRESS, _address(keys, address))
    for limit in (throttle.SMS_PAUSE, throttle.SMS_DAY):
        throttle.spend(db, limit, staff.login_key(keys, phone))
    login = _login(db, keys, phone)
    with db.scope(NOBODY) as session:
        jobs.defer(
            session, SEND_CODE, priority=_SOON,
            tenant_id=login.home_tenant if login else 0, staff_id=str(login.staff_id) if login else "",
        )  # fmt: skip


def send_code(db: Database, *, keys: KeyRing, sms: Sms, tenant_id: int, staff_id: str) -> None:
    """Send what `request_code` asked for, a fresh code each time; nobody's job sends nothing. Raises SmsUnavailable."""
    if not staff_id:
        return
    with db.scope(Scope(tenant_id=tenant_id)) as session:
        member = session.get(Staff, (tenant_id, UUID(staff_id)))
        phone = staff.phone_of(keys, member) if member and _may_by_phone(member) else ""
    if phone:
        _send(db, keys, sms, phone, purpose=_SIGN_IN, subject=staff_id)


def by_phone(db: Database, *, keys: KeyRing, phone: str, code: str, address: str, device: str = "") -> Step:
    """Sign in by phone and code (village staff only); raises SignInRefused or TooMany."""
    key = staff.login_key(keys, phone)
    throttle.spend(db, throttle.CODE_TRIES, key)
    throttle.spend(db, throttle.SIGN_IN_ADDRESS, _address(keys, address))
    login = _login(db, keys, phone)
    if login is None:
        with db.scope(NOBODY) as session:
            codes.redeem(session, keys=keys, purpose=_SIGN_IN, subject="", code=code)  # Takes as long as for somebody.
        raise _refused()
    token = ""
    with db.scope(Scope(tenant_id=login.home_tenant)) as session:
        member = session.get_one(Staff, (login.home_tenant, login.staff_id))
        if _may_by_phone(member) and codes.redeem(
            session, keys=keys, purpose=_SIGN_IN, subject=str(member.id), code=code
        ):
            token = _arrive(session, member, device)
        else:
            _note(session, member, "staff.sign_in", "refused")
    return Step(_through(db, token, key, _refused()), "home")


def sign_out(db: Database, *, token: str, person: SignedIn | None) -> None:
    """End the session of the token."""
    scope = Scope(tenant_id=person.tenant_id) if person else NOBODY
    with db.scope(scope) as session:
        sessions.close_session(session, token=token)


def _arrive(session: ScopedSession, member: Staff, device: str, *, half_way: SignedIn | None = None) -> str:
    if half_way is not None:
        sessions.drop(session, key=half_way.key)
    member.last_sign_in_at, member.state = clock.now(), "active"
    _note(session, member, "staff.sign_in", "done")
    return sessions.open_session(
        session, kind="staff", subject_id=member.id, tenant_id=member.tenant_id, assurance=2, device=device
    )


def _through(db: Database, token: str, subject: str, refused: SignInRefused) -> str:
    if not token:
        raise refused
    throttle.clear(db, throttle.CODE_TRIES, subject)
    return token


def _login(db: Database, keys: KeyRing, name: str) -> StaffLogin | None:
    with db.scope(NOBODY) as session:
        return staff.find_login(session, keys=keys, name=name)


def _may_by_phone(member: Staff) -> bool:
    return roles.signs_in_by_phone(member.roles) and member.state != "disabled"


def _send(db: Database, keys: KeyRing, sms: Sms, phone: str, *, purpose: str, subject: str) -> None:
    with db.scope(NOBODY) as session:
        code = codes.issue_digits(session, keys=keys, purpose=purpose, subject=subject)
    sms.send(phone=phone, template="staff_code", values={"code": code, "minutes": "5"})


def _address(keys: KeyRing, address: str) -> str:
    return keys.city_digest(f"address:{address}").hex()


def _refused() -> SignInRefused:
    return SignInRefused("没有登录成功：账号、密码或验证码不对，请核对后再试", "Account, password or code is wrong")


def _wrong_code() -> SignInRefused:
    """Told only to somebody whose password was right already."""
    return SignInRefused("验证码不对，或者已经过期，请看现在的数字再填一次", "The code is wrong or has expired")


def _note(session: ScopedSession, member: Staff | None, action: str, outcome: audit.Outcome) -> None:
    if member is None:
        return
    actor = audit.Actor("staff", member.id, member.staff_no)
    audit.record(session, actor=actor, action=action, subject=f"staff:{member.staff_no}", outcome=outcome)
