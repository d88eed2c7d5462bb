"""Passwords: what a good one is, and its hash."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from xiangtong.kernel.errors import Problem

SHORTEST, LONGEST, KINDS = 10, 128, 3
# Cost chosen for 16 MiB and about 50 ms: strong enough behind a lock-out, light enough for many windows at 8:30.
_METHOD = "scrypt:16384:8:1"


def problems_of(password: str, *, account: str = "") -> list[Problem]:
    """Every rule the password breaks, each with a sentence; an empty list when it is good."""
    found = []
    if not password:
        return [_problem("请给自己定一个密码", "Choose a password")]
    if not SHORTEST <= len(password) <= LONGEST:
        found.append(_problem(f"密码要有 {SHORTEST} 到 {LONGEST} 位", "Use 10 to 128 characters"))
    if _kinds(password) < KINDS:
        found.append(_problem("请在大写字母、小写字母、数字、符号里至少用三种", "Use three kinds of characters"))
    if _is_easy(password.lower(), account.lower()):
        found.append(_problem("这个密码太容易猜到，请换一个", "This password is easy to guess"))
    return found


def _problem(sentence: str, english: str) -> Problem:
    return Problem("/password", sentence, english, "PASSWORD_WEAK")


def _kinds(password: str) -> int:
    plain = password if password.isascii() else password + "·"
    return sum(
        any(test(char) for char in plain)
        for test in (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum())
    )


def _is_easy(password: str, account: str) -> bool:
    return bool(account and account in password) or any(easy in password for easy in _easy()) or len(set(password)) < 5


@cache
def _easy() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("easy_passwords.txt").read_text(encoding="utf-8").split())


def make_hash(password: str) -> str:
    """A salted scrypt hash."""
    return generate_password_hash(password, method=_METHOD)


def matches(stored: str | None, password: str) -> bool:
    """Compare; an absent hash costs the same time as a wrong password, so that nobody learns who has an account."""
    if stored is None:
        check_password_hash(_nobody(), password)
        return False
    return check_password_hash(stored, password)


@cache
def _nobody() -> str:
    return make_hash("nobody signs in with this")
