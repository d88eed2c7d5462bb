"""Seals: once a minute what was written since is digested and chained, so that a later change shows.

No request waits for another: entries are written unchained, and only the sealing job of one tenant takes its lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import rfc8785
from sqlalchemy import select, update

from xiangtong.audit.models import AuditEntry, AuditSeal
from xiangtong.kernel import clock, jobs
from xiangtong.kernel.crypto import sm3
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.locks import one_at_a_time
from xiangtong.tenancy.models import City
from xiangtong.tenancy.scope import NOBODY, Database, Scope

_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Break:
    """A seal that no longer fits what it closed; `what` is a sentence for the audit administrator."""

    seq: int
    what: str


def seal(session: ScopedSession, *, tenant_id: int) -> AuditSeal | None:
    """Close the entries that no seal has closed yet; None when there are none."""
    one_at_a_time(session, f"audit.seal:{tenant_id}")
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.tenant_id == tenant_id, AuditEntry.seal_seq.is_(None))
        .order_by(AuditEntry.id)
    ).all()
    if not entries:
        return None
    last = session.scalars(
        select(AuditSeal).where(AuditSeal.tenant_id == tenant_id).order_by(AuditSeal.seq.desc()).limit(1)
    ).first()
    closed = _close(tenant_id, entries, last)
    session.add(closed)
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.tenant_id == tenant_id, AuditEntry.id.in_([entry.id for entry in entries]))
        .values(seal_seq=closed.seq)
    )
    session.flush()
    return closed


def _close(tenant_id: int, entries: Sequence[AuditEntry], last: AuditSeal | None) -> AuditSeal:
    seq, before = (last.seq + 1, last.chain) if last else (1, _START)
    digest = _digest(entries)
    return AuditSeal(
        tenant_id=tenant_id, seq=seq, entries=len(entries), digest=digest,
        chain=_link(before, seq, len(entries), digest), sealed_at=clock.now(),
    )  # fmt: skip


def _digest(entries: Iterable[AuditEntry]) -> bytes:
    return sm3(b"".join(sm3(rfc8785.dumps(_said(entry))) for entry in entries))


def _link(before: bytes, seq: int, entries: int, digest: bytes) -> bytes:
    return sm3(before + f"{seq}:{entries}:".encode() + digest)


def _said(entry: AuditEntry) -> dict[str, object]:
    return {
        "tenant": entry.tenant_id, "id": str(entry.id), "at": clock.local(entry.at).isoformat(),
        "actor": [entry.actor_kind, str(entry.actor_id or ""), entry.actor_label],
        "action": entry.action, "subject": entry.subject, "outcome": entry.outcome, "detail": entry.detail,
    }  # fmt: skip


def verify(session: ScopedSession, *, tenant_id: int) -> list[Break]:
    """Compute every seal of the tenant again; an empty list says that nothing was changed, added or taken out."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.tenant_id == tenant_id, AuditEntry.seal_seq.is_not(None))
        .order_by(AuditEntry.seal_seq, AuditEntry.id)
    )
    batches = {seq: list(batch) for seq, batch in groupby(entries, key=lambda entry: entry.seal_seq or 0)}
    seals = session.scalars(select(AuditSeal).where(AuditSeal.tenant_id == tenant_id).order_by(AuditSeal.seq)).all()
    breaks, before = [], _START
    for expected, closed in enumerate(seals, start=1):
        breaks += _check(closed, expected, batches.pop(closed.seq, []), before)
        before = closed.chain
    return breaks + [Break(seq, f"第 {seq} 批记录没有封条") for seq in batches]


def _check(closed: AuditSeal, expected: int, entries: Sequence[AuditEntry], before: bytes) -> list[Break]:
    if closed.seq != expected:
        return [Break(closed.seq, f"第 {expected} 号封条不见了")]
    if len(entries) != closed.entries:
        return [Break(closed.seq, f"第 {closed.seq} 批应有 {closed.entries} 条，现有 {len(entries)} 条")]
    if _digest(entries) != closed.digest:
        return [Break(closed.seq, f"第 {closed.seq} 批里有记录被改动")]
    if _link(before, closed.seq, closed.entries, closed.digest) != closed.chain:
        return [Break(closed.seq, f"第 {closed.seq} 号封条接不上前一号")]
    return []


def seal_all(db: Database) -> int:
    """Seal every tenant that has something open; the number of seals made. One transaction a tenant."""

    def seal_those_of(tenant_id: int) -> bool:
        with db.scope(Scope(tenant_id=tenant_id)) as session:
            return seal(session, tenant_id=tenant_id) is not None

    return jobs.each(seal_those_of, _waiting(db), job="audit.seal")


def _waiting(db: Database) -> Sequence[int]:
    with db.scope(NOBODY) as session:
        cities = session.scalars(select(City.code)).all()
    with db.oversight(*cities) as session:
        return session.scalars(
            select(AuditEntry.tenant_id).where(AuditEntry.seal_seq.is_(None)).group_by(AuditEntry.tenant_id)
        ).all()
