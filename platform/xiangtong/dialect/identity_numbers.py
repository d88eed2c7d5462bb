"""What a citizen's number says: its check digit, the date of birth, the sex, a disability.

GB 11643—1999; the twenty digits of a disability certificate as in the domain facts §2.3. Areas are never
checked: numbers outlive the counties they name.
"""

from __future__ import annotations

import re
from datetime import date
from operator import mul
from typing import Any

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_CERTIFICATE = re.compile(r"([0-9]{17}[0-9X])([1-7])([1-4])(?:B[0-9])?")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ZEROS = 48 * sum(_WEIGHTS)


def check_digit(first_seventeen: str) -> str:
    """Give the eighteenth character that belongs to seventeen digits."""
    # The bytes of digits are 48 too large each, which `_ZEROS` takes away again.
    return _CHECKS[(sum(map(mul, first_seventeen.encode("ascii"), _WEIGHTS)) - _ZEROS) % 11]


def birth_date(number: str) -> date | None:
    """Read the date of birth at digits 7 to 14; None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_right(number: Any) -> bool:
    """Say whether a text is a citizen's number of eighteen characters: shape, real birth date, check digit."""
    if not isinstance(number, str) or not _SHAPE.fullmatch(number):
        return False
    return birth_date(number) is not None and check_digit(number[:17]) == number[17]


def birth_of(number: Any) -> date | None:
    """Give the date of birth of a right number; None otherwise."""
    return birth_date(number) if is_right(number) else None


def sex_of(number: Any) -> str | None:
    """Give ``"1"`` (male) or ``"2"`` (female), the codes of GB/T 2261.1; None where the number is not right."""
    if not is_right(number):
        return None
    return "1" if int(number[16]) % 2 else "2"


def disability_of(certificate: Any, part: str) -> str | None:
    """Read ``owner`` (an id number), ``category`` (1–7) or ``grade`` (1–4) from a disability certificate's number."""
    match = _CERTIFICATE.fullmatch(certificate) if isinstance(certificate, str) else None
    if match is None or not is_right(match[1]):
        return None
    return match[{"owner": 1, "category": 2, "grade": 3}[part]]
