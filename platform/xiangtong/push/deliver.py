"""Deliver one fact: claim, send, settle. Running it twice, or twice at once, does no harm."""

from __future__ import annotations

import logging
from uuid import UUID

from xiangtong.push.claim import claim
from xiangtong.push.pace import PACE, Pace
from xiangtong.push.ports import Services
from xiangtong.push.send import send
from xiangtong.push.settle import settle

_LOG = logging.getLogger(__name__)


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


def _said(tenant_id: int, fact_id: UUID, outcome: str) -> str:
    level = logging.DEBUG if outcome == "delivered" else logging.INFO
    _LOG.log(level, "deliver", extra={"tenant_id": tenant_id, "fact_id": str(fact_id), "outcome": outcome})
    return outcome
