"""Claim one fact for sending: one short transaction that ends before the province is called.

The claim locks the event and the one before it, in the order of `seq`; so does settling. That is why an event that
finds its predecessor undelivered can go to sleep (`behind`) without ever missing the waking.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from xiangtong.kernel import clock, crypto
from xiangtong.kernel.ids import new_id
from xiangtong.ledger import read_facts
from xiangtong.ledger.models import PushedMaterial, WireMessage
from xiangtong.push import breaker, delivery
from xiangtong.push.pace import Pace
from xiangtong.push.ports import Enclosure, Line, Services, Unmappable, Wire
from xiangtong.tenancy.keys import KeyDestroyed, OpenKey
from xiangtong.tenancy.scope import Scope

_PAIR = text(
    "select f.id, f.case_id, f.case_no, f.seq, f.type, f.key_id, f.state, f.lease_until, f.token, f.attempts, f.lost,"
    " f.failing_since, f.message_id, d.wrapped,"
    " exists (select from breaker where state <> 'closed' or failures > 0 or paused_until > now()) as troubled,"
    " case when f.id = me.id then f.facts end as facts, t.city_code,"
    " (select r.chain from receipt r where r.tenant_id = f.tenant_id and r.fact_id = f.id) as chain"
    " from ledger_fact me join ledger_fact f"
    " on f.tenant_id = me.tenant_id and f.case_id = me.case_id and f.seq in (me.seq - 1, me.seq)"
    " join tenant t on t.id = f.tenant_id"
    " left join data_key d on d.tenant_id = f.tenant_id and d.id = f.key_id"
    " where me.tenant_id = :tenant_id and me.id = :fact_id order by f.seq for update of f"
)

# Written out, because every message passes here: building these statements anew cost more than running them.
_FREEZE = text(
    "insert into wire_message (tenant_id, message_id, fact_id, case_id, body, enclosures, digest, mapping_version,"
    " created_at) values (:tenant_id, :message_id, :fact_id, :case_id, :body, :enclosures, :digest, :mapping_version,"
    " :created_at)"
)
_SENDING = text(
    "update ledger_fact set state = 'sending', token = token + 1, attempts = attempts + 1, lost = :lost,"
    " lease_until = :lease_until, message_id = :message_id where tenant_id = :tenant_id and id = :id"
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
    troubled: bool = True
    claimed_at: datetime = field(default_factory=clock.now)

    @property
    def chain(self) -> str:
        """The link of this message by our own computation (contract §2)."""
        return crypto.sm3_hex(f"{self.previous_chain or ''}{self.wire.digest}".encode("ascii"))


def claim(services: Services, *, tenant_id: int, fact_id: UUID, pace: Pace) -> Claim | str:
    """Take the fact for this worker, freezing its message the first time; or the word that says why not."""
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
            place.change(state="due", lease_until=None)
            return "held"
        return _take(services, place, line, before)


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
    return None


def _take(services: Services, place: delivery.Place, line: Line, before: Row[Any] | None) -> Claim | str:
    session, mine = place.session, place.row
    try:
        key = services.keys.unwrap(session, tenant_id=place.tenant_id, key_id=mine.key_id, wrapped=mine.wrapped)
        message_id, wire = _frozen(session, place, key, line)
    except KeyDestroyed:
        place.park(code="ERASED", reason="办件已按规定销毁")
        return "parked"
    except Unmappable as error:
        place.park(code=error.code, reason=" ".join(problem.where for problem in error.problems))
        return "parked"
    session.execute(
        _SENDING,
        {
            "tenant_id": place.tenant_id,
            "id": mine.id,
            "lost": place.lost,
            "lease_until": place.now + place.pace.lease,
            "message_id": message_id,
        },
    )
    return Claim(
        tenant_id=place.tenant_id,
        fact_id=mine.id,
        case_id=mine.case_id,
        case_no=mine.case_no,
        seq=mine.seq,
        token=mine.token + 1,
        attempts=mine.attempts + 1,
        failing_since=mine.failing_since,
        key=key,
        line=line,
        message_id=message_id,
        wire=wire,
        done=_done(session, place) if wire.enclosures else frozenset(),
        previous_chain=before.chain if before is not None else None,
        troubled=mine.troubled,
        claimed_at=place.now,
    )


def _frozen(session: Session, place: delivery.Place, key: OpenKey, line: Line) -> tuple[UUID, Wire]:
    """The message as it was frozen, or freeze it now: from then on every retry sends exactly these bytes."""
    if place.row.message_id is not None:
        return place.row.message_id, thaw(session, place.tenant_id, place.row.message_id, key)
    message_id = new_id()
    facts = read_facts(key=key, fact_id=place.row.id, sealed=place.row.facts)
    wire = line.write(facts, message_id=message_id)
    session.execute(
        _FREEZE,
        {
            "tenant_id": place.tenant_id,
            "message_id": message_id,
            "fact_id": place.row.id,
            "case_id": place.row.case_id,
            "body": key.seal(wire.body, context=_body(message_id)),
            "enclosures": _seal_enclosures(wire.enclosures, key, message_id),
            "digest": wire.digest,
            "mapping_version": wire.mapping_version,
            "created_at": place.now,
        },
    )
    return message_id, wire


def thaw(session: Session, tenant_id: int, message_id: UUID, key: OpenKey) -> Wire:
    """A frozen message in the clear."""
    row = session.execute(
        select(WireMessage.body, WireMessage.enclosures, WireMessage.digest, WireMessage.mapping_version).where(
            WireMessage.tenant_id == tenant_id, WireMessage.message_id == message_id
        )
    ).one()
    enclosures = _open_enclosures(row.enclosures, key, message_id)
    return Wire(key.unseal(row.body, context=_body(message_id)), row.digest, enclosures, row.mapping_version)


def _done(session: Session, place: delivery.Place) -> frozenset[str]:
    sent = select(PushedMaterial.digest).where(
        PushedMaterial.tenant_id == place.tenant_id, PushedMaterial.case_id == place.row.case_id
    )
    return frozenset(session.scalars(sent))


def _seal_enclosures(enclosures: tuple[Enclosure, ...], key: OpenKey, message_id: UUID) -> bytes | None:
    if not enclosures:
        return None
    plain = [
        [e.digest, e.media_type, e.attachment_id, base64.b64encode(e.content).decode() if e.content else None]
        for e in enclosures
    ]
    return key.seal(json.dumps(plain).encode(), context=_enclosed(message_id))


def _open_enclosures(sealed: bytes | None, key: OpenKey, message_id: UUID) -> tuple[Enclosure, ...]:
    if sealed is None:
        return ()
    rows = json.loads(key.unseal(sealed, context=_enclosed(message_id)))
    opened = (Enclosure(digest, media_type, attachment, content) for digest, media_type, attachment, content in rows)
    return tuple(replace(e, content=base64.b64decode(e.content) if e.content else None) for e in opened)


def _body(message_id: UUID) -> str:
    return f"wire_message:{message_id}:body"


def _enclosed(message_id: UUID) -> str:
    return f"wire_message:{message_id}:enclosures"
