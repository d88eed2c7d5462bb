"""The named formats, asserted alike in Python and in the browser: one list, ``formats.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from xiangtong.dialect import identity_numbers

FORMATS: Mapping[str, Mapping[str, str]] = json.loads(
    (Path(__file__).parent / "formats.json").read_text(encoding="utf-8")
)

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def luhn(number: str) -> bool:
    """Say whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812)."""
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_date(text: str) -> bool:
    """Say whether ``2026-01-31`` is a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def credit_code(code: str) -> bool:
    """Check the last character of a unified social credit code (GB 32100—2015)."""
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, index, 31) for index, char in enumerate(code[:17]))
    return _CREDIT_ALPHABET[-total % 31] == code[17]


def _disability_certificate(number: str) -> bool:
    return identity_numbers.is_right(number[:18])


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "resident-id": identity_numbers.is_right,
    "luhn": luhn,
    "date": is_date,
    "credit-code": credit_code,
    "disability-certificate": _disability_certificate,
}


def _checker(entry: Mapping[str, str]) -> Callable[[Any], bool]:
    shape = re.compile(entry["pattern"].removeprefix("^").removesuffix("$"))
    check = CHECKS.get(entry.get("check", ""))

    def fits(value: Any) -> bool:
        # A format speaks of texts only; what is not a text is the business of `type`.
        if not isinstance(value, str):
            return True
        return shape.fullmatch(value) is not None and (check is None or check(value))

    return fits


#: Format name → function that says whether a text has it.
CHECKERS: Mapping[str, Callable[[Any], bool]] = {name: _checker(entry) for name, entry in FORMATS.items()}
