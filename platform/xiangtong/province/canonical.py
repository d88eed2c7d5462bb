"""Canonical JSON, digests and the chain of contract §2."""

from __future__ import annotations

from typing import Any

import rfc8785

from xiangtong.kernel.crypto import sm3_hex


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes; raises ValueError for what has none (numbers beyond ±(2^53−1), lone surrogates)."""
    written: bytes = rfc8785.dumps(value)
    return written


def link(previous: str | None, message_digest: str) -> str:
    """The next link of a case's chain; `previous` is None for the first message."""
    return sm3_hex(f"{previous or ''}{message_digest}".encode("ascii"))
