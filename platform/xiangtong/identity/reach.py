"""Reach: the divisions a person works for, as prefixes of 2, 4, 6, 9 or 12 digits (design §4).

A prefix is never found by stripping zeros: 321003100 must not reach 321003108.
"""

from __future__ import annotations

from collections.abc import Iterable

from xiangtong.kernel.errors import Problem

DIGITS = (2, 4, 6, 9, 12)


def covers(reach: Iterable[str], division_code: str) -> bool:
    """True when one of the prefixes contains the division (a 12-digit code or itself a prefix)."""
    return any(division_code.startswith(prefix) for prefix in reach)


def within(reach: Iterable[str], outer: Iterable[str]) -> bool:
    """True when every prefix of `reach` lies inside `outer`."""
    frame = tuple(outer)
    return all(covers(frame, prefix) for prefix in reach)


def problems_of(reach: Iterable[str], outer: Iterable[str]) -> list[Problem]:
    """What is wrong with a reach that somebody with the reach `outer` wants to give."""
    frame, found = tuple(outer), []
    for prefix in reach:
        if not (prefix.isascii() and prefix.isdigit() and len(prefix) in DIGITS):
            found.append(Problem("/reach", f"“{prefix}”不是区划代码", f"{prefix} is no division", "REACH_INVALID"))
        elif not covers(frame, prefix):
            found.append(Problem("/reach", f"“{prefix}”不在您管理的范围里", f"{prefix} is outside", "REACH_OUTSIDE"))
    return found or ([] if list(reach) else [Problem("/reach", "请选择管理范围", "Choose a reach", "REACH_MISSING")])
