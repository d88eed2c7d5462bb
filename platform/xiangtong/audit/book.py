"""The audit log: who, when, what, to what, with what result (GB/T 22239 level 3; 网络安全法 art. 21)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from xiangtong.audit.models import AuditEntry
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.scope import current

Outcome = Literal["done", "refused", "failed"]
HIDDEN = "［已隐去］"
# An id number (15 or 18) or a mobile phone that stands alone: case numbers (22) and division codes (12) pass.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9})(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `label` is a staff number or the name of a job, never a person's name or phone."""

    kind: Literal["staff", "citizen", "system"]
    id: UUID | None = None
    label: str = ""


SYSTEM = Actor("system", label="xiangtong")


def record(
    session: ScopedSession,
    *,
    actor: Actor,
    action: str,
    subject: str,
    outcome: Outcome = "done",
    detail: dict[str, Any] | None = None,
) -> UUID:
    """Write one entry in the tenant of the session's scope; in the transaction of the action itself.

    `detail` is a flat document of codes, counts and ids. Whatever looks like an id number or a phone is hidden.
    """
    tenant_id = current(session).tenant_id
    if tenant_id is None:
        raise ValueError("an audit entry belongs to a tenant: no scope is set")
    entry = AuditEntry(
        tenant_id=tenant_id, id=new_id(), at=clock.now(), actor_kind=actor.kind, actor_id=actor.id,
        actor_label=actor.label, action=action, subject=scrub(subject), outcome=outcome, detail=scrub(detail or {}),
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry.id


def scrub(value: Any) -> Any:
    """`value` with everything hidden in it that looks like an id number or a mobile phone."""
    match value:
        case str():
            return _PERSONAL.sub(HIDDEN, value)
        case dict():
            return {key: scrub(inner) for key, inner in value.items()}
        case list() | tuple():
            return [scrub(inner) for inner in value]
        case _:
            return value
