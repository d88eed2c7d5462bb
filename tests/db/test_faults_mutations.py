"""Fault 20: take one promise away, and the same checks must turn red; a suite that stays green proves nothing."""

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import update

from ledger_writer import Writer
from pushing import QUICK, rows, send_all, serials
from xiangtong import ledger
from xiangtong.kernel import clock
from xiangtong.ledger.models import LedgerFact
from xiangtong.push import classify, send, settle
from xiangtong.push.claim import claim
from xiangtong.push.classify import Outcome, Verdict
from xiangtong.tenancy.scope import Scope


def _slow_worker_meets_quick_worker(services, province):
    """A worker sleeps past its lease, another finishes, the first wakes with bad news. True when all is still well."""
    (fact,) = Writer(services).case(next(serials))
    slow = claim(services, tenant_id=1, fact_id=fact, pace=QUICK)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert send_all(services, [fact]) == ["delivered"]
        settle.settle(services, slow, Verdict(Outcome.AGAIN, code="NO_ANSWER"), pace=QUICK)
    return rows(services, "select state from ledger_fact")[0].state == "delivered"


def _receipt_of_something_else(services, province):
    """The province answers with a receipt of other content. True when every receipt kept is what the province holds."""
    writer = Writer(services)
    (fact,) = writer.case(next(serials))
    province.turn("wrong_receipt", scope="messages", count=1)
    with suppress(Exception):
        send_all(services, [fact])
    held = [message["digest"] for message in province.held(next(iter(writer.written)))]
    return [row.digest for row in rows(services, "select digest from receipt")] == held


def _submission_is_rolled_back(services, province):
    """The transaction that makes an event fails at its end. True when nobody is told of what never happened."""
    with suppress(RuntimeError), services.db.scope(Scope(tenant_id=1)) as session:
        key = services.keys.create(session, tenant_id=1)
        ledger.record(
            session, key=key, tenant_id=1, case_id=uuid.uuid4(), case_no="321003100261121999999", seq=1,
            type="apply", occurred_at=clock.now(), facts={},
        )  # fmt: skip
        raise RuntimeError
    return rows(services, "select 1 from ledger_fact") == []


def _without_fencing(session, claimed, columns):
    session.execute(update(LedgerFact).where(LedgerFact.id == claimed.fact_id).values(**columns))
    return True


def _without_digest_check(answer, expected):
    return Verdict(Outcome.DELIVERED, receipt=answer.body) if answer.status in (200, 201) else classify.refusal(answer)


def _without_the_same_transaction(record):
    def apart(session, **event):
        # As a queue beside the database would: what was put there stays when the transaction does not.
        done = record(session, **event)
        session.commit()
        return done

    return apart


STORIES = {
    "fencing": (_slow_worker_meets_quick_worker, settle, "_fenced", lambda _: _without_fencing),
    "digest check": (_receipt_of_something_else, send, "classify", lambda _: _without_digest_check),
    "same transaction": (_submission_is_rolled_back, ledger, "record", _without_the_same_transaction),
}


@pytest.mark.parametrize("promise", STORIES)
def test_with_every_promise_kept_all_is_well(services, province, promise):
    assert STORIES[promise][0](services, province)


@pytest.mark.parametrize("promise", STORIES)
def test_without_it_the_check_turns_red(services, province, promise, monkeypatch):
    story, module, name, mutate = STORIES[promise]
    monkeypatch.setattr(module, name, mutate(getattr(module, name)))
    assert not story(services, province)
