"""Staff: who may add whom, how far, how they sign in, and what is counted against them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyotp
import pytest
from sqlalchemy import select, text

from sign_in_codes import asked_for, send_last
from xiangtong.audit.models import AuditEntry
from xiangtong.identity import cli, demo, handover, rosters, second_factor, sessions, sign_in, staff
from xiangtong.identity.models import Staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock, sheets
from xiangtong.kernel.errors import NotAllowed, NotFound, Problems, TooMany
from xiangtong.notify.demo import DemoSms
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Database, Scope

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ADMIN = "321003100-001"


@pytest.fixture
def city(db: Database, staffed_township: tuple[int, int]) -> Database:
    return db


@pytest.fixture
def sms(tmp_path: Path) -> DemoSms:
    return DemoSms(tmp_path)


def _enter(db: Database, keys: KeyRing, account: str) -> str:
    step = sign_in.by_password(db, keys=keys, name=account, password=demo.PASSWORD, address="127.0.0.1")
    person = sessions.resolve(db, token=step.token)
    code = pyotp.TOTP(demo.TOTP_SECRET).at(clock.now())
    return sign_in.by_factor(db, keys=keys, person=person, code=code)


def _person(db: Database, keys: KeyRing, account: str = ADMIN) -> SignedIn:
    with clock.frozen(NOON):
        found = sessions.resolve(db, token=_enter(db, keys, account))
    assert found is not None
    return found


def _entry(**changes: object) -> staff.Entry:
    plain = {"staff_no": "101", "name": "李四", "phone": "13800000101"}
    return staff.Entry(**(plain | {"roles": ("window_clerk",), "reach": ("321003100",)} | changes))


def _add(db: Database, keys: KeyRing, giver: SignedIn, **changes: object) -> Staff:
    with db.scope(Scope(tenant_id=giver.tenant_id)) as session:
        tenant = session.get_one(Tenant, giver.tenant_id)
        return staff.add(session, keys=keys, tenant=tenant, entry=_entry(**changes), giver=giver)


def _codes(error: pytest.ExceptionInfo[Problems]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def test_seeding_twice_changes_nothing(city: Database, keys: KeyRing) -> None:
    assert len(demo.seed(SimpleNamespace(db=city, keys=keys))) == 9
    with city.scope(Scope(tenant_id=1)) as session:
        assert len(session.scalars(select(Staff)).all()) == 5


def test_two_factors_make_a_session_with_permissions(city: Database, keys: KeyRing) -> None:
    with clock.frozen(NOON):
        step = sign_in.by_password(city, keys=keys, name=ADMIN, password=demo.PASSWORD, address="127.0.0.1")
        half = sessions.resolve(city, token=step.token)
        assert (step.next, half.kind, half.permissions) == ("totp", "staff_step", frozenset())
        person = sessions.resolve(city, token=_enter(city, keys, ADMIN))
    assert person.kind == "staff"
    assert "staff.manage" in person.permissions
    assert person.reach == ("321003100",)


def test_a_code_works_once(city: Database, keys: KeyRing) -> None:
    with clock.frozen(NOON):
        _enter(city, keys, ADMIN)
        with pytest.raises(sign_in.SignInRefused):
            _enter(city, keys, ADMIN)


def test_five_wrong_passwords_lock_even_the_right_one_for_a_quarter_of_an_hour(city: Database, keys: KeyRing) -> None:
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(sign_in.SignInRefused):
                sign_in.by_password(city, keys=keys, name=ADMIN, password="wrong", address="127.0.0.1")
        with pytest.raises(TooMany, match="15 分钟"):
            _enter(city, keys, ADMIN)
    with clock.frozen(NOON + timedelta(minutes=15, seconds=1)):
        assert _enter(city, keys, ADMIN)


def test_refused_tries_are_in_the_audit_log(city: Database, keys: KeyRing) -> None:
    with pytest.raises(sign_in.SignInRefused):
        sign_in.by_password(city, keys=keys, name=ADMIN, password="wrong", address="127.0.0.1")
    with city.scope(Scope(tenant_id=1)) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.action, last.outcome, last.subject) == ("staff.sign_in", "refused", "staff:001")


def test_village_staff_need_a_phone_and_no_password(city: Database, keys: KeyRing, sms: DemoSms) -> None:
    sign_in.request_code(city, keys=keys, phone="13800000002", address="127.0.0.1")
    assert sms.latest() == [], "nothing is sent while somebody waits for the answer"
    send_last(city, keys=keys, sms=sms)
    code = sms.latest()[0].values["code"]
    step = sign_in.by_phone(city, keys=keys, phone="13800000002", code=code, address="127.0.0.1")
    assert sessions.resolve(city, token=step.token).roles == ("village_staff",)
    with pytest.raises(TooMany):
        sign_in.request_code(city, keys=keys, phone="13800000002", address="127.0.0.1")


def test_nobody_else_gets_a_code_by_phone_and_nobody_learns_it(city: Database, keys: KeyRing, sms: DemoSms) -> None:
    for number, phone in enumerate(("13800000001", "13900000000"), start=1):
        sign_in.request_code(city, keys=keys, phone=phone, address="127.0.0.1")
        assert len(asked_for(city)) == number, "a job for everybody: its time tells nothing"
        send_last(city, keys=keys, sms=sms)
        with pytest.raises(TooMany):
            sign_in.request_code(city, keys=keys, phone=phone, address="127.0.0.1")
        with pytest.raises(sign_in.SignInRefused):
            sign_in.by_phone(city, keys=keys, phone=phone, code="000000", address="127.0.0.1")
    assert sms.latest() == []
    assert "13900000000" not in repr(asked_for(city))


def test_a_clerk_gets_the_second_factor_by_sms(city: Database, keys: KeyRing, sms: DemoSms) -> None:
    step = sign_in.by_password(city, keys=keys, name="13800000003", password=demo.PASSWORD, address="127.0.0.1")
    person = sessions.resolve(city, token=step.token)
    assert step.next == "sms"
    sign_in.send_factor(city, keys=keys, sms=sms, person=person)
    token = sign_in.by_factor(city, keys=keys, person=person, code=sms.latest()[0].values["code"])
    assert "cases.accept" in sessions.resolve(city, token=token).permissions


def test_a_new_administrator_comes_in_with_a_printed_code(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    member = _add(city, keys, giver, roles=("township_admin",), phone="")
    with city.scope(Scope(tenant_id=1)) as session:
        slip = handover.issue(session, keys=keys, staff_id=member.id, giver=giver)
    with pytest.raises(Problems) as both:
        handover.redeem(city, keys=keys, account=slip.account, code=slip.code, password="123456")
    with pytest.raises(Problems) as nobody:
        handover.redeem(city, keys=keys, account="321003100-999", code=slip.code, password="123456")
    # Nobody learns from an answer which accounts there are.
    assert _codes(both) == _codes(nobody) == {"PASSWORD_WEAK"}
    handover.redeem(city, keys=keys, account=slip.account, code=slip.code.lower(), password="Aa-taiping-77")
    with pytest.raises(Problems):
        handover.redeem(city, keys=keys, account=slip.account, code=slip.code, password="Aa-taiping-78")
    step = sign_in.by_password(city, keys=keys, name=slip.account, password="Aa-taiping-77", address="::1")
    person, secret = sessions.resolve(city, token=step.token), pyotp.random_base32()
    assert step.next == "enrol"
    with clock.frozen(clock.now()):
        code = pyotp.TOTP(secret).at(clock.now())
        token = sign_in.by_enrolment(city, keys=keys, person=person, secret=secret, code=code)
    assert "staff.manage" in sessions.resolve(city, token=token).permissions


def test_everything_wrong_with_an_entry_is_said_together(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    with pytest.raises(Problems) as wrong:
        _add(city, keys, giver, staff_no="001", phone="13800000002", roles=("city_operator",), reach=("321003108",))
    assert _codes(wrong) == {"STAFF_NO_TAKEN", "PHONE_TAKEN", "ROLE_NOT_YOURS", "REACH_OUTSIDE"}


def test_nobody_holds_two_of_the_three_administrations(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys, "3210-902")
    with pytest.raises(Problems) as wrong:
        _add(city, keys, giver, roles=("system_admin", "audit_admin"), reach=("3210",))
    assert _codes(wrong) == {"ROLES_APART"}


def test_reach_hides_those_beyond_it(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    member = _add(city, keys, giver)
    narrow = SignedIn("", "staff", member.id, 1, 2, NOON, roles=("township_admin",), reach=("321003100200",))
    with city.scope(Scope(tenant_id=1)) as session:
        assert [m.staff_no for m in staff.list_staff(session, person=narrow)] == ["002"]
        with pytest.raises(NotFound):
            staff.get(session, staff_id=giver.subject_id, person=narrow)


def test_another_township_sees_nobody(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    other = SignedIn("", "staff", giver.subject_id, 2, 2, NOON, roles=("township_admin",), reach=("321003108",))
    with city.scope(Scope(tenant_id=2)) as session:
        assert staff.list_staff(session, person=other) == []
        with pytest.raises(NotFound):
            staff.get(session, staff_id=giver.subject_id, person=other)


def test_a_disabled_account_is_out_at_once_and_stays_out(city: Database, keys: KeyRing, sms: DemoSms) -> None:
    giver = _person(city, keys)
    sign_in.request_code(city, keys=keys, phone="13800000002", address="127.0.0.1")
    send_last(city, keys=keys, sms=sms)
    code = sms.latest()[0].values["code"]
    token = sign_in.by_phone(city, keys=keys, phone="13800000002", code=code, address="127.0.0.1").token
    keeper = sessions.resolve(city, token=token)
    with city.scope(Scope(tenant_id=1)) as session:
        staff.set_disabled(session, staff_id=keeper.subject_id, disabled=True, giver=giver)
    assert sessions.resolve(city, token=token) is None
    with city.scope(Scope(tenant_id=1)) as session, pytest.raises(NotAllowed):
        staff.set_disabled(session, staff_id=giver.subject_id, disabled=True, giver=giver)


def test_an_old_phone_no_longer_finds_and_a_new_one_does(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    member = _add(city, keys, giver)
    with city.scope(Scope(tenant_id=1)) as session:
        entry = _entry(phone="13800000102", name="李四四")
        staff.edit(session, keys=keys, staff_id=member.id, entry=entry, giver=giver)
    with city.scope(NOBODY) as session:
        assert staff.find_login(session, keys=keys, name="13800000101") is None
        assert staff.find_login(session, keys=keys, name="13800000102").staff_id == member.id


def test_a_list_comes_in_whole_or_not_at_all(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    rows = [
        ("101", "李四", "13800000101", "窗口人员", "321003100", "", ""),
        ("102", "王五", "138", "市长", "321003108", "", ""),
    ]

    def take(rows: list[tuple[str, ...]]) -> tuple[int, int]:
        lines = rosters.read(sheets.write(rosters.HEAD, rows))
        with city.scope(Scope(tenant_id=1)) as session:
            tenant = session.get_one(Tenant, 1)
            return rosters.take_in(session, keys=keys, tenant=tenant, lines=lines, giver=giver)

    with pytest.raises(Problems) as wrong:
        take(rows)
    assert {problem.where for problem in wrong.value.problems} == {"第 3 行 手机号", "第 3 行 角色", "第 3 行 管理范围"}
    good = [rows[0], ("102", "王五", "", "审核人员", "", "", "")]
    assert take(good) == (2, 0)
    assert take(good) == (0, 2)


def test_a_list_that_goes_out_and_comes_back_changes_nobody(city: Database, keys: KeyRing) -> None:
    giver = _person(city, keys)
    with city.scope(Scope(tenant_id=1)) as session:
        listed = rosters.export(session, keys=keys, person=giver)
        assert b"13800000002" not in listed
        before = {m.staff_no: staff.phone_of(keys, m) for m in session.scalars(select(Staff))}
    with city.scope(Scope(tenant_id=1)) as session:
        tenant = session.get_one(Tenant, 1)
        rosters.take_in(session, keys=keys, tenant=tenant, lines=rosters.read(listed), giver=giver)
        assert {m.staff_no: staff.phone_of(keys, m) for m in session.scalars(select(Staff))} == before


def test_the_city_sees_who_has_not_signed_in_and_no_phone(city: Database, keys: KeyRing) -> None:
    with city.oversight("3210") as session:
        names = session.scalars(select(Staff.name).where(Staff.tenant_id == 1, Staff.last_sign_in_at.is_(None))).all()
    assert len(names) == 5
    with pytest.raises(Exception, match="permission denied"), city.oversight("3210") as session:
        session.execute(text("select phone_sealed from staff"))


def test_the_installation_hands_a_city_its_first_people(city: Database, keys: KeyRing) -> None:
    entry = _entry(staff_no="950", phone="", roles=("security_admin",), reach=("3210",))
    first = cli.hand_over(city, keys=keys, tenant_code="3210", entry=entry)
    again = cli.hand_over(city, keys=keys, tenant_code="3210", entry=entry)
    with pytest.raises(Problems):
        handover.redeem(city, keys=keys, account=first.account, code=first.code, password="Aa-taiping-77")
    handover.redeem(city, keys=keys, account=again.account, code=again.code, password="Aa-taiping-77")
    with pytest.raises(NotFound):
        cli.hand_over(city, keys=keys, tenant_code="9999", entry=entry)
    with pytest.raises(Problems) as refused:
        cli.hand_over(city, keys=keys, tenant_code="321003100", entry=entry)
    assert "安全管理员只能设在市里（--tenant 3210）" in refused.value.problems[0].message


def test_nobody_takes_over_an_account_whose_roles_they_cannot_give(city: Database, keys: KeyRing) -> None:
    operator = _person(city, keys, "3210-901")
    with city.scope(Scope(tenant_id=operator.tenant_id)) as session:
        guard = session.scalars(select(Staff).where(Staff.staff_no == "902")).one()
        assert not staff.governs(operator, guard)
        with pytest.raises(NotAllowed):
            handover.issue(session, keys=keys, staff_id=guard.id, giver=operator)
        with pytest.raises(NotAllowed):
            staff.set_disabled(session, staff_id=guard.id, disabled=True, giver=operator)
        with pytest.raises(NotAllowed):
            staff.edit(session, keys=keys, staff_id=guard.id, entry=_entry(), giver=operator)


def test_one_code_opens_one_session_even_twice_at_once(city: Database, keys: KeyRing) -> None:
    half = sessions.resolve(city, token=sign_in.by_password(
        city, keys=keys, name=ADMIN, password=demo.PASSWORD, address="127.0.0.1"
    ).token)  # fmt: skip
    at, scope = (half.tenant_id, half.subject_id), Scope(tenant_id=half.tenant_id)
    with clock.frozen(NOON), city.scope(scope) as slow:
        code, member = pyotp.TOTP(demo.TOTP_SECRET).at(clock.now()), slow.get_one(Staff, at)
        with city.scope(scope) as fast:
            assert second_factor.matches(fast, keys=keys, member=fast.get_one(Staff, at), code=code)
        assert not second_factor.matches(slow, keys=keys, member=member, code=code)


def test_the_half_way_session_ends_with_the_second_factor(city: Database, keys: KeyRing) -> None:
    with clock.frozen(NOON):
        step = sign_in.by_password(city, keys=keys, name=ADMIN, password=demo.PASSWORD, address="127.0.0.1")
        person = sessions.resolve(city, token=step.token)
        code = pyotp.TOTP(demo.TOTP_SECRET).at(clock.now())
        sign_in.by_factor(city, keys=keys, person=person, code=code)
        assert sessions.resolve(city, token=step.token) is None
