"""Write down what became of a claim: one short transaction, which changes nothing when the claim is no longer ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from xiangtong.kernel import clock
from xiangtong.kernel.failpoint import reach
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact, PushAttempt
from xiangtong.ledger.record import defer_delivery
from xiangtong.push import breaker
from xiangtong.push.claim import Claim
from xiangtong.push.classify import Outcome, Verdict
from xiangtong.push.delivery import parked, waiting
from xiangtong.push.differences import note_difference
from xiangtong.push.pace import Pace, seconds_from
from xiangtong.push.ports import Services
from xiangtong.tenancy.scope import Scope

_Columns = dict[str, object]
# A message that had to be sent again (GAP) keeps the receipt it had: digest and chain are the same.
_DELIVERED = text(
    "with given as (select * from json_to_recordset(cast(:rows as json)) as g(id uuid, token int, case_id uuid,"
    "  case_no text, seq int, message_id uuid, receipt_no text, digest text, chain text, received_at timestamptz,"
    "  received_on date, attempt uuid, took_ms int, status int)),"
    " mine as (update ledger_fact f set state = 'delivered', lease_until = null, lost = 0, failing_since = null,"
    "  last_code = null, last_reason = null from given g where f.tenant_id = :tenant_id and f.id = g.id"
    "  and f.token = g.token and f.state = 'sending' returning f.id),"
    " kept as (insert into receipt (tenant_id, fact_id, case_id, case_no, seq, message_id, receipt_no, digest, chain,"
    "  received_at, received_on) select :tenant_id, g.id, g.case_id, g.case_no, g.seq, g.message_id, g.receipt_no,"
    "  g.digest, g.chain, g.received_at, g.received_on from given g join mine using (id) on conflict do nothing),"
    " noted as (insert into push_attempt (tenant_id, id, fact_id, case_id, token, at, took_ms, status, outcome)"
    "  select :tenant_id, g.attempt, g.id, g.case_id, g.token, :now, g.took_ms, g.status, 'delivered'"
    "  from given g join mine using (id))"
    " select id from mine"
)
# A statement of its own, after the one above: it must see what a claim wrote while that one waited for its lock.
_ROUSE = text(
    "update ledger_fact f set state = 'due', due_at = :now, lease_until = :woken"
    " from unnest(cast(:cases as uuid[]), cast(:seqs as int[])) as g(case_id, seq)"
    " where f.tenant_id = :tenant_id and f.case_id = g.case_id and f.seq = g.seq and f.state = 'behind'"
    " returning f.id, f.case_id"
)


def settle(services: Services, claim: Claim, verdict: Verdict, *, pace: Pace) -> str:
    """Record the verdict; returns the word for it, or `fenced` when another worker has taken the message over."""
    if verdict.outcome is Outcome.DELIVERED:
        return "delivered" if settle_delivered(services, [(claim, verdict)], pace=pace) else "fenced"
    reach("push.before_settle")
    with services.db.scope(Scope(tenant_id=claim.tenant_id)) as session:
        now = clock.now()
        columns = _COLUMNS[verdict.outcome](session, claim, verdict, now, pace)
        if not _fenced(session, claim, columns):
            session.rollback()
            return "fenced"
        _AFTER.get(verdict.outcome, _nothing)(session, claim, verdict, now, pace)
        if verdict.outcome is not Outcome.UNSENT:
            _note(session, claim, verdict, now)
    return verdict.outcome.value


def settle_delivered(services: Services, told: Sequence[tuple[Claim, Verdict]], *, pace: Pace) -> set[UUID]:
    """Keep the receipts of one township's messages together; returns the facts whose claim was still ours.

    The way of almost every message, so in few statements however many there are.
    """
    reach("push.before_settle")
    first = told[0][0]
    with services.db.scope(Scope(tenant_id=first.tenant_id)) as session:
        now = clock.now()
        rows = json.dumps([_receipt(claim, verdict, now) for claim, verdict in told], default=str)
        ours = set(session.scalars(_DELIVERED, {"tenant_id": first.tenant_id, "now": now, "rows": rows}))
        kept = [claim for claim, _ in told if claim.fact_id in ours]
        after = [(claim.case_id, claim.seq + 1) for claim in kept]
        wake(session, tenant_id=first.tenant_id, places=after, now=now, pace=pace)
        if kept and first.troubled:
            breaker.succeeded(session, destination=first.line.destination)
    return ours


def _receipt(claim: Claim, verdict: Verdict, now: datetime) -> dict[str, object]:
    receipt = verdict.receipt or {}
    received = datetime.fromisoformat(receipt["received_at"])
    return {
        "id": claim.fact_id, "token": claim.token, "case_id": claim.case_id, "case_no": claim.case_no,
        "seq": claim.seq, "message_id": claim.message_id, "receipt_no": receipt["receipt_no"],
        "digest": receipt["message_digest"], "chain": receipt["chain"], "received_at": received,
        "received_on": clock.local(received).date(), "attempt": new_id(), "took_ms": _took(claim, now),
        "status": verdict.status,
    }  # fmt: skip


def _fenced(session: Session, claim: Claim, columns: _Columns) -> bool:
    """Write the columns where the token is still ours; a slow worker whose lease ran out changes nothing."""
    written = session.execute(
        update(LedgerFact)
        .where(
            LedgerFact.tenant_id == claim.tenant_id,
            LedgerFact.id == claim.fact_id,
            LedgerFact.token == claim.token,
            LedgerFact.state == "sending",
        )
        .values(**columns)
        .returning(LedgerFact.id)
    )
    return written.first() is not None


def _again(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> _Columns:
    since = claim.failing_since or now
    wait = pace.wait(attempts=claim.attempts, failing_for=now - since)
    if wait is None:
        return parked("GIVEN_UP", f"{pace.give_up.days} 天没有送达（{verdict.code}）")
    at = now + wait
    if verdict.retry_after:
        at = max(at, seconds_from(now, verdict.retry_after))
    woken = None
    if pace.in_the_queue(at - now):
        woken = at + pace.woken_for
        defer_delivery(session, tenant_id=claim.tenant_id, fact_id=claim.fact_id, case_id=claim.case_id, at=at)
    return waiting(at, woken=woken, code=verdict.code, failing_since=since)


def _park(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> _Columns:
    return parked(verdict.code, verdict.reason)


def _hold(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> _Columns:
    """Not this message's fault: no attempt is burnt; the sweeper brings it back when the destination has room."""
    return waiting(now, code=verdict.code, attempts=claim.attempts - 1)


def _step_back(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> _Columns:
    """The province lacks earlier messages: send those again, then this one."""
    if not 1 <= verdict.expected_seq < claim.seq:
        return parked("GAP", f"上级要求从第 {verdict.expected_seq} 步发起，与本地不符")
    return {"state": "behind", "due_at": now + pace.behind_for, "lease_until": None, "lost": 0, "last_code": "GAP"}


_Deciding = Callable[[Session, Claim, Verdict, datetime, Pace], _Columns]
_COLUMNS: dict[Outcome, _Deciding] = {
    Outcome.AGAIN: _again,
    Outcome.PARK: _park,
    Outcome.CONFLICT: _park,
    Outcome.CHAIN: _park,
    Outcome.SHUT: _hold,
    Outcome.WAIT: _hold,
    Outcome.UNSENT: _hold,
    Outcome.MISSING: _step_back,
}


def _count_failure(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> None:
    breaker.failed(session, destination=claim.line.destination, now=now, pace=pace)


def _shut(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> None:
    breaker.open_(session, destination=claim.line.destination, reason=verdict.code, now=now, pace=pace)


def _pause(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> None:
    breaker.pause(session, destination=claim.line.destination, until=seconds_from(now, verdict.retry_after or 1))


def _send_missing(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> None:
    session.execute(
        update(LedgerFact)
        .where(
            LedgerFact.tenant_id == claim.tenant_id,
            LedgerFact.case_id == claim.case_id,
            LedgerFact.seq >= verdict.expected_seq,
            LedgerFact.seq < claim.seq,
            LedgerFact.state == "delivered",
        )
        .values(state="behind", due_at=now + pace.behind_for, lease_until=None)
    )
    places = [(claim.case_id, verdict.expected_seq)]
    wake(session, tenant_id=claim.tenant_id, places=places, now=now, pace=pace)


def _differ(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> None:
    note_difference(
        session,
        tenant_id=claim.tenant_id,
        case=(claim.case_id, claim.case_no, claim.seq),
        kind=verdict.outcome.value,
        ours=claim.chain,
        theirs=(verdict.receipt or {}).get("chain"),
    )


def _nothing(session: Session, claim: Claim, verdict: Verdict, now: datetime, pace: Pace) -> None:
    """Some verdicts change one row only."""


_After = Callable[[Session, Claim, Verdict, datetime, Pace], None]
_AFTER: dict[Outcome, _After] = {
    Outcome.AGAIN: _count_failure,
    Outcome.SHUT: _shut,
    Outcome.WAIT: _pause,
    Outcome.MISSING: _send_missing,
    Outcome.CONFLICT: _differ,
    Outcome.CHAIN: _differ,
}


def wake(session: Session, *, tenant_id: int, places: Sequence[tuple[UUID, int]], now: datetime, pace: Pace) -> None:
    """Rouse the events at these places (case, seq) that sleep behind others."""
    asked = {"cases": [case_id for case_id, _ in places], "seqs": [seq for _, seq in places]}
    moment = {"tenant_id": tenant_id, "now": now, "woken": now + pace.woken_for}
    for row in session.execute(_ROUSE, asked | moment).all():
        defer_delivery(session, tenant_id=tenant_id, fact_id=row.id, case_id=row.case_id)


def _took(claim: Claim, now: datetime) -> int:
    return int((now - claim.claimed_at).total_seconds() * 1000)


def _note(session: Session, claim: Claim, verdict: Verdict, now: datetime) -> None:
    attempt = new_id()
    detail = claim.key.seal(verdict.detail.encode(), context=f"push_attempt:{attempt}") if verdict.detail else None
    session.execute(
        insert(PushAttempt).values(
            tenant_id=claim.tenant_id,
            id=attempt,
            fact_id=claim.fact_id,
            case_id=claim.case_id,
            token=claim.token,
            at=now,
            took_ms=_took(claim, now),
            status=verdict.status,
            outcome=verdict.outcome.value,
            code=verdict.code or None,
            detail=detail,
        )
    )
