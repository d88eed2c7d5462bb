"""The staff of a tenant: add, edit, disable, list. Whoever does it must reach that far and gives no more than that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from xiangtong import audit
from xiangtong.identity import accounts, reach, roles, sessions
from xiangtong.identity.models import Staff, StaffLogin
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock, ids
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotAllowed, NotFound, Problem, Problems
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Division, Tenant
from xiangtong.tenancy.scope import within

MOBILE = re.compile(r"1[3-9][0-9]{9}\Z")
_STAFF_NO = re.compile(r"[0-9A-Za-z]{1,20}\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a member of staff, as a form or a row of a spreadsheet says it."""

    staff_no: str
    name: str
    phone: str
    roles: tuple[str, ...]
    reach: tuple[str, ...]
    dept_name: str = ""
    dept_code: str = ""
    demo: bool = False


def actor_of(person: SignedIn | None) -> audit.Actor:
    """The actor of an audit entry; the installation itself where nobody is signed in."""
    return audit.Actor("staff", person.subject_id, person.staff_no) if person else audit.SYSTEM


def account_of(tenant: Tenant, staff_no: str) -> str:
    """The account name people type where they have no phone: `321003100-001`."""
    return f"{tenant.code}-{staff_no}"


def login_key(keys: KeyRing, name: str) -> str:
    """The key under which a phone or an account name is looked up."""
    return keys.city_digest(f"staff:{name.strip().lower()}").hex()


def find_login(session: ScopedSession, *, keys: KeyRing, name: str) -> StaffLogin | None:
    """Where the account behind a phone or account name lives; None when there is none."""
    key = login_key(keys, name)
    with within(session, session_key=key):
        return session.get(StaffLogin, key)


def phone_of(keys: KeyRing, member: Staff) -> str:
    """The phone in the clear; empty where none is known."""
    if member.phone_sealed is None:
        return ""
    return keys.city_unseal(member.phone_sealed, context=_place(member)).decode()


def masked_phone(keys: KeyRing, member: Staff) -> str:
    """The phone as screens show it: 137****9050."""
    phone = phone_of(keys, member)
    return f"{phone[:3]}****{phone[7:]}" if phone else ""


def _place(member: Staff) -> str:
    return f"staff:{member.tenant_id}:{member.id}:phone"


def check(entry: Entry, *, giver: SignedIn | None, had: Iterable[str] = ()) -> list[Problem]:
    """Everything wrong with an entry, given who gives it; `had` are the roles the person holds already."""
    found = []
    if not _STAFF_NO.match(entry.staff_no):
        found.append(Problem("/staff_no", "工号用数字或字母，最多 20 位", "Digits or letters, at most 20", "STAFF_NO"))
    if not 1 < len(entry.name.strip()) <= 40:
        found.append(Problem("/name", "请填写姓名", "Give the name", "NAME"))
    if not all(text.isprintable() for text in (entry.name.strip(), entry.dept_name, entry.dept_code)):
        found.append(Problem("/name", "姓名或部门里有看不见的字符，请重新输入", "Invisible characters", "TEXT"))
    if entry.phone and not MOBILE.match(entry.phone):
        found.append(Problem("/phone", "手机号应是 11 位数字，请核对", "A mobile phone has 11 digits", "PHONE"))
    if not entry.phone and "village_staff" in entry.roles:
        found.append(Problem("/phone", "村社工作人员用手机号登录，请填写手机号", "A phone is needed", "PHONE_MISSING"))
    found += roles.problems_of(entry.roles)
    if giver is None:
        return found
    given = set(entry.roles) - set(had) - roles.grantable(giver.roles)
    found += [Problem("/roles", f"您不能授予“{roles.ROLE_NAMES.get(r, r)}”", f"You cannot give {r}", "ROLE_NOT_YOURS")
              for r in sorted(given & set(roles.ROLES))]  # fmt: skip
    return found + reach.problems_of(entry.reach, giver.reach)


def add(session: ScopedSession, *, keys: KeyRing, tenant: Tenant, entry: Entry, giver: SignedIn | None) -> Staff:
    """Add a member of staff to `tenant` (the session's scope); raises Problems with everything that is wrong."""
    found = check(entry, giver=giver)
    if _STAFF_NO.match(entry.staff_no) and _by_number(session, tenant.id, entry.staff_no) is not None:
        found.append(Problem("/staff_no", "这个工号已经有人用了", "This number is taken", "STAFF_NO_TAKEN"))
    if entry.phone and find_login(session, keys=keys, name=entry.phone) is not None:
        found.append(_phone_taken())
    if found:
        raise Problems(found)
    member = Staff(
        tenant_id=tenant.id, id=ids.new_id(), staff_no=entry.staff_no, name=entry.name.strip(), state="invited",
        roles=list(entry.roles), reach=list(entry.reach), dept_name=entry.dept_name, dept_code=entry.dept_code,
        must_change=True, created_at=clock.now(), demo=entry.demo,
    )  # fmt: skip
    _put_phone(session, keys, member, entry.phone)
    session.add(member)
    session.flush()
    accounts.create(session, staff_id=member.id, roles=entry.roles)
    _let_find(session, keys, member, account_of(tenant, entry.staff_no))
    _note(session, giver, "staff.added", member, {"roles": list(entry.roles), "reach": list(entry.reach)})
    return member


def _by_number(session: ScopedSession, tenant_id: int, staff_no: str) -> Staff | None:
    return session.scalar(select(Staff).where(Staff.tenant_id == tenant_id, Staff.staff_no == staff_no))


def _phone_taken() -> Problem:
    return Problem("/phone", "这个手机号已经有账号了，请核对，或先停用原来的账号", "This phone is taken", "PHONE_TAKEN")


def _put_phone(session: ScopedSession, keys: KeyRing, member: Staff, phone: str) -> None:
    member.phone_sealed = keys.city_seal(phone.encode(), context=_place(member)) if phone else None
    member.phone_digest = keys.digest(session, tenant_id=member.tenant_id, value=phone) if phone else None
    if phone:
        _let_find(session, keys, member, phone)


def _let_find(session: ScopedSession, keys: KeyRing, member: Staff, name: str) -> None:
    key = login_key(keys, name)
    row = {"key": key, "home_tenant": member.tenant_id, "staff_id": member.id}
    with within(session, session_key=key):
        made = session.execute(insert(StaffLogin).values(row).on_conflict_do_nothing().returning(StaffLogin.key))
        if made.first() is None:
            raise Problems([_phone_taken()])


def _forget_phone(session: ScopedSession, keys: KeyRing, member: Staff) -> None:
    phone = phone_of(keys, member)
    if phone:
        key = login_key(keys, phone)
        with within(session, session_key=key):
            session.execute(delete(StaffLogin).where(StaffLogin.key == key))


def edit(session: ScopedSession, *, keys: KeyRing, staff_id: UUID, entry: Entry, giver: SignedIn) -> Staff:
    """Change what is known of a member of staff; the number stays. Raises Problems, or NotFound beyond one's reach."""
    member = get_governed(session, staff_id=staff_id, person=giver)
    found = check(entry, giver=giver, had=member.roles)
    if member.id == giver.subject_id and set(entry.roles) != set(member.roles):
        found.append(Problem("/roles", "不能改自己的角色，请找上级", "Ask somebody else", "ROLE_OWN"))
    if entry.phone and entry.phone != phone_of(keys, member) and find_login(session, keys=keys, name=entry.phone):
        found.append(_phone_taken())
    if found:
        raise Problems(found)
    if entry.phone != phone_of(keys, member):
        _forget_phone(session, keys, member)
        _put_phone(session, keys, member, entry.phone)
    before = {"roles": member.roles, "reach": member.reach}
    member.name, member.dept_name, member.dept_code = entry.name.strip(), entry.dept_name, entry.dept_code
    member.roles, member.reach = list(entry.roles), list(entry.reach)
    session.flush()
    accounts.give_roles(session, staff_id=member.id, roles=entry.roles)
    _note(session, giver, "staff.edited", member, {"before": before, "roles": member.roles, "reach": member.reach})
    return member


def set_disabled(session: ScopedSession, *, staff_id: UUID, disabled: bool, giver: SignedIn) -> Staff:
    """Stop an account and end its sessions, or let it be used again."""
    member = get_governed(session, staff_id=staff_id, person=giver)
    if member.id == giver.subject_id:
        raise NotAllowed("不能停用自己的账号，请找上级", "You cannot disable yourself")
    member.state = "disabled" if disabled else ("active" if member.last_sign_in_at else "invited")
    accounts.set_active(session, staff_id=member.id, active=not disabled)
    if disabled:
        sessions.close_all(session, kind="staff", subject_id=member.id, tenant_id=member.tenant_id)
    session.flush()
    _note(session, giver, "staff.disabled" if disabled else "staff.enabled", member, {})
    return member


def governs(person: SignedIn, member: Staff) -> bool:
    """True when the person may look after the account: only those who could give its roles may take it over.

    Otherwise an operator could print themselves the slip of the security administrator.
    """
    return set(member.roles) <= roles.grantable(person.roles)


def get_governed(session: ScopedSession, *, staff_id: UUID, person: SignedIn) -> Staff:
    """One member of staff whose account the person looks after; raises NotFound or NotAllowed."""
    member = get(session, staff_id=staff_id, person=person)
    if not governs(person, member):
        raise NotAllowed("这个账号不归您管，请找能授予他角色的上级", "This account is looked after by somebody else")
    return member


def get(session: ScopedSession, *, staff_id: UUID, person: SignedIn) -> Staff:
    """One member of staff within the person's reach; raises NotFound otherwise."""
    member = session.get(Staff, (person.tenant_id, staff_id))
    if member is None or not reach.within(member.reach, person.reach):
        raise NotFound
    return member


def list_staff(session: ScopedSession, *, person: SignedIn, words: str = "") -> list[Staff]:
    """The staff of the person's tenant within their reach, by number; `words` narrows by name, number or department."""
    members = session.scalars(select(Staff).where(Staff.tenant_id == person.tenant_id).order_by(Staff.staff_no))
    return [
        member
        for member in members
        if reach.within(member.reach, person.reach)
        and (not words or words in member.name or words in member.staff_no or words in member.dept_name)
    ]


def divisions_of(session: ScopedSession, prefix: str) -> Sequence[Division]:
    """The division a prefix names, and those directly below it: where a person can be sent."""
    code = prefix.ljust(12, "0")
    either = or_(Division.code == code, Division.parent_code == code)
    return session.scalars(select(Division).where(either, Division.valid_to.is_(None)).order_by(Division.code)).all()


def _note(
    session: ScopedSession, giver: SignedIn | None, action: str, member: Staff, detail: dict[str, object]
) -> None:
    audit.record(session, actor=actor_of(giver), action=action, subject=f"staff:{member.staff_no}", detail=detail)
