"""Case numbers: 22 digits = township (9) + yymmdd + serial (6) + check (ISO 7064 MOD 11,10), contract §1."""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from xiangtong.cases.models import CaseCounter
from xiangtong.kernel.errors import TooMany
from xiangtong.kernel.ids import mod11_10

DIGITS = 22
_MOST_A_DAY = 999_999


def case_no(township: str, day: date, serial: int) -> str:
    """The case number of the `serial`-th filing of a township (9 digits) on `day`."""
    if len(township) != 9 or not township.isdigit():
        raise ValueError("a case number begins with the nine digits of a township")
    if not 1 <= serial <= _MOST_A_DAY:
        raise ValueError("a serial number has six digits and begins at 1")
    digits = f"{township}{day:%y%m%d}{serial:06d}"
    return digits + mod11_10(digits)


def is_case_no(text: str) -> bool:
    """Whether `text` is a case number with a right check digit."""
    plain = len(text) == DIGITS and text.isascii() and text.isdigit()
    return plain and mod11_10(text[:-1]) == text[-1]


def township_of(number: str) -> str:
    """The nine digits of the township that a case number begins with."""
    return number[:9]


def next_serial(session: Session, *, tenant_id: int, day: date) -> int:
    """The next serial number of the tenant on `day`.

    Locks the tenant's row of that day until the transaction ends, so it is taken last. A roll-back gives it back;
    gaps are allowed all the same. Raises TooMany beyond 999,999 a day.
    """
    serial: int = session.connection().execute(_counted(), {"tenant": tenant_id, "day": day}).scalar_one()
    if serial > _MOST_A_DAY:
        raise TooMany("今天的办件号用完了，请明天再提交", "Today's case numbers are used up")
    return serial


@cache
def _counted() -> ReturningInsert[int]:
    row = insert(CaseCounter).values(tenant_id=bindparam("tenant"), day=bindparam("day"), serial=1)
    counted = row.on_conflict_do_update(
        index_elements=[CaseCounter.tenant_id, CaseCounter.day], set_={"serial": CaseCounter.serial + 1}
    )
    return counted.returning(CaseCounter.serial)
