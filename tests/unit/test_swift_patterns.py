"""Patterns under which a phone would stand still are refused; those of everyday forms are not."""

from __future__ import annotations

import re
import time

import pytest

from xiangtong.dialect.patterns import why_refused

_SLOW = (
    "^(a+)+$", "^(a*)*$", "^(a|a)*$", "^(a|aa)+$", "^([0-9]+-?)*$", "^a*a*a*a*a*a*b$", "^(a?){30}a{30}$",
    "^((ab)*)*$", "(.*)*x", "^" + "a?" * 30 + "a" * 30 + "$", "^.*.*.*=.*$", "^([a-z]|[x-z])*$", "^(x+x+)+y$",
    "(a{1,1000}){1,1000}", "(((((a{9}){9}){9}){9}){9})", "^([^,]*,?)+$", "(()*)*", "^(a|b?)+$",
)  # fmt: skip
_SWIFT = (
    "^[0-9]{17}[0-9X]$", "^([A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X])$", "^[HM][0-9]{8}([0-9]{2})?$", "^[^0-9]*$",
    "^[a-z]+( [a-z]+)*$", "^[0-9]+(-[0-9]+)*$", "^[^@]+@[^@]+\\\\.[^@]+$".replace("\\\\", "\\"), "^(a|b)*$", "^.*foo.*$",
    "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "^([0-9]{3}-?)*$", "^(苏|浙)[A-Z][0-9A-Z]{5,6}$", "", "^$", "a|", "(a|)",
    "^-?[0-9]+(\\.[0-9]+)?$", "^https?://[a-z0-9.-]+(/.*)?$",
)  # fmt: skip


@pytest.mark.parametrize("pattern", _SLOW)
def test_what_has_too_many_ways_is_refused(pattern: str) -> None:
    refused = why_refused(pattern)
    assert refused is not None and "卡住" in refused[0]


@pytest.mark.parametrize("pattern", _SWIFT)
def test_what_has_few_ways_is_taken_and_is_swift(pattern: str) -> None:
    assert why_refused(pattern) is None
    begun = time.perf_counter()
    for text in ("a" * 500, "a" * 499 + "!", "0-" * 250 + "!", "a@." * 160, " a" * 250 + "!"):
        re.search(pattern, text)
    assert time.perf_counter() - begun < 1
