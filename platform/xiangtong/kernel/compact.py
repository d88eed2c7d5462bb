"""JSON as we store it: short, UTF-8, for nobody but ourselves (what others read is canonical, RFC 8785)."""

from __future__ import annotations

import json
from typing import Any

import orjson


def written(value: Any) -> bytes:
    """`value` as JSON; ids and moments as text, bytes as PostgreSQL reads them out of JSON.

    Raises TypeError for objects JSON has no word for, UnicodeEncodeError for lone surrogates.
    """
    try:
        return orjson.dumps(value, default=_told)
    except orjson.JSONEncodeError:
        # The fast way knows no integers beyond 64 bits; a form may allow them.
        return json.dumps(value, default=_told, ensure_ascii=False, separators=(",", ":")).encode()


def _told(value: Any) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(type(value).__name__)
