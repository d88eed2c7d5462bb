"""What of an applicant is kept where it can be searched: a readable name, and keyed digests of id and phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.cases.models import CaseRecord
from xiangtong.cases.parties import initials
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing


def promote(session: ScopedSession, *, keys: KeyRing, row: CaseRecord, applicant: Mapping[str, Any]) -> None:
    """Bring the searchable columns of `row` to what `applicant` (a Party of the contract) says."""
    row.applicant_name = applicant["name"]
    row.applicant_initials = initials(applicant["name"])
    row.id_digest = _digest(session, keys, row.tenant_id, applicant.get("id_number"))
    row.phone_digest = _digest(session, keys, row.tenant_id, applicant.get("phone"))


def forget(row: CaseRecord) -> None:
    """Clear them: the case is being erased."""
    row.applicant_name = row.applicant_initials = row.id_digest = row.phone_digest = None


def _digest(session: ScopedSession, keys: KeyRing, tenant_id: int, value: str | None) -> bytes | None:
    return keys.digest(session, tenant_id=tenant_id, value=value) if value else None
