"""What both sides do not agree on: raised once, closed by a person with a reason or by a comparison that finds it no more.

Nothing is overwritten by closing: a difference that shows up again, or looks otherwise than when it was closed, is open
again. What a person has closed stays closed as long as both sides say what they said then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from xiangtong.kernel import clock
from xiangtong.kernel.errors import Conflict, NotFound, Refusal
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import Difference

#: The longest reason, in characters.
MOST = 200
# What the province called invalid stays so however equal the chains are; a comparison can say nothing about it.
_COMPARED = ("chain", "conflict", "unknown_here")
_OPEN = text(
    "select tenant_id, id, case_no, seq, kind, ours, theirs, found_at from difference"
    " where settled_at is null order by found_at limit :limit"
)
_CLOSED = text(
    "select tenant_id, case_no, seq, kind, settled_at, settled_by, settled_why from difference"
    " where settled_at is not null order by settled_at desc limit :limit"
)


class NoReason(Refusal):
    """A difference is closed with a reason that the next person understands."""

    code = "NO_REASON"
    status = 422


class AlreadySettled(Conflict):
    """Somebody else, or a comparison, was faster."""

    code = "ALREADY_SETTLED"


def note_difference(
    session: Session, *, tenant_id: int, case: tuple[object, str, int], kind: str, ours: str | None, theirs: str | None
) -> bool:
    """Raise a difference for a person to decide, once for each case, step and kind; returns whether it is new."""
    case_id, case_no, seq = case
    found = insert(Difference).values(
        tenant_id=tenant_id, id=new_id(), case_id=case_id, case_no=case_no, seq=seq, kind=kind,
        ours=ours, theirs=theirs, found_at=clock.now(),
    )  # fmt: skip
    said = found.excluded
    opened = {"ours": said.ours, "theirs": said.theirs, "found_at": said.found_at}
    closed_no_more = {"settled_at": None, "settled_by": None, "settled_why": None}
    added = session.execute(
        found.on_conflict_do_update(
            index_elements=["tenant_id", "case_no", "seq", "kind"], set_=opened | closed_no_more, where=_is_again(found)
        ).returning(Difference.id)
    )
    return added.first() is not None


def _is_again(found: Insert) -> ColumnElement[bool]:
    """It was settled, and by no person, or it is another one now."""
    said = found.excluded
    return and_(
        Difference.settled_at.is_not(None),
        or_(
            Difference.settled_by.is_(None),
            Difference.ours.is_distinct_from(said.ours),
            Difference.theirs.is_distinct_from(said.theirs),
        ),
    )


def settle(session: Session, *, tenant_id: int, difference_id: UUID, by: str, why: str) -> str:
    """Close a difference by hand; returns its case number. Raises NoReason, AlreadySettled, NotFound.

    `by` is a staff number, `why` is shown to the city, so it names nobody.
    """
    reason = why.strip()
    if not 2 <= len(reason) <= MOST:
        raise NoReason(f"请写清楚为什么可以关掉，2 到 {MOST} 个字", f"Say why it can be closed, 2 to {MOST} characters")
    row = session.get(Difference, (tenant_id, difference_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.settled_at is not None:
        raise AlreadySettled("这一条已经关掉了", "It is closed already")
    row.settled_at, row.settled_by, row.settled_why = clock.now(), by, reason
    session.flush()
    return row.case_no


def compared(session: Session, *, tenant_id: int, limit: int = 200) -> list[Difference]:
    """The open differences of a township that a comparison can find no more, oldest first."""
    still_open = select(Difference).where(
        Difference.tenant_id == tenant_id, Difference.settled_at.is_(None), Difference.kind.in_(_COMPARED)
    )
    return list(session.scalars(still_open.order_by(Difference.found_at).limit(limit)))


def found_no_more(session: Session, *, tenant_id: int, difference_id: UUID) -> None:
    """Close a difference that a comparison did not find again; nobody decided it."""
    session.execute(
        update(Difference)
        .where(Difference.tenant_id == tenant_id, Difference.id == difference_id, Difference.settled_at.is_(None))
        .values(settled_at=clock.now())
    )


def still_open(session: Session, *, limit: int = 100) -> Sequence[Any]:
    """Differences nobody has settled: rows of tenant_id, id, case_no, seq, kind, ours, theirs, found_at."""
    return session.execute(_OPEN, {"limit": limit}).all()


def lately_closed(session: Session, *, limit: int = 20) -> Sequence[Any]:
    """The last that were closed: rows of tenant_id, case_no, seq, kind, settled_at, settled_by, settled_why."""
    return session.execute(_CLOSED, {"limit": limit}).all()
