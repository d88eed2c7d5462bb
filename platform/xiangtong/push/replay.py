"""What an operator may do with a parked message: look, try again, mend, or park one by hand. Bytes are never edited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xiangtong.kernel import clock
from xiangtong.kernel.errors import Conflict, NotFound, Problem
from xiangtong.ledger import read_facts
from xiangtong.ledger.models import LedgerFact, PushAttempt, WireMessage
from xiangtong.ledger.record import WOKEN_FOR, defer_delivery
from xiangtong.push.delivery import parked
from xiangtong.push.frozen import thaw
from xiangtong.push.ports import Line, Services, Unmappable, Unreachable
from xiangtong.tenancy.keys import OpenKey
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

#: What the province (or a gateway before it) answers to a message over its limit, as the ledger keeps it.
_TOO_LARGE = ("TOO_LARGE", "HTTP_413")


class NotParked(Conflict):
    """Only a parked message can be replayed."""

    code = "NOT_PARKED"


class Unproved(Conflict):
    """A message may be mended only where it is proved that the province stored nothing under its `seq`."""

    code = "UNPROVED"


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would be sent: `problems` of mapping and contract (empty when it fits), size in bytes, `changed` members.

    What the province called too large is a problem as long as it has not become smaller, whatever limit stands here.
    `changed` are JSON Pointers at which the message now differs from the one that was parked; never values.
    """

    problems: tuple[Problem, ...]
    size: int
    changed: tuple[str, ...]


def replay(session: Session, *, tenant_id: int, fact_id: UUID) -> None:
    """Send a parked message again: the same bytes, the same `message_id`. Raises NotParked, NotFound."""
    row = _parked(session, tenant_id, fact_id)
    _set_due(session, tenant_id, row, message_id=row.message_id)


def park(session: Session, *, tenant_id: int, fact_id: UUID, reason: str) -> None:
    """Take a message out by hand; `reason` is shown to the city, so it names nobody. Raises NotFound."""
    done = session.execute(
        update(LedgerFact)
        .where(LedgerFact.tenant_id == tenant_id, LedgerFact.id == fact_id, LedgerFact.state.in_(("due", "behind")))
        .values(**parked("BY_HAND", reason))
        .returning(LedgerFact.id)
    )
    if done.first() is None:
        raise NotFound("没有这条待推送的消息，可能已经送达或正在发送", "No such message waits")


def dry_run(services: Services, *, tenant_id: int, fact_id: UUID) -> DryRun:
    """Build the message anew by the mapping of today and say what would become of it. Writes and sends nothing."""
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        row, line, key = _open(services, session, tenant_id, fact_id)
        before = _frozen(session, tenant_id, row, key)
    facts = read_facts(row, key=key)
    try:
        wire = line.write(facts, message_id=row.message_id or uuid4())
    except Unmappable as error:
        return DryRun(error.problems, 0, ())
    changed = tuple(_changes(json.loads(before), json.loads(wire.body))) if before else ()
    return DryRun((*line.check(wire.body), *_too_large(row, line, before, wire.body)), len(wire.body), changed)


def _too_large(fact: LedgerFact, line: Line, before: bytes | None, now: bytes) -> tuple[Problem, ...]:
    if fact.last_code not in _TOO_LARGE or len(now) < len(before or b""):
        return ()
    size, limit = len(now), line.message_bytes
    return (
        Problem(
            "",
            f"省网说内容太大，没有收。这条消息有 {size} 字节，我们记的上限是 {limit} 字节：请先和省网核对上限，再发",
            f"The province called it too large: {size} bytes, and the limit known here is {limit}. Ask the province first",
            "too large",
        ),
    )


def remap(services: Services, *, tenant_id: int, fact_id: UUID) -> None:
    """Mend a parked message: a new message with a new id for the same `seq`, by the mapping of today.

    The province is asked first, whatever it answered when the message parked; raises Unproved when it holds this
    `seq` or cannot be asked. The old message is kept as superseded.
    """
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        row, line, _ = _open(services, session, tenant_id, fact_id)
    _prove_nothing_stored(line, row)
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        row = _parked(session, tenant_id, fact_id)
        session.execute(
            update(WireMessage)
            .where(WireMessage.tenant_id == tenant_id, WireMessage.fact_id == fact_id, WireMessage.state == "live")
            .values(state="superseded")
        )
        _set_due(session, tenant_id, row, message_id=None)


def last_words(session: Session, *, key: OpenKey, tenant_id: int, fact_id: UUID) -> str:
    """The province's own words on the last attempt, for the township's eyes only; "" where it said nothing."""
    row = session.execute(
        select(PushAttempt.id, PushAttempt.detail)
        .where(PushAttempt.tenant_id == tenant_id, PushAttempt.fact_id == fact_id)
        .order_by(PushAttempt.id.desc())
        .limit(1)
    ).first()
    return key.unseal(row.detail, context=f"push_attempt:{row.id}").decode() if row and row.detail else ""


def _prove_nothing_stored(line: Line, fact: LedgerFact) -> None:
    try:
        state = line.get_case(fact.case_no)
    except Unreachable as error:
        raise Unproved("现在联系不上上级平台，无法确认，请稍后再试", "The province cannot be asked now") from error
    if state is not None and state.last_seq >= fact.seq:
        raise Unproved("上级已经存了这一步，不能改后重发，请对账处理", "The province holds this step already")


def _parked(session: Session, tenant_id: int, fact_id: UUID) -> LedgerFact:
    row = session.scalar(
        select(LedgerFact).where(LedgerFact.tenant_id == tenant_id, LedgerFact.id == fact_id).with_for_update()
    )
    if row is None:
        raise NotFound("没有这条消息", "There is no such message")
    if row.state != "parked":
        raise NotParked("这条消息没有停下，不需要重发", "This message is not parked")
    return row


def _open(services: Services, session: Session, tenant_id: int, fact_id: UUID) -> tuple[LedgerFact, Line, OpenKey]:
    row = _parked(session, tenant_id, fact_id)
    city = session.scalars(select(Tenant.city_code).where(Tenant.id == tenant_id)).one()
    key = services.keys.open(session, tenant_id=tenant_id, key_id=row.key_id)
    return row, services.transport.line(city), key


def _frozen(session: Session, tenant_id: int, row: LedgerFact, key: OpenKey) -> bytes | None:
    return thaw(session, tenant_id, row.message_id, key).body if row.message_id else None


def _set_due(session: Session, tenant_id: int, row: LedgerFact, *, message_id: UUID | None) -> None:
    now = clock.now()
    session.execute(
        update(LedgerFact)
        .where(LedgerFact.tenant_id == tenant_id, LedgerFact.id == row.id)
        .values(
            state="due", due_at=now, lease_until=now + WOKEN_FOR, attempts=0, lost=0, failing_since=None,
            message_id=message_id,
        )
    )  # fmt: skip
    defer_delivery(session, tenant_id=tenant_id, fact_id=row.id, case_id=row.case_id)


def _changes(before: object, after: object, at: str = "") -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        return [found for name in names for found in _changes(before.get(name), after.get(name), f"{at}/{name}")]
    return [] if before == after else [at]
