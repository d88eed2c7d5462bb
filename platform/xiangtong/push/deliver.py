"""Deliver facts: claim, send, settle. Running it twice, or twice at once, does no harm."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from uuid import UUID

from xiangtong.kernel import clock
from xiangtong.push.claim import Claim, claim, claim_together
from xiangtong.push.classify import Outcome, Verdict
from xiangtong.push.pace import PACE, Pace
from xiangtong.push.ports import Services
from xiangtong.push.send import send
from xiangtong.push.settle import settle, settle_delivered

_LOG = logging.getLogger(__name__)
# After one of these it would be rude, or useless, to send what was claimed along with it.
_ILL = (Outcome.WAIT, Outcome.SHUT)
# Seconds that what was answered already waits for the answers of the others, to be written down with them.
_PATIENCE = 0.5

Told = tuple[Claim, Verdict]


def deliver(services: Services, *, tenant_id: int, fact_id: UUID, pace: Pace = PACE) -> str:
    """Tell the province of one event, if it is its turn; returns the word for what happened.

    delivered, again, wait, shut, park, conflict, chain, missing: an answer came (or none).
    gone, delivered, parked, leased, behind, held: there was nothing for this worker to do.
    fenced: the lease ran out while sending; whoever took over has the say.
    """
    claimed = claim(services, tenant_id=tenant_id, fact_id=fact_id, pace=pace)
    if isinstance(claimed, str):
        return _said(tenant_id, fact_id, claimed)
    return _said(tenant_id, fact_id, settle(services, claimed, send(services, claimed), pace=pace))


def deliver_together(services: Services, *, tenant_id: int, fact_id: UUID, pace: Pace = PACE) -> list[str]:
    """Deliver one fact, and with it others of its township that were woken too; returns the words, one each.

    The messages go out over `pace.hands` connections; they are of different cases, so none waits for another.
    """
    claims = claim_together(services, tenant_id=tenant_id, fact_id=fact_id, pace=pace)
    if isinstance(claims, str):
        return [_said(tenant_id, fact_id, claims)]
    words: list[str] = []
    for told in _send_all(services, claims, pace):
        words += _settle_all(services, told, pace)
    return words


def _send_all(services: Services, claims: Sequence[Claim], pace: Pace) -> Iterator[list[Told]]:
    """The verdicts in the portions in which they come: all at once, unless one answer is slow.

    A failure of our own is raised after the last portion; a claim that failed so is lost, and its lease tells.
    """
    ill, until, failures = threading.Event(), clock.now() + pace.lease / 3, list[BaseException]()
    with ThreadPoolExecutor(min(pace.hands, len(claims))) as hands:
        open_ = {hands.submit(_send, services, claim, ill, until): claim for claim in claims}
        while open_:
            ended, _ = wait(open_, timeout=_PATIENCE)
            told = [(open_.pop(end), end) for end in ended]
            failures += [error for _, end in told if (error := end.exception())]
            yield [(claim, end.result()) for claim, end in told if not end.exception()]
    if failures:
        raise failures[0]


def _send(services: Services, claim: Claim, ill: threading.Event, until: datetime) -> Verdict:
    # A slow province must not make the last of many outlive its lease.
    if ill.is_set() or clock.now() > until:
        return Verdict(Outcome.UNSENT, code="UNSENT")
    try:
        verdict = send(services, claim)
    except BaseException:
        ill.set()
        raise
    if verdict.outcome in _ILL or verdict.code == "NO_ANSWER":
        ill.set()
    return verdict


def _settle_all(services: Services, told: Sequence[Told], pace: Pace) -> Iterator[str]:
    arrived = [one for one in told if one[1].outcome is Outcome.DELIVERED]
    ours = settle_delivered(services, arrived, pace=pace) if arrived else set()
    for one, verdict in told:
        if verdict.outcome is Outcome.DELIVERED:
            word = "delivered" if one.fact_id in ours else "fenced"
        else:
            word = settle(services, one, verdict, pace=pace)
        yield _said(one.tenant_id, one.fact_id, word)


def _said(tenant_id: int, fact_id: UUID, outcome: str) -> str:
    level = logging.DEBUG if outcome == "delivered" else logging.INFO
    _LOG.log(level, "deliver", extra={"tenant_id": tenant_id, "fact_id": str(fact_id), "outcome": outcome})
    return outcome
