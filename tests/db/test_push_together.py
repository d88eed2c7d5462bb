"""Messages of one township that are claimed, sent and settled together: what one job may take along, and what not."""

import threading
from datetime import timedelta

import pytest

from awaiting import until
from pushing import QUICK, queued, rows, send_all, serials, states
from xiangtong.kernel import clock
from xiangtong.province.http import HttpLine
from xiangtong.push import settle as settling
from xiangtong.push.claim import claim
from xiangtong.push.deliver import deliver_together
from xiangtong.push.send import send
from xiangtong.push.settle import settle


def _together(services, fact):
    return deliver_together(services, tenant_id=1, fact_id=fact, pace=QUICK)


def test_one_job_takes_along_whose_turn_it_is_and_their_jobs_are_gone(services, writer, province):
    cases = [writer.case(next(serials), events=2) for _ in range(3)]
    assert _together(services, cases[0][0]) == ["delivered"] * 3
    # The first events went; of the six jobs those of its two companions are gone.
    assert queued(services) == 4
    assert _together(services, cases[2][1]) == ["delivered"] * 3
    for case_no in writer.written:
        ours = rows(services, "select digest, chain from receipt where case_no = :no order by seq", no=case_no)
        assert [(m["digest"], m["chain"]) for m in province.held(case_no)] == [tuple(row) for row in ours]
    assert rows(services, "select distinct attempts, token from ledger_fact") == [(1, 1)]


def test_one_claim_takes_no_more_than_its_share(services, writer):
    facts = [writer.case(next(serials))[0] for _ in range(5)]
    pace = type(QUICK)(together=3)
    assert deliver_together(services, tenant_id=1, fact_id=facts[4], pace=pace) == ["delivered"] * 3
    assert states(services) == ["delivered", "delivered", "due", "due", "delivered"]


def test_the_lane_for_bulk_imports_is_the_sweepers(services, writer):
    (mine,) = writer.case(next(serials))
    writer.case(next(serials), wake=False)
    assert _together(services, mine) == ["delivered"]
    assert states(services) == ["delivered", "due"]


def test_what_was_tried_before_goes_alone(services, writer, province):
    (tried,), (fresh,) = writer.case(next(serials)), writer.case(next(serials))
    province.turn("status", scope="messages", statuses=[503], count=1)
    assert send_all(services, [tried]) == ["again"]
    later = clock.now() + timedelta(seconds=30)
    with clock.frozen(later):
        assert _together(services, fresh) == ["delivered"]
        assert _together(services, tried) == ["delivered"]


def test_a_busy_province_is_left_in_peace_and_no_attempt_is_burnt(services, writer, province):
    facts = [writer.case(next(serials))[0] for _ in range(9)]
    province.turn("busy", retry_after=1)
    words = deliver_together(services, tenant_id=1, fact_id=facts[0], pace=type(QUICK)(hands=1))
    assert sorted(words) == ["unsent"] * 8 + ["wait"]
    assert rows(services, "select distinct attempts, state from ledger_fact") == [(0, "due")]
    province.off()
    with clock.frozen(clock.now() + timedelta(seconds=2)):
        assert send_all(services, facts) == ["delivered"] * 9


def test_a_companion_that_cannot_be_mapped_parks_and_holds_up_nobody(services, writer, monkeypatch):
    good, bad = writer.case(next(serials))[0], writer.case(next(serials), answers={"bank": "unforeseen"})[0]
    write = HttpLine.write

    def stumbling(line, facts, *, message_id):
        if facts["answers"]["bank"] == "unforeseen":
            raise KeyError("unforeseen")
        return write(line, facts, message_id=message_id)

    monkeypatch.setattr(HttpLine, "write", stumbling)
    assert _together(services, good) == ["delivered"]
    assert [tuple(row) for row in rows(services, "select last_code from ledger_fact where id = :id", id=bad)] == [
        ("BROKEN",)
    ]


def test_what_others_were_told_is_kept_when_one_stumbles(services, writer, monkeypatch):
    facts = [writer.case(next(serials))[0] for _ in range(3)]
    post = HttpLine.post_message

    def stumbling(line, **message):
        if message["case_no"] == list(writer.written)[1]:
            raise MemoryError
        return post(line, **message)

    monkeypatch.setattr(HttpLine, "post_message", stumbling)
    with pytest.raises(MemoryError):
        deliver_together(services, tenant_id=1, fact_id=facts[0], pace=type(QUICK)(hands=1))
    assert states(services) == ["delivered", "sending", "due"]


def test_suspects_try_again_one_by_one(services, writer):
    first, second = (writer.case(next(serials))[0] for _ in range(2))
    rows(services, "update ledger_fact set lost = 1 returning 1")
    suspect = claim(services, tenant_id=1, fact_id=first, pace=QUICK)
    assert _together(services, second) == ["held"]
    assert settle(services, suspect, send(services, suspect), pace=QUICK) == "delivered"
    assert _together(services, second) == ["delivered"]
    assert rows(services, "select distinct lost from ledger_fact") == [(0,)]


def test_who_waited_for_the_one_before_knows_its_receipt(services, writer, monkeypatch):
    """The second event is claimed in the very moment in which the first one is written down as delivered."""
    first, second = writer.case(next(serials), events=2)
    words: list[str] = []
    other = threading.Thread(target=lambda: words.extend(send_all(services, [second])))
    waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    wake = settling.wake

    def meanwhile(session, **more):
        if not other.ident:
            other.start()
            until(lambda: rows(services, waiting), "the second event waits for the first")
        wake(session, **more)

    monkeypatch.setattr(settling, "wake", meanwhile)
    assert send_all(services, [first]) == ["delivered"]
    other.join(30)
    assert words == ["delivered"]
    assert states(services) == ["delivered", "delivered"]
