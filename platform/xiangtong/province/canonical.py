"""Canonical JSON, digests and the chain of contract §2."""

from __future__ import annotations

import json
import re
from typing import Any

import rfc8785

from xiangtong.kernel.crypto import sm3_hex

# Where the standard library writes otherwise than RFC 8785, or might: a number that is long or no integer, and keys
# sorted by code point where something lies beyond U+FFFF. Text that looks like it is written the slow way for nothing.
_DIFFERS = re.compile(rb"(?:\A|[:\[,])-?(?:\d{16}|\d+[.e])|[\xf0-\xf4]")


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes; raises ValueError for what has none (numbers beyond ±(2^53−1), lone surrogates).

    `value` is JSON: objects have strings for keys. Almost every message is written by the standard library, in a
    tenth of the time; the rest by the reference's rules.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    quick = text.encode()
    if not _DIFFERS.search(quick):
        return quick
    written: bytes = rfc8785.dumps(value)
    return written


def link(previous: str | None, message_digest: str) -> str:
    """The next link of a case's chain; `previous` is None for the first message."""
    return sm3_hex(f"{previous or ''}{message_digest}".encode("ascii"))
