"""What anybody may learn of a printed form: that it is ours, and enough to see that the paper was not changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from xiangtong.cases.lookup import tenant_of_number
from xiangtong.cases.models import CaseEvent, CaseRecord
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.printing.codes import case_of
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.walls import as_tenant

#: Answers come with these events; the digest of the latest stands on the paper.
ANSWERING = ("apply", "supplement")
_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Verified:
    """A printed case, without a word about a person. `digests` are (when, prefix), the latest last."""

    township: str
    title: str
    case_no: str  # masked
    submitted_at: datetime
    digests: Sequence[tuple[datetime, str]]


def verified(session: ScopedSession, *, keys: KeyRing, code: str) -> Verified:
    """The case behind a code; raises NotFound. An erased case still proves that its paper was real."""
    number = case_of(keys, code)
    tenant_id = tenant_of_number(session, number)
    if tenant_id is None:
        raise NotFound
    township = session.get_one(Tenant, tenant_id).name
    with as_tenant(session, tenant_id):
        mine = select(CaseRecord).where(CaseRecord.tenant_id == tenant_id, CaseRecord.case_no == number)
        row = session.scalar(mine)
        if row is None:
            raise NotFound
        return Verified(township, row.item_name, masked(number), row.submitted_at, digests_of(session, row))


def digests_of(session: ScopedSession, row: CaseRecord) -> list[tuple[datetime, str]]:
    """(when, prefix of the digest) of every event that brought answers, oldest first."""
    told = select(CaseEvent.occurred_at, CaseEvent.digest).where(
        CaseEvent.tenant_id == row.tenant_id, CaseEvent.case_id == row.id, CaseEvent.type.in_(ANSWERING)
    )
    return [(at, digest[:_SHOWN]) for at, digest in session.execute(told.order_by(CaseEvent.seq))]


def masked(number: str) -> str:
    """A case number that can be compared with the paper and not be copied from a screen."""
    return f"{number[:9]}{'*' * 8}{number[-5:]}"
