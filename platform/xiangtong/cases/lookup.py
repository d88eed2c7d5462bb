"""Ask how a case stands without signing in: its number (or short code) and the last four of the id number.

A wrong number and wrong digits get the same answer. How often one may ask is the door's business (throttle).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import ColumnElement, select

from xiangtong.cases.models import CaseRecord
from xiangtong.cases.numbers import is_case_no, township_of
from xiangtong.cases.record import CaseErased, OpenCase, open_case
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.walls import as_tenant


def tenant_of_number(session: ScopedSession, number: str) -> int | None:
    """The tenant a case number belongs to, known from its first nine digits; None for what is no case number."""
    if not is_case_no(number):
        return None
    return session.scalar(select(Tenant.id).where(Tenant.code == township_of(number)))


@contextmanager
def asked_for(
    session: ScopedSession, *, keys: KeyRing, asked: str, last_four: str, tenant_id: int | None = None
) -> Iterator[OpenCase]:
    """The case that `asked` names, in sight for the block as a guest's; raises NotFound.

    `asked` is a case number, or a short code together with the `tenant_id` of the township it was asked in.
    """
    asked = asked.strip().upper()
    tenant_id = tenant_of_number(session, asked) or tenant_id
    if tenant_id is None or not asked.isascii() or not asked.isalnum():
        raise _nothing()
    column = CaseRecord.case_no if is_case_no(asked) else CaseRecord.short_code
    with as_tenant(session, tenant_id):
        case_id = _find(session, tenant_id, column == asked)
    with as_tenant(session, tenant_id, case_id=case_id):
        try:
            case = open_case(session, keys=keys, tenant_id=tenant_id, case_id=case_id)
        except CaseErased:
            raise _nothing() from None
        if not _fits(case, last_four):
            raise _nothing()
        yield case


def _find(session: ScopedSession, tenant_id: int, condition: ColumnElement[bool]) -> UUID:
    case_id = session.scalar(select(CaseRecord.id).where(CaseRecord.tenant_id == tenant_id, condition))
    if case_id is None:
        raise _nothing()
    return case_id


def _fits(case: OpenCase, last_four: str) -> bool:
    known = str(case.body["applicant"].get("id_number", ""))[-4:]
    return len(known) == 4 and hmac.compare_digest(known.encode(), last_four.strip().upper().encode(errors="replace"))


def _nothing() -> NotFound:
    return NotFound(
        "没有查到。请核对办件编号（或查询码）和身份证号后四位", "No case fits this number and these four digits"
    )
