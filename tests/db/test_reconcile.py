"""Comparing a day with the province: equal, lost there, unknown here, different; and what erasure waits for."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import select

from ledger_writer import Writer, case_number, profile
from pushing import Knobs, rows, send_all, serials, states
from sandbox_sender import Sender, apply_message, running_province
from xiangtong import ledger
from xiangtong.kernel import clock
from xiangtong.ledger.models import Difference
from xiangtong.province.http import HttpTransport
from xiangtong.push import differences
from xiangtong.push.ports import Unreachable
from xiangtong.push.reconcile import DayNotOver, days_to_compare, reconcile
from xiangtong.tenancy.scope import NOBODY, Scope


@pytest.fixture
def services(services, province):
    province.calendar(next(_days))
    return services


# Each test has a day of its own at the province, so that what one sends the next does not see.
_days = iter(range(-2000, 0, 2))


def _day(services):
    return rows(services, "select received_on from receipt limit 1")[0].received_on


def _ended(services, province):
    """The day on which everything so far was received, over now."""
    province.calendar(0)
    return _day(services)


def _case_ids(services):
    return [row.case_id for row in rows(services, "select distinct case_id from ledger_fact")]


def _reconciled(services, tenant_id=1):
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        return [ledger.is_reconciled(session, tenant_id=tenant_id, case_id=id_) for id_ in _case_ids(services)]


def test_equal_chains_mark_the_case_and_the_next_event_unmarks_it(services, province):
    writer = Writer(services)
    serial = next(serials)
    send_all(services, writer.case(serial, events=2))
    assert _reconciled(services) == [False]
    report = reconcile(services, _ended(services, province), city_code="3210")
    assert (report.cases, report.messages, report.equal, report.clean) == (1, 2, 1, True)
    assert _reconciled(services) == [True]
    rows(
        services,
        "insert into ledger_fact (tenant_id, id, case_id, case_no, seq, type, occurred_at, key_id, facts, recorded_at, due_at)"
        " select tenant_id, gen_random_uuid(), case_id, case_no, 3, 'step', now(), key_id, '', now(), now()"
        " from ledger_fact where seq = 1 returning 1",
    )
    assert _reconciled(services) == [False]


def test_both_townships_are_compared_and_a_run_is_kept(services, province):
    send_all(services, Writer(services).case(next(serials)))
    other = Writer(services, tenant_id=2, township="321003108")
    send_all(services, other.case(next(serials)), tenant_id=2)
    report = reconcile(services, _ended(services, province), city_code="3210")
    assert (report.equal, report.clean) == (2, True)
    assert rows(services, "select equal, strays from reconciliation_run")[0] == (2, [])


def test_what_the_province_lost_is_sent_again_and_is_equal_then(services, tmp_path):
    writer = Writer(services)
    ids = writer.case(next(serials), events=2)
    send_all(services, ids)
    before = rows(services, "select digest, chain from receipt order by seq")
    with (
        running_province(tmp_path / "restored", "--rate", "100000") as (url, _),
        closing(HttpTransport(profile(url))) as line,
    ):
        restored = replace(services, transport=line)
        report = reconcile(restored, _day(services), city_code="3210")
        assert (report.re_sent, report.differences) == (2, 0)
        assert sorted(states(services)) == ["behind", "due"]
        assert send_all(restored, ids) == ["delivered"] * 2
        held = Knobs(url).held(next(iter(writer.written)))
    assert [(m["digest"], m["chain"]) for m in held] == [tuple(row) for row in before]


def test_a_case_that_nobody_here_knows_is_a_stray(services, province):
    send_all(services, Writer(services).case(next(serials)))
    strays = [case_number(7, township="321003108"), case_number(7, township="321099999")]
    with httpx.Client(base_url=province.url, trust_env=False) as client:
        for case_no in strays:
            assert Sender(client).post_message(apply_message(case_no)).status == 201
    report = reconcile(services, _ended(services, province), city_code="3210")
    assert (report.strays, report.equal) == (strays, 1)
    assert [row.kind for row in rows(services, "select kind from difference", tenant_id=2)] == ["unknown_here"]


def test_another_chain_is_a_difference_and_marks_nothing(services, province, tmp_path):
    serial = next(serials)
    send_all(services, Writer(services).case(serial))
    with (
        running_province(tmp_path / "other", "--rate", "100000") as (url, _),
        closing(HttpTransport(profile(url))) as line,
    ):
        other = replace(services, transport=line)
        elsewhere = Knobs(url)
        elsewhere.calendar((_day(services) - clock.today()).days)
        # The same case number with other content, held by the other province.
        send_all(other, Writer(other, tenant_id=2).case(serial, answers={"bank": "another"}), tenant_id=2)
        report = reconcile(other, _ended(services, elsewhere), city_code="3210")
        assert (report.equal, report.differences, report.re_sent) == (1, 1, 0)
        (row,) = rows(services, "select kind, ours, theirs from difference")
        assert row.kind == "chain"
        assert row.ours != row.theirs
        assert _reconciled(services) == [False]
        assert report.closed == 0, "what is found is not closed in the same breath"
        assert reconcile(services, _ended(services, province), city_code="3210").closed == 1, "the two sides agree now"
        assert _closed(services) == [(True, None, None)], "nobody decided it"
        reconcile(other, _day(services), city_code="3210")
        assert _closed(services) == [(False, None, None)], "found again"
        _settle(services, why="  省平台已按我们的改正 ")
        reconcile(other, _day(services), city_code="3210")
        assert _closed(services) == [(True, "901", "省平台已按我们的改正")], "what a person closed stays closed"
        with services.db.scope(Scope(tenant_id=1)) as session:
            (case_id, case_no, seq) = session.execute(
                select(Difference.case_id, Difference.case_no, Difference.seq)
            ).one()
            case = (case_id, case_no, seq)
            assert differences.note_difference(
                session, tenant_id=1, case=case, kind="chain", ours=row.ours, theirs="something else"
            ), "unless a side says something else"


def _closed(services):
    return [
        (row.settled_at is not None, row.settled_by, row.settled_why)
        for row in rows(services, "select settled_at, settled_by, settled_why from difference")
    ]


def _settle(services, *, why):
    with services.db.scope(Scope(tenant_id=1)) as session:
        difference_id = session.scalars(select(Difference.id)).one()
        settle = partial(differences.settle, session, tenant_id=1, difference_id=difference_id, by="901")
        for too_little in ("", " \n", "好", "长" * 201):
            with pytest.raises(differences.NoReason):
                settle(why=too_little)
        settle(why=why)
        with pytest.raises(differences.AlreadySettled):
            settle(why=why)


def test_days_on_which_nobody_answered_are_compared_later(services, province):
    def days():
        with services.db.scope(NOBODY) as session:
            return days_to_compare(session, city_code="3210")

    province.calendar(0)
    yesterday = clock.today() - timedelta(days=1)
    assert days() == [yesterday], "a city that begins has no past"
    reconcile(services, yesterday - timedelta(days=3), city_code="3210")
    reconcile(services, yesterday - timedelta(days=1), city_code="3210")
    assert days() == [yesterday - timedelta(days=2), yesterday]


def test_a_day_that_is_not_over_is_not_asked_for(services):
    with pytest.raises(DayNotOver):
        reconcile(services, clock.today(), city_code="3210")


def test_a_province_that_cannot_be_asked_marks_nothing(services, province):
    send_all(services, Writer(services).case(next(serials)))
    province.turn("status", scope="reconciliation")
    with pytest.raises(Unreachable):
        reconcile(services, _ended(services, province), city_code="3210")
    assert _reconciled(services) == [False]
    province.off()
    assert reconcile(services, _day(services), city_code="3210").clean
