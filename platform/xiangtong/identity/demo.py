"""Demo staff: one of each role, with sign-ins that `xiangtong demo` prints. Never where demo secrets are refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from xiangtong.identity import accounts, passwords, roles, staff
from xiangtong.identity.models import Staff
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Division, Tenant
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import CITY, Scope

PASSWORD = "Gongdao-2026-demo"  # noqa: S105 - shown on the screen; the demo listens on 127.0.0.1 only.
# A fixed secret so that the printed address can be scanned once and works at every start of the demo.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
_HALL = "为民服务中心"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One line that `make serve` prints."""

    role: str
    name: str
    account: str
    password: str
    factor: str

    def __str__(self) -> str:
        password = f"  密码 {self.password}" if self.password else ""
        return f"{self.role} {self.name}  {self.account}{password}  {self.factor}"


@dataclass(frozen=True, slots=True)
class _Person:
    number: str
    name: str
    phone: str
    role: str
    reach: str = ""
    dept: str = ""


_OF_THE_CITY = (
    _Person("901", "周七", "13800000901", "city_operator"),
    _Person("902", "吴八", "13800000902", "security_admin"),
    _Person("903", "郑九", "13800000903", "audit_admin"),
    _Person("904", "冯十", "13800000904", "system_admin"),
)
_OF_THE_TOWNSHIP = (
    _Person("001", "赵六", "13800000001", "township_admin"),
    _Person("003", "孙二", "13800000003", "window_clerk", dept=_HALL),
    _Person("004", "钱五", "13800000004", "reviewer", dept="社会事务局"),
    _Person("005", "陈一", "13800000005", "auditor", dept="纪委"),
)


def seed(services: Needs, *, township: str = "321003100", village: str = "太平村") -> list[DemoSignIn]:
    """Make the demo's staff where they are not there yet; the sign-ins to print."""
    db, keys = services.db, services.keys
    with db.scope(CITY) as session:
        tenant = session.scalars(select(Tenant).where(Tenant.code == township)).one()
        city = _city_tenant(session, tenant)
        prefix = _village_prefix(session, tenant, village)
    with db.scope(Scope(tenant_id=city.id)) as session:
        keys.found_tenant(session, tenant_id=city.id)
        signs = [_seed_one(session, keys, city, person, city.city_code) for person in _OF_THE_CITY]
    keeper = _Person("002", "刘四", "13800000002", "village_staff", reach=prefix, dept=village)
    with db.scope(Scope(tenant_id=tenant.id)) as session:
        signs += [_seed_one(session, keys, tenant, who, tenant.code) for who in (*_OF_THE_TOWNSHIP, keeper)]
    return signs


def _city_tenant(session: ScopedSession, township: Tenant) -> Tenant:
    """The tenant in which the city's own staff live; made here where provisioning has not."""
    found = session.scalar(select(Tenant).where(Tenant.kind == "city", Tenant.city_code == township.city_code))
    if found is not None:
        return found
    division = session.scalars(select(Division).where(Division.code == township.city_code.ljust(12, "0"))).one()
    next_id = session.connection().exec_driver_sql("select nextval('tenant_id_seq')").scalar_one()
    made = Tenant(
        id=next_id, code=township.city_code, kind="city", division_code=division.code, city_code=township.city_code,
        name=division.name, short_name=division.short_name, hall_name="", station_template="", kit="", params={},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _village_prefix(session: ScopedSession, tenant: Tenant, name: str) -> str:
    villages = session.scalars(select(Division).where(Division.parent_code == tenant.division_code)).all()
    chosen = next((village for village in villages if village.name.startswith(name)), None)
    return (chosen or villages[0]).code if villages else tenant.code


def _seed_one(session: ScopedSession, keys: KeyRing, tenant: Tenant, person: _Person, reach: str) -> DemoSignIn:
    present = select(Staff).where(Staff.tenant_id == tenant.id, Staff.staff_no == person.number)
    if session.scalar(present) is None:
        entry = staff.Entry(
            staff_no=person.number, name=person.name, phone=person.phone, roles=(person.role,),
            reach=(person.reach or reach,), dept_name=person.dept, demo=True,
        )  # fmt: skip
        member = staff.add(session, keys=keys, tenant=tenant, entry=entry, giver=None)
        _open_up(session, keys, member)
    return _say(tenant, person)


def _open_up(session: ScopedSession, keys: KeyRing, member: Staff) -> None:
    accounts.put_hash(session, staff_id=member.id, hashed=_demo_hash())
    member.must_change = False
    if roles.factor_of(member.roles) == "totp":
        place = f"staff:{member.tenant_id}:{member.id}:totp"
        member.totp_sealed = keys.city_seal(TOTP_SECRET.encode(), context=place)


@cache
def _demo_hash() -> str:
    return passwords.make_hash(PASSWORD)


def _say(tenant: Tenant, person: _Person) -> DemoSignIn:
    words = {"totp": f"动态码密钥 {TOTP_SECRET}", "sms": "短信验证码（看演示短信页）", "none": "手机号 + 短信验证码"}
    factor = roles.factor_of([person.role])
    by_phone = roles.signs_in_by_phone([person.role])
    account = person.phone if by_phone else staff.account_of(tenant, person.number)
    return DemoSignIn(roles.ROLE_NAMES[person.role], person.name, account, "" if by_phone else PASSWORD, words[factor])
