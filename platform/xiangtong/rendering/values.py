"""A stored value as it stands in an input, ready to be typed over."""

from __future__ import annotations

from typing import Any

#: Kinds that are stored as whole hundredths and typed as a decimal number.
HUNDREDTHS = frozenset({"money", "area", "length"})


def typed(kind: str, value: Any) -> str:
    """Give what would have to be typed to store ``value``; what was never understood stands as it was typed."""
    if value is None:
        return ""
    if kind in HUNDREDTHS and isinstance(value, int):
        return decimal(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def decimal(hundredths: int) -> str:
    """Write whole hundredths as a decimal number without idle zeros: 13550 → 135.5, 1200 → 12."""
    whole, part = divmod(abs(hundredths), 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}" if not part else f"{sign}{whole}.{part:02d}".rstrip("0")


def size_in_words(size: int) -> str:
    """Give a file's size as people read it: 1.2 MB, 340 KB."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{max(1, round(size / 1000))} KB"


def chosen_values(value: Any) -> frozenset[str]:
    """Give the option values that an answer chooses, whichever kind of choice it is."""
    if isinstance(value, list):
        return frozenset(one for one in value if isinstance(one, str))
    return frozenset((typed("choice", value),))
