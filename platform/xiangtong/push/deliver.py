"""Deliver facts: claim, send, settle. Running it twice, or twice at once, does no harm."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    told, broken = _send_all(services, claims, pace)
    words = list(_settle_all(services, told, pace))
    if broken is not None:
        raise broken
    return words


def _send_all(services: Services, claims: Sequence[Claim], pace: Pace) -> tuple[list[Told], Exception | None]:
    """The verdicts, and the first failure of our own; a claim that failed so is lost, and its lease tells."""
    ill, until = threading.Event(), clock.now() + pace.lease / 3

    def tell(claim: Claim) -> Told | Exception:
        try:
            return claim, _send(services, claim, ill, until)
        except Exception as error:
            # What the others were told must be written down before this is raised.
            ill.set()
            return error

    with ThreadPoolExecutor(min(pace.hands, len(claims))) as hands:
        ends = list(hands.map(tell, claims))
    failures = [end for end in ends if isinstance(end, Exception)]
    return [end for end in ends if not isinstance(end, Exception)], failures[0] if failures else None


def _send(services: Services, claim: Claim, ill: threading.Event, until: datetime) -> Verdict:
    # A slow province must not make the last of many outlive its lease.
    if ill.is_set() or clock.now() > until:
        return Verdict(Outcome.UNSENT, code="UNSENT")
    verdict = send(services, claim)
    if verdict.outcome in _ILL or verdict.code == "NO_ANSWER":
        ill.set()
    return verdict


def _settle_all(services: Services, told: Sequence[Told], pace: Pace) -> Iterable[str]:
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
