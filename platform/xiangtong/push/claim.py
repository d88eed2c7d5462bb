"""Claim facts for sending: one short transaction that ends before the province is called.

The claim locks the event and the one before it, in the order of `seq`; so does settling. That is why an event that
finds its predecessor undelivered can go to sleep (`behind`) without ever missing the waking.

An event that goes out for the first time may take others of its township along: what costs a transaction for one
costs little more for thirty. Whatever was tried before goes alone, so that a message that kills its worker, or that
nobody answers, holds up no other. Companions are locked only where nobody else holds them: a claim never waits for
one row while it holds another.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from xiangtong.kernel import clock, crypto
from xiangtong.kernel.ids import new_id
from xiangtong.ledger import read_facts
from xiangtong.ledger.models import PushedMaterial
from xiangtong.ledger.record import QUEUE
from xiangtong.push import breaker, delivery, frozen
from xiangtong.push.pace import Pace
from xiangtong.push.ports import Line, Services, Unmappable, Wire
from xiangtong.tenancy.keys import KeyDestroyed, OpenKey
from xiangtong.tenancy.scope import Scope

_LOG = logging.getLogger(__name__)

# Written out, because every message passes here: building these statements anew cost more than running them.
_FACT = (
    "select f.id, f.case_id, f.case_no, f.seq, f.type, f.key_id, f.state, f.lease_until, f.token, f.attempts, f.lost,"
    " f.failing_since, f.message_id, d.wrapped, "
)
_PAIR = text(
    _FACT  # noqa: S608 - both halves are constants.
    + "exists (select from breaker where state <> 'closed' or failures > 0 or paused_until > now()) as troubled,"
    " case when f.id = me.id then f.facts end as facts, t.city_code,"
    " (select r.chain from receipt r where r.tenant_id = f.tenant_id and r.fact_id = f.id) as chain"
    " from ledger_fact me join ledger_fact f"
    " on f.tenant_id = me.tenant_id and f.case_id = me.case_id and f.seq in (me.seq - 1, me.seq)"
    " join tenant t on t.id = f.tenant_id"
    " left join data_key d on d.tenant_id = f.tenant_id and d.id = f.key_id"
    " where me.tenant_id = :tenant_id and me.id = :fact_id order by f.seq for update of f"
)
# Whoever waited for the event before to be settled sees its new state above, and its receipt only by asking again.
_RECEIPT = text("select chain from receipt where tenant_id = :tenant_id and fact_id = :fact_id")
# Only what somebody was woken for: what lies in the lane for bulk imports waits for the sweeper's fair share.
_COMPANIONS = text(
    _FACT + "false as troubled, f.facts, p.chain from ledger_fact f"
    " left join data_key d on d.tenant_id = f.tenant_id and d.id = f.key_id"
    " left join receipt p on p.tenant_id = f.tenant_id and p.case_id = f.case_id and p.seq = f.seq - 1"
    " where f.tenant_id = :tenant_id and f.state = 'due' and f.due_at <= :now and f.lease_until > :now"
    " and f.message_id is null and f.lost = 0 and f.id <> :fact_id"
    " and not exists (select from ledger_fact b where b.tenant_id = f.tenant_id and b.case_id = f.case_id"
    " and b.seq = f.seq - 1 and b.state <> 'delivered')"
    " order by f.due_at limit :room for update of f skip locked"
)
# Their jobs have nothing left to do. A look at the head of the queue is enough: a job that stays ends at once.
# The head is read once, into an array: joined with the table it was read again for every row of the queue, since the
# planner, who last saw the queue empty, takes either side for a single row.
_UNQUEUE = text(
    "with head as materialized (select id, args->>'fact_id' as fact_id from procrastinate_jobs"
    " where status = 'todo' and queue_name = :queue order by priority desc, id limit 500)"
    " delete from procrastinate_jobs where status::text = 'todo'"
    " and id = any(array(select id from head where fact_id = any(:ids)))"
)
# Two statements, since the second must see what was committed before the first was granted.
_ONE_BY_ONE = text("select pg_try_advisory_xact_lock(hashtext('push.suspects'), :tenant_id)")
_SUSPECTS = text(
    "select exists (select from ledger_fact where tenant_id = :tenant_id and state = 'sending' and lost > 0"
    " and lease_until > :now)"
)
# One statement for both: nothing between them is ever asked.
_SENDING = text(
    f"with frozen as ({frozen.FREEZE})"  # noqa: S608 - both halves are constants.
    " update ledger_fact f set state = 'sending', token = token + 1, attempts = attempts + 1,"
    " lost = lost + (state = 'sending')::int, lease_until = :lease_until, message_id = g.message_id"
    " from unnest(cast(:ids as uuid[]), cast(:message_ids as uuid[])) as g(id, message_id)"
    " where f.tenant_id = :tenant_id and f.id = g.id"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that this worker, and nobody else, may send until the lease ends."""

    tenant_id: int
    fact_id: UUID
    case_id: UUID
    case_no: str
    seq: int
    token: int
    attempts: int
    failing_since: datetime | None
    key: OpenKey
    line: Line
    message_id: UUID
    wire: Wire
    done: frozenset[str]
    previous_chain: str | None
    fresh: bool
    troubled: bool = True
    claimed_at: datetime = field(default_factory=clock.now)

    @property
    def chain(self) -> str:
        """The link of this message by our own computation (contract §2)."""
        return crypto.sm3_hex(f"{self.previous_chain or ''}{self.wire.digest}".encode("ascii"))


def claim(services: Services, *, tenant_id: int, fact_id: UUID, pace: Pace) -> Claim | str:
    """Take the fact for this worker, freezing its message the first time; or the word that says why not."""
    claimed = claim_together(services, tenant_id=tenant_id, fact_id=fact_id, pace=replace(pace, together=1))
    return claimed if isinstance(claimed, str) else claimed[0]


def claim_together(services: Services, *, tenant_id: int, fact_id: UUID, pace: Pace) -> list[Claim] | str:
    """As `claim`, and with it up to `pace.together - 1` others of the township whose turn it is; the named one first."""
    now = clock.now()
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        rows = session.execute(_PAIR, {"tenant_id": tenant_id, "fact_id": fact_id}).all()
        if not rows:
            return "gone"
        mine, before = rows[-1], rows[0] if len(rows) == 2 else None
        place = delivery.Place(session, tenant_id, mine, now, pace)
        refused = _refusal(place, before)
        if refused:
            return refused
        line = services.transport.line(mine.city_code)
        if mine.troubled and not breaker.allows(session, destination=line.destination, now=now, pace=pace):
            # Without a lease the sweeper sees the row again as soon as the destination has room.
            place.change(state="due", lease_until=None, lost=place.lost)
            return "held"
        own = _ready(services, place, line, _link(place, before))
        if own is None:
            return "parked"
        return _taken(place, [own, *_companions(services, place, line)])


def _refusal(place: delivery.Place, before: Row[Any] | None) -> str | None:
    mine, now = place.row, place.now
    if mine.state in ("delivered", "parked"):
        return str(mine.state)
    if mine.state == "sending" and mine.lease_until and mine.lease_until > now:
        return "leased"
    if before is not None and before.state != "delivered":
        place.change(state="behind", due_at=now + place.pace.behind_for, lease_until=None)
        return "behind"
    if place.lost >= place.pace.claims_lost:
        place.park(code="POISON", reason="每次处理都中断，已停止重试")
        return "parked"
    if place.lost and not _alone(place):
        place.change(state="due", lease_until=None, lost=place.lost)
        return "held"
    return None


def _link(place: delivery.Place, before: Row[Any] | None) -> str | None:
    """The chain up to the event before; None for the first event."""
    if before is None or before.chain is not None:
        return before.chain if before is not None else None
    chain: str | None = place.session.scalar(_RECEIPT, {"tenant_id": place.tenant_id, "fact_id": before.id})
    return chain


def _alone(place: delivery.Place) -> bool:
    """Whether no other suspect of the township is being sent.

    A message that kills its worker makes suspects of all that travelled with it; one by one, only the guilty is lost.
    """
    here = {"tenant_id": place.tenant_id, "now": place.now}
    if not place.session.scalar(_ONE_BY_ONE, here):
        return False
    return not place.session.scalar(_SUSPECTS, here)


def _companions(services: Services, place: delivery.Place, line: Line) -> list[Claim]:
    mine, room = place.row, place.pace.together - 1
    if room < 1 or mine.troubled or mine.message_id is not None or place.lost:
        return []
    wanted = {"tenant_id": place.tenant_id, "fact_id": mine.id, "now": place.now, "room": room}
    rows = place.session.execute(_COMPANIONS, wanted).all()
    if rows:
        place.session.execute(_UNQUEUE, {"queue": QUEUE, "ids": [str(row.id) for row in rows]})
    ready = (_ready(services, replace(place, row=row), line, row.chain) for row in rows)
    return [claim for claim in ready if claim is not None]


def _ready(services: Services, place: delivery.Place, line: Line, chain: str | None) -> Claim | None:
    """The claim as it will be once it is written; None when the message had to be parked."""
    mine = place.row
    message_id = mine.message_id or new_id()
    try:
        key, wire = _opened(services, place, line, message_id)
    except KeyDestroyed:
        place.park(code="ERASED", reason="办件已按规定销毁")
        return None
    except Unmappable as error:
        place.park(code=error.code, reason=" ".join(problem.where for problem in error.problems))
        return None
    return Claim(
        tenant_id=place.tenant_id, fact_id=mine.id, case_id=mine.case_id, case_no=mine.case_no, seq=mine.seq,
        token=mine.token + 1, attempts=mine.attempts + 1, failing_since=mine.failing_since, key=key, line=line,
        message_id=message_id, wire=wire, done=_done(place) if wire.enclosures else frozenset(),
        previous_chain=chain, fresh=mine.message_id is None, troubled=mine.troubled, claimed_at=place.now,
    )  # fmt: skip


def _opened(services: Services, place: delivery.Place, line: Line, message_id: UUID) -> tuple[OpenKey, Wire]:
    session, mine = place.session, place.row
    key = services.keys.unwrap(session, tenant_id=place.tenant_id, key_id=mine.key_id, wrapped=mine.wrapped)
    if mine.message_id is not None:
        return key, frozen.thaw(session, place.tenant_id, message_id, key)
    return key, _wire(mine, key, line, message_id)


def _wire(mine: Row[Any], key: OpenKey, line: Line, message_id: UUID) -> Wire:
    """The message made of the facts; raises Unmappable, also for what nobody foresaw."""
    try:
        return line.write(read_facts(mine, key=key), message_id=message_id)
    except Unmappable:
        raise
    except Exception as error:
        # Left to itself it would fail again at every waking, unseen, and take its companions along.
        _LOG.exception("facts cannot be mapped", extra={"fact_id": str(mine.id)})
        raise Unmappable((), code="BROKEN") from error


def _taken(place: delivery.Place, claims: list[Claim]) -> list[Claim]:
    """Write the claims down. New messages are frozen: from then on every retry sends exactly these bytes."""
    fresh = [frozen.Message(one.message_id, one.fact_id, one.case_id, one.wire, one.key) for one in claims if one.fresh]
    sending = {
        "ids": [claim.fact_id for claim in claims],
        "message_ids": [claim.message_id for claim in claims],
        "lease_until": place.now + place.pace.lease,
    }
    place.session.execute(_SENDING, sending | frozen.columns(place.tenant_id, fresh, at=place.now))
    return claims


def _done(place: delivery.Place) -> frozenset[str]:
    sent = select(PushedMaterial.digest).where(
        PushedMaterial.tenant_id == place.tenant_id, PushedMaterial.case_id == place.row.case_id
    )
    return frozenset(place.session.scalars(sent))
