"""Identifiers: UUID version 7 (sorted by time), short codes people can read aloud, check digits of case numbers."""

from __future__ import annotations

import secrets
from uuid import UUID

import uuid6

#: Without 0/O, 1/I/L and U/V: read aloud on the phone, none of these is mistaken for another.
READABLE = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def new_id() -> UUID:
    """A fresh UUID version 7 (RFC 9562); PostgreSQL 15 to 17 have no `uuidv7()` of their own."""
    return UUID(int=uuid6.uuid7().int)


def short_code(length: int = 8) -> str:
    """A random code of `length` readable characters (4.86 bits each)."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def mod11_10(digits: str) -> str:
    """The check digit of ISO 7064 MOD 11,10 over `digits` (contract §1, vector `case_no_check`)."""
    product = 10
    for char in digits:
        total = (int(char) + product) % 10 or 10
        product = (total * 2) % 11
    return str((11 - product) % 10)
