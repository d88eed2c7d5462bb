"""Sessions and citizens: limits, single sign-out, and rows that only their owner sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from xiangtong.identity import citizens, codes, sessions, throttle
from xiangtong.identity.models import Citizen, WebSession
from xiangtong.identity.ports import Claims
from xiangtong.kernel import clock
from xiangtong.kernel.errors import TooMany
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database, Scope

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CLAIMS = Claims(
    issuer="https://sso.example", sub="p-1", name="张三", id_type="resident_id", id_number="321003198801010016",
    phone="13800138000", assurance=3,
)  # fmt: skip


@pytest.fixture
def citizen(db: Database, keys: KeyRing):
    with db.scope(NOBODY) as session:
        return citizens.upsert(session, keys=keys, claims=CLAIMS)


def _open(db: Database, citizen) -> str:
    with db.scope(NOBODY) as session:
        return sessions.open_session(session, kind="citizen", subject_id=citizen, assurance=3, device="手机")


def test_a_citizen_is_kept_once_sealed_and_seen_by_nobody_else(db: Database, keys: KeyRing, citizen) -> None:
    with db.scope(NOBODY) as session:
        assert citizens.upsert(session, keys=keys, claims=replace(CLAIMS, phone="13800138001")) == citizen
        assert citizens.load(session, keys=keys, citizen_id=citizen).phone == "13800138001"
        assert session.scalar(select(func.count()).select_from(Citizen)) == 0
    with db.scope(Scope(citizen_id=citizen)) as session:
        row = session.scalars(select(Citizen)).one()
        assert b"321003198801010016" not in row.claims_sealed


def test_a_token_stands_for_its_person_until_it_rests_too_long(db: Database, citizen) -> None:
    with clock.frozen(NOON):
        token = _open(db, citizen)
        found = sessions.resolve(db, token=token)
        assert (found.kind, found.subject_id, found.assurance) == ("citizen", citizen, 3)
        assert sessions.resolve(db, token="other") is None
    with clock.frozen(NOON + timedelta(minutes=59)):
        assert sessions.resolve(db, token=token)
    with clock.frozen(NOON + timedelta(minutes=118)):
        assert sessions.resolve(db, token=token), "the visit before kept it alive"
    with clock.frozen(NOON + timedelta(minutes=179)):
        assert sessions.resolve(db, token=token) is None


def test_no_visit_keeps_a_session_beyond_its_whole_life(db: Database, citizen) -> None:
    with clock.frozen(NOON):
        token = _open(db, citizen)
    for minutes in range(30, 12 * 60, 30):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            assert sessions.resolve(db, token=token)
    with clock.frozen(NOON + timedelta(hours=12)):
        assert sessions.resolve(db, token=token) is None


def test_the_oldest_session_makes_room_and_one_sign_out_ends_all(db: Database, citizen) -> None:
    tokens = [_open(db, citizen) for _ in range(11)]
    assert sessions.resolve(db, token=tokens[0]) is None
    keep = sessions.key_of(tokens[-1])
    with db.scope(NOBODY) as session:
        assert len(sessions.list_sessions(session, kind="citizen", subject_id=citizen)) == 10
        assert sessions.close_all(session, kind="citizen", subject_id=citizen, keep=keep) == 9
    assert sessions.resolve(db, token=tokens[5]) is None
    assert sessions.resolve(db, token=tokens[-1])
    with db.scope(NOBODY) as session:
        sessions.close_session(session, token=tokens[-1])
    assert sessions.resolve(db, token=tokens[-1]) is None


def test_nobody_lists_sessions_and_the_sweep_takes_only_what_expired(db: Database, citizen) -> None:
    with clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        _open(db, citizen)
    token = _open(db, citizen)
    with db.scope(NOBODY) as session:
        assert session.scalars(select(WebSession)).all() == []
        assert sessions.sweep(session) == 1
    assert sessions.resolve(db, token=token)


def test_a_window_gives_so_many_tries_and_no_more(db: Database) -> None:
    with clock.frozen(NOON):
        for _ in range(5):
            throttle.spend(db, throttle.SIGN_IN, "x")
        throttle.spend(db, throttle.SIGN_IN, "y")
        with pytest.raises(TooMany) as refused:
            throttle.spend(db, throttle.SIGN_IN, "x")
        assert refused.value.retry_after == 900
        throttle.clear(db, throttle.SIGN_IN, "x")
        throttle.spend(db, throttle.SIGN_IN, "x")


def test_a_code_is_good_once_in_time_and_only_for_its_purpose(db: Database, keys: KeyRing) -> None:
    with clock.frozen(NOON), db.scope(NOBODY) as session:
        code = codes.issue_digits(session, keys=keys, purpose="a", subject="s")
        assert not codes.redeem(session, keys=keys, purpose="b", subject="s", code=code)
        assert codes.redeem(session, keys=keys, purpose="a", subject="s", code=f" {code[:3]} {code[3:]}")
        assert not codes.redeem(session, keys=keys, purpose="a", subject="s", code=code)
        late = codes.issue_digits(session, keys=keys, purpose="a", subject="s")
    with clock.frozen(NOON + timedelta(minutes=5)), db.scope(NOBODY) as session:
        assert not codes.redeem(session, keys=keys, purpose="a", subject="s", code=late)
