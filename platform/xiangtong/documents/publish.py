"""Publishing: draft → checks → immutable numbered version → live, with history and roll-back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from xiangtong.documents.models import DocumentVersion
from xiangtong.documents.overlay import digest
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound, Problem, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.kernel.locks import one_at_a_time

# A check reads a body and names what keeps it from being published.
Check = Callable[[Mapping[str, Any]], Sequence[Problem]]


def save_draft(
    session: Session, *, tenant_id: int, kind: str, key: str, title: str, body: Mapping[str, Any],
    division_code: str = "", author: str = "",
) -> DocumentVersion:  # fmt: skip
    """The one draft of a document, made or overwritten."""
    _one_writer(session, tenant_id, kind, key)
    draft = _one(session, tenant_id=tenant_id, kind=kind, key=key, state="draft")
    if draft is None:
        draft = DocumentVersion(tenant_id=tenant_id, id=new_id(), kind=kind, key=key, state="draft")
        session.add(draft)
    draft.title, draft.body, draft.hash = title, dict(body), digest(body)
    draft.division_code, draft.author = division_code, author
    session.flush()
    return draft


def publish(
    session: Session, *, tenant_id: int, kind: str, key: str, checks: Sequence[Check] = (), note: str = "",
    at: datetime | None = None,
) -> DocumentVersion:  # fmt: skip
    """Make the draft the live version under the next number.

    Raises NotFound without a draft, Problems with everything the checks found.
    """
    _one_writer(session, tenant_id, kind, key)
    draft = _one(session, tenant_id=tenant_id, kind=kind, key=key, state="draft")
    if draft is None:
        raise NotFound
    problems = [problem for check in checks for problem in check(draft.body)]
    if problems:
        raise Problems(problems)
    _retire(session, tenant_id=tenant_id, kind=kind, key=key)
    newest = select(func.max(DocumentVersion.number)).where(*_of(tenant_id, kind, key))
    draft.number = (session.scalar(newest) or 0) + 1
    draft.state, draft.note, draft.published_at = "live", note, at or clock.now()
    session.flush()
    return draft


def roll_back(
    session: Session, *, tenant_id: int, kind: str, key: str, number: int, author: str = ""
) -> DocumentVersion:
    """Publish the content of an earlier version again, under a new number: history never loses a line."""
    earlier = session.scalars(
        select(DocumentVersion).where(*_of(tenant_id, kind, key), DocumentVersion.number == number)
    ).first()
    if earlier is None:
        raise NotFound
    save_draft(
        session, tenant_id=tenant_id, kind=kind, key=key, title=earlier.title, body=earlier.body,
        division_code=earlier.division_code, author=author,
    )  # fmt: skip
    return publish(session, tenant_id=tenant_id, kind=kind, key=key, note=f"恢复到第 {number} 版")


def withdraw(session: Session, *, tenant_id: int, kind: str, key: str) -> None:
    """Take the live version down; it stays in the history."""
    _retire(session, tenant_id=tenant_id, kind=kind, key=key)


def live(session: Session, *, tenant_id: int, kind: str, key: str) -> DocumentVersion:
    """The live version; raises NotFound."""
    found = _one(session, tenant_id=tenant_id, kind=kind, key=key, state="live")
    if found is None:
        raise NotFound
    return found


def history(session: Session, *, tenant_id: int, kind: str, key: str) -> list[DocumentVersion]:
    """Every published version, newest first."""
    versions = select(DocumentVersion).where(*_of(tenant_id, kind, key), DocumentVersion.number.is_not(None))
    return list(session.scalars(versions.order_by(DocumentVersion.number.desc())))


def newest_live(
    session: Session, *, tenant_id: int, kind: str, division_code: str | None = None, limit: int = 20
) -> list[DocumentVersion]:
    """Live documents of a kind, newest first; of one village only when `division_code` is given."""
    wanted = select(DocumentVersion).where(
        DocumentVersion.tenant_id == tenant_id, DocumentVersion.kind == kind, DocumentVersion.state == "live"
    )
    if division_code is not None:
        wanted = wanted.where(DocumentVersion.division_code == division_code)
    return list(session.scalars(wanted.order_by(DocumentVersion.published_at.desc()).limit(limit)))


def _one_writer(session: Session, tenant_id: int, kind: str, key: str) -> None:
    one_at_a_time(session, f"document:{tenant_id}:{kind}:{key}")


def _of(tenant_id: int, kind: str, key: str) -> tuple[Any, ...]:
    return (DocumentVersion.tenant_id == tenant_id, DocumentVersion.kind == kind, DocumentVersion.key == key)


def _one(session: Session, *, tenant_id: int, kind: str, key: str, state: str) -> DocumentVersion | None:
    wanted = select(DocumentVersion).where(*_of(tenant_id, kind, key), DocumentVersion.state == state)
    return session.scalars(wanted).first()


def _retire(session: Session, *, tenant_id: int, kind: str, key: str) -> None:
    live_now = update(DocumentVersion).where(*_of(tenant_id, kind, key), DocumentVersion.state == "live")
    session.execute(live_now.values(state="past"))
