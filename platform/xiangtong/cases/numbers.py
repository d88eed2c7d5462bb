"""Case numbers: 22 digits = township (9) + yymmdd + serial (6) + check (ISO 7064 MOD 11,10), contract §1.

The database makes them (function `case_number`) in the statement that writes the case, so that the counter's row is
locked for no longer than that.
"""

from __future__ import annotations

from xiangtong.kernel.errors import TooMany
from xiangtong.kernel.ids import mod11_10

DIGITS = 22
_MOST_A_DAY = 999_999
# Two common table expressions: `numbered` gives the next serial of :tenant on :day and its case_no in :township. A
# roll-back gives the serial back; gaps are allowed all the same.
NUMBERED = (
    "counted as (insert into case_counter as c (tenant_id, day, serial) values (:tenant, :day, 1)"
    "  on conflict (tenant_id, day) do update set serial = c.serial + 1 returning serial),"
    " numbered as (select serial, case_number(:township, :day, serial) as case_no from counted)"
)


def is_case_no(text: str) -> bool:
    """Whether `text` is a case number with a right check digit."""
    plain = len(text) == DIGITS and text.isascii() and text.isdigit()
    return plain and mod11_10(text[:-1]) == text[-1]


def township_of(number: str) -> str:
    """The nine digits of the township that a case number begins with."""
    return number[:9]


def check_serial(serial: int) -> None:
    """Raise TooMany beyond 999,999 a day, which is all that six digits can say."""
    if serial > _MOST_A_DAY:
        raise TooMany("今天的办件号用完了，请明天再提交", "Today's case numbers are used up")
