"""Delivery against a real province over real HTTP: order, receipts, and each row of the contract's table."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from ledger_writer import Writer, case_number, facts_document, profile
from pushing import QUICK, Knobs, empty_queue, queued, rows, send_all, serials, states
from sandbox_sender import running_province
from xiangtong import ledger
from xiangtong.kernel import clock
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.province.http import HttpLine, HttpTransport
from xiangtong.push.claim import Claim, claim
from xiangtong.push.deliver import deliver
from xiangtong.push.send import send
from xiangtong.push.settle import settle
from xiangtong.push.sweep import sweep
from xiangtong.tenancy.scope import Scope


def _case_no(writer):
    return list(writer.written)[-1]


def test_a_case_arrives_in_order_with_receipts_and_the_same_chain(services, writer, province):
    ids = writer.case(next(serials), events=3)
    assert send_all(services, ids) == ["delivered"] * 3
    held = province.held(_case_no(writer))
    ours = rows(services, "select digest, chain, receipt_no from receipt order by seq")
    assert [(m["digest"], m["chain"], m["receipt_no"]) for m in held] == [tuple(row) for row in ours]
    assert states(services) == ["delivered"] * 3


def test_what_comes_later_waits_and_is_woken(services, writer, province):
    first, second, third = writer.case(next(serials), events=3)
    assert send_all(services, [third, second]) == ["behind", "behind"]
    empty_queue(services)
    assert send_all(services, [first]) == ["delivered"]
    assert queued(services) == 1
    assert send_all(services, [second, third]) == ["delivered", "delivered"]


def test_a_roll_back_takes_fact_and_job(services, keys):
    with pytest.raises(RuntimeError), services.db.scope(Scope(tenant_id=1)) as session:
        key = keys.create(session, tenant_id=1)
        facts = facts_document(case_no=case_number(1), seq=1)
        ledger.record(
            session, key=key, tenant_id=1, case_id=key.id, case_no=case_number(1), seq=1, type="apply",
            occurred_at=clock.now(), facts=facts,
        )  # fmt: skip
        raise RuntimeError
    assert states(services) == []
    assert queued(services) == 0


def test_facts_and_bytes_are_sealed_and_never_change(services, writer):
    send_all(services, writer.case(next(serials)))
    for table, column in (("ledger_fact", "facts"), ("wire_message", "body")):
        (row,) = rows(services, f"select {column} as sealed from {table}")
        assert b"13800138000" not in bytes(row.sealed)
        with pytest.raises(Exception, match="permission denied"):
            rows(services, f"update {table} set {column} = '' returning 1")


def test_the_relay_sees_what_is_due_and_no_body(services, writer):
    writer.case(next(serials))
    with services.db.relay() as session:
        assert len(session.connection().exec_driver_sql("select tenant_id, id from ledger_fact").all()) == 1
    for column in ("facts", "case_no"):
        with pytest.raises(Exception, match="permission denied"), services.db.relay() as session:
            session.connection().exec_driver_sql(f"select {column} from ledger_fact")


def test_two_workers_at_once_send_one_message(services, writer, province):
    (fact,) = writer.case(next(serials))
    before = province.summary()["messages"]
    province.turn("delay", delay_ms=200, count=1)
    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(lambda _: deliver(services, tenant_id=1, fact_id=fact, pace=QUICK), range(4)))
    assert outcomes.count("delivered") >= 1
    assert set(outcomes) <= {"delivered", "leased"}
    assert province.summary()["messages"] == before + 1
    assert rows(services, "select attempts from ledger_fact")[0].attempts == 1


@pytest.mark.parametrize("kind", ["status", "stored_but_no_answer", "reset", "html", "wrong_receipt", "outage"])
def test_after_any_unknown_outcome_the_same_bytes_arrive_once(services, writer, province, kind):
    (fact,) = writer.case(next(serials))
    province.turn(kind, scope="messages", count=2)
    outcomes = [deliver(services, tenant_id=1, fact_id=fact, pace=QUICK)]
    while outcomes[-1] == "again":
        outcomes.append(deliver(services, tenant_id=1, fact_id=fact, pace=QUICK))
    assert outcomes[-1] == "delivered"
    (message,) = province.held(_case_no(writer))
    assert message["digest"] == rows(services, "select digest from wire_message")[0].digest
    assert len(rows(services, "select 1 from wire_message")) == 1


def test_busy_holds_the_whole_destination_and_burns_no_attempt(services, writer, province):
    (first,), (second,) = writer.case(next(serials)), writer.case(next(serials))
    province.turn("busy", retry_after=1, count=1)
    assert send_all(services, [first, second]) == ["wait", "held"]
    assert [row.attempts for row in rows(services, "select attempts from ledger_fact")] == [0, 0]
    with clock.frozen(clock.now() + timedelta(seconds=2)):
        assert send_all(services, [first, second]) == ["delivered", "delivered"]


def test_invalid_parks_with_reasons_and_what_follows_waits(services, writer, province):
    facts = {"applicant": {"kind": "person", "name": "张三", "id_type": "resident_id", "id_number": "1"}}
    first, second = writer.case(next(serials), events=2, **facts)
    assert send_all(services, [first, second]) == ["park", "behind"]
    row = rows(services, "select state, last_code, last_reason from ledger_fact order by seq")[0]
    assert (row.state, row.last_code) == ("parked", "INVALID")
    assert "/payload/applicant" in row.last_reason


def test_a_signature_that_is_refused_opens_the_breaker_and_burns_nothing(services, province):
    stranger = HttpTransport(replace(profile(province.url), secret="another-secret"))
    with closing(stranger):
        services = replace(services, transport=stranger)
        (first,), (second,) = Writer(services).case(next(serials)), Writer(services).case(next(serials))
        assert send_all(services, [first, second]) == ["shut", "held"]
        assert [row.attempts for row in rows(services, "select attempts from ledger_fact")] == [0, 0]
        assert rows(services, "select state, reason from breaker")[0] == ("open", "SIGNATURE")
        assert sweep(services, pace=QUICK) == 0


def test_a_clock_that_ran_away_is_signed_anew_once_then_the_breaker_opens(services, writer):
    (fact,) = writer.case(next(serials))
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert send_all(services, [fact]) == ["shut"]
    assert rows(services, "select reason from breaker")[0].reason == "SKEW"


def test_other_content_under_our_seq_parks_and_raises_a_difference(services, writer):
    serial = next(serials)
    send_all(services, writer.case(serial))
    (again,) = Writer(services).case(serial, answers={"bank": "another"})
    assert send_all(services, [again]) == ["conflict"]
    (row,) = rows(services, "select kind, case_no from difference")
    assert (row.kind, row.case_no) == ("conflict", case_number(serial))


def test_what_the_province_lost_is_sent_again_in_order(services, writer, province, tmp_path):
    ids = writer.case(next(serials), events=3)
    assert send_all(services, ids[:2]) == ["delivered"] * 2
    with (
        running_province(tmp_path / "other", "--rate", "100000") as (url, _),
        closing(HttpTransport(profile(url))) as other,
    ):
        moved = replace(services, transport=other)
        assert send_all(moved, [ids[2]]) == ["missing"]
        assert send_all(moved, ids) == ["delivered"] * 3
        held = [message["digest"] for message in Knobs(url).held(_case_no(writer))]
    assert held == [row.digest for row in rows(services, "select digest from receipt order by seq")]


def test_large_answers_are_uploaded_first_and_remembered(services, writer, province):
    (fact,) = writer.case(next(serials), answers={"text": "字" * 11_000})
    province.turn("reset", scope="messages", count=1)
    assert send_all(services, [fact]) == ["again"]
    (done,) = rows(services, "select digest from pushed_material")
    province.turn("status", scope="materials", statuses=[500])
    assert send_all(services, [fact]) == ["delivered"]
    assert province.held(_case_no(writer))[0]["body"]["payload"]["data_digest"] == done.digest


def test_a_material_the_province_forgot_is_uploaded_again(services, writer, province):
    (fact,) = writer.case(next(serials), answers={"text": "忘" * 11_000})
    text = json.dumps({"text": "忘" * 11_000}, ensure_ascii=False, separators=(",", ":"))
    digest = sm3_hex(text.encode())
    rows(
        services,
        "insert into pushed_material select tenant_id, case_id, :digest, now() from ledger_fact returning 1",
        digest=digest,
    )
    assert send_all(services, [fact]) == ["delivered"]


def test_seven_days_without_an_answer_park(services, writer, province):
    (fact,) = writer.case(next(serials))
    province.turn("outage")
    assert send_all(services, [fact]) == ["again"]
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        assert send_all(services, [fact]) == ["again"]
    assert states(services) == ["parked"]
    assert rows(services, "select last_code from ledger_fact")[0].last_code == "GIVEN_UP"


def test_a_message_whose_every_claim_is_lost_is_poison(services, writer, monkeypatch):
    (fact,) = writer.case(next(serials))
    monkeypatch.setattr(HttpLine, "post_message", lambda *_, **__: (_ for _ in ()).throw(MemoryError))
    for day in range(5):
        with clock.frozen(clock.now() + timedelta(days=day)), pytest.raises(MemoryError):
            send_all(services, [fact])
    with clock.frozen(clock.now() + timedelta(days=9)):
        assert send_all(services, [fact]) == ["parked"]
    assert rows(services, "select last_code from ledger_fact")[0].last_code == "POISON"


def test_a_worker_that_slept_past_its_lease_changes_nothing(services, writer, province):
    (fact,) = writer.case(next(serials))
    slow = claim(services, tenant_id=1, fact_id=fact, pace=QUICK)
    assert isinstance(slow, Claim)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        quick = claim(services, tenant_id=1, fact_id=fact, pace=QUICK)
        assert isinstance(quick, Claim)
        assert quick.token == slow.token + 1
        assert settle(services, slow, send(services, slow), pace=QUICK) == "fenced"
        assert rows(services, "select 1 from receipt") == []
    assert settle(services, quick, send(services, quick), pace=QUICK) == "delivered"


def test_the_sweeper_finds_what_the_queue_lost(services, writer):
    writer.case(next(serials), events=2)
    empty_queue(services)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert sweep(services, pace=QUICK) == 2
        assert queued(services) == 2


def test_the_sweeper_gives_each_township_its_share(services, writer):
    other = Writer(services, tenant_id=2, township="321003108")
    for _ in range(12):
        writer.case(next(serials), wake=False)
    other.case(next(serials), wake=False)
    pace = type(QUICK)(per_tenant=4, window=5)
    assert sweep(services, pace=pace) == 5
    jobs = rows(
        services,
        "select (args->>'tenant_id')::int as tenant, count(*) as n from procrastinate_jobs group by 1 order by 1",
    )
    assert [tuple(row) for row in jobs] == [(1, 4), (2, 1)]
    assert sweep(services, pace=pace) == 0


def test_the_breaker_opens_probes_and_ramps(services, writer, province):
    ids = [writer.case(next(serials))[0] for _ in range(8)]
    pace = type(QUICK)(failures=3, probe_every=timedelta(seconds=30), base=timedelta(milliseconds=1))
    province.turn("outage", refuse=True)
    assert send_all(services, ids, pace=pace) == ["again"] * 3 + ["held"] * 5
    assert sweep(services, pace=pace) == 0
    province.off()
    later = clock.now() + timedelta(seconds=90)
    with clock.frozen(later):
        assert send_all(services, ids[:3], pace=pace) == ["delivered", "held", "held"]
    for second in range(1, 8):
        with clock.frozen(later + timedelta(seconds=second)):
            send_all(services, ids, pace=pace)
    assert states(services) == ["delivered"] * 8


def test_no_transaction_is_open_while_the_province_is_called(services, writer, province, monkeypatch):
    seen, post = [], HttpLine.post_message
    open_transactions = (
        "select count(*) as n from pg_stat_activity"
        " where state like 'idle in transaction%' and datname = current_database()"
    )

    def watched(line, **message):
        seen.append(rows(services, open_transactions)[0].n)
        return post(line, **message)

    monkeypatch.setattr(HttpLine, "post_message", watched)
    assert send_all(services, writer.case(next(serials))) == ["delivered"]
    assert seen == [0]
