"""How every move is written: the event in its chain, the state, the due dates, the fact for the province.

Nothing else writes events. Verbs prepare what is theirs and call `move` once; door or worker commits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from xiangtong import ledger
from xiangtong.cases import chain, clock, moves
from xiangtong.cases.facts import Actor, Body, facts_of, material_facts
from xiangtong.cases.models import NO_DAY, CaseEvent, CaseMaterial, CaseRecord, NewMaterial
from xiangtong.kernel import clock as time
from xiangtong.kernel.compact import written
from xiangtong.kernel.db import ScopedSession, columns_of, unwritten
from xiangtong.kernel.errors import Conflict, NotFound, Refusal
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.calendar import WorkCalendar, calendar
from xiangtong.tenancy.keys import KeyRing, OpenKey, wrapped_of
from xiangtong.tenancy.models import DataKey


@dataclass(frozen=True)
class OpenCase:
    """A case with what it keeps sealed, in the clear for one transaction."""

    row: CaseRecord
    key: OpenKey
    body: Body

    @property
    def limits(self) -> clock.Limits:
        """What its due dates are counted from."""
        return clock.from_json(self.row.limits)


class CaseErased(Refusal):
    """The case's key was destroyed: what it held cannot be read by anybody."""

    code = "ERASED"
    status = 410


class CaseChanged(Conflict):
    """Somebody moved the case since the page was shown."""

    code = "CASE_CHANGED"


def open_case(session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID) -> OpenCase:
    """The case with its answers; raises NotFound, CaseErased. One query, the keys included."""
    return _opened(session, keys, tenant_id, CaseRecord.id == case_id)


def open_numbered(session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_no: str, citizen_id: UUID) -> OpenCase:
    """As `open_case`, by the case number; a case of another applicant is not found."""
    return _opened(session, keys, tenant_id, CaseRecord.case_no == case_no, CaseRecord.citizen_id == citizen_id)


def open_to_move(
    session: ScopedSession, *, keys: KeyRing, tenant_id: int, case_id: UUID, seen_seq: int | None = None
) -> OpenCase:
    """As `open_case`, locked. `seen_seq` is the last event the page showed: CaseChanged when there is a later."""
    case = _opened(session, keys, tenant_id, CaseRecord.id == case_id, lock=True)
    if seen_seq is not None and seen_seq != case.row.last_seq:
        raise CaseChanged("这个办件刚刚有了新进展，请刷新后再办", "The case has moved since this page was shown")
    return case


def move(
    session: ScopedSession,
    *,
    case: OpenCase,
    type: str,  # noqa: A002 - the contract's own word.
    payload: Mapping[str, Any],
    actor: Actor | None,
    result: str | None = None,
    materials: Sequence[NewMaterial] = (),
    limits: clock.Limits | None = None,
    body: Body | None = None,
    occurred_at: datetime | None = None,
) -> CaseEvent:
    """Write one event of `case`; raises moves.MoveRefused where the table does not allow it.

    `limits` and `body` replace what the case keeps. The state, due dates and chain follow; the fact goes to the
    ledger in this very transaction.
    """
    row, at = case.row, occurred_at or time.now()
    row.state = moves.after(row.state, type, result)
    row.open = row.state in moves.OPEN
    if body is not None:
        row.body = seal_body(case.key, row.id, body)
    row.limits = clock.to_json(limits or case.limits)
    settle_due(row, calendar(session))
    appended = append(case=case, kind=type, payload=payload, actor=actor, materials=materials, occurred_at=at)
    event = CaseEvent(**columns_of(appended))
    session.add_all([event, *(CaseMaterial(**one.columns()) for one in materials)])
    session.flush()
    record_fact(session, case=replace(case, body=body or case.body), event=event, payload=payload, actor=actor,
                materials=materials)  # fmt: skip
    return event


def append(
    *,
    case: OpenCase,
    kind: str,
    payload: Mapping[str, Any],
    actor: Actor | None,
    materials: Sequence[NewMaterial],
    occurred_at: datetime,
) -> CaseEvent:
    """The next event of `case` (not yet written), and the case's own sequence and chain moved on to it."""
    row, seq = case.row, case.row.last_seq + 1
    for material in materials:
        material.seq = seq
    kept = {
        "payload": dict(payload),
        "actor": actor.to_json() if actor else None,
        "materials": [material_facts(material) for material in materials],
    }
    body = case.key.seal(written(kept), context=event_context(row.id, seq))
    digest = chain.digest_of(case_id=row.id, seq=seq, kind=kind, state=row.state, occurred_at=occurred_at, body=body)
    row.last_seq, row.chain, row.updated_at = seq, chain.link(row.chain, digest), occurred_at
    return unwritten(
        CaseEvent, tenant_id=row.tenant_id, case_id=row.id, seq=seq, type=kind, state=row.state, occurred_at=occurred_at,
        body=body, digest=digest, chain=row.chain,
    )  # fmt: skip


def record_fact(
    session: ScopedSession,
    *,
    case: OpenCase,
    event: CaseEvent,
    payload: Mapping[str, Any],
    actor: Actor | None,
    materials: Sequence[NewMaterial],
) -> None:
    """Put the complete facts of `event` into the ledger and wake whoever tells the province."""
    facts = _facts(case, event, payload, actor, materials)
    ledger.record(session, key=case.key, facts=facts, **_recorded(case.row, event))


def fact_row(
    *, case: OpenCase, event: CaseEvent, payload: Mapping[str, Any], materials: Sequence[NewMaterial]
) -> LedgerFact:
    """As `record_fact` for what the applicant did, but not written: it travels with the filing's own statement."""
    facts = _facts(case, event, payload, None, materials)
    return ledger.fact_row(key=case.key, facts=facts, **_recorded(case.row, event))


def _facts(
    case: OpenCase,
    event: CaseEvent,
    payload: Mapping[str, Any],
    actor: Actor | None,
    materials: Sequence[NewMaterial],
) -> dict[str, Any]:
    return facts_of(
        case.row, case.body, seq=event.seq, move=event.type, occurred_at=event.occurred_at, payload=payload,
        actor=actor, materials=materials,
    )  # fmt: skip


def _recorded(row: CaseRecord, event: CaseEvent) -> dict[str, Any]:
    return {
        "tenant_id": row.tenant_id, "case_id": row.id, "case_no": row.case_no, "seq": event.seq, "type": event.type,
        "occurred_at": event.occurred_at,
    }  # fmt: skip


def settle_due(row: CaseRecord, days: WorkCalendar) -> None:
    """Bring the due dates of `row` to what its state and limits say."""
    limits = clock.from_json(row.limits)
    due = clock.due(limits, days)
    row.promised_due_on, row.statutory_due_on = due.promised_on, due.statutory_on
    light_on = due.promised_on or due.statutory_on
    if limits.accepted_on is None:
        light_on = clock.answer_due(limits, time.local(row.submitted_at).date(), days)
    row.due_on = (light_on if row.state in moves.RUNNING else None) or NO_DAY


def seal_body(key: OpenKey, case_id: UUID, body: Body) -> bytes:
    """`body` as the case keeps it."""
    return key.seal(written(body), context=f"case_record:{case_id}:body")


def read_event(case: OpenCase, event: CaseEvent) -> dict[str, Any]:
    """What an event keeps sealed: payload, actor, materials."""
    kept: dict[str, Any] = json.loads(case.key.unseal(event.body, context=event_context(case.row.id, event.seq)))
    return kept


def event_context(case_id: UUID, seq: int) -> str:
    """Where an event's sealed body lives."""
    return f"case_event:{case_id}:{seq}"


def _opened(
    session: ScopedSession, keys: KeyRing, tenant_id: int, *which: ColumnElement[bool], lock: bool = False
) -> OpenCase:
    query = (
        select(CaseRecord, DataKey.wrapped, *wrapped_of(CaseRecord.tenant_id))
        .outerjoin(DataKey, (DataKey.tenant_id == CaseRecord.tenant_id) & (DataKey.id == CaseRecord.data_key_id))
        .where(CaseRecord.tenant_id == tenant_id, *which)
    )
    if lock:
        query = query.with_for_update(of=CaseRecord).execution_options(populate_existing=True)
    found = session.execute(query).first()
    if found is None:
        raise NotFound("没有找到这个办件", "There is no such case")
    row, wrapped, *own = found
    if row.erased_at is not None:
        raise CaseErased("这个办件的个人信息已按规定删除，只保留办理记录", "The personal data of this case was erased")
    keys.remember(session, tenant_id=tenant_id, wrapped=own)
    key = keys.unwrap(session, tenant_id=tenant_id, key_id=row.data_key_id, wrapped=wrapped)
    return OpenCase(row, key, json.loads(key.unseal(row.body, context=f"case_record:{row.id}:body")))
