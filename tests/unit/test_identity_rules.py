"""Roles, reach, passwords: rules that need no database."""

from __future__ import annotations

from itertools import combinations

import pytest

from xiangtong.audit import scrub
from xiangtong.identity import passwords, reach, roles


def test_nobody_may_hold_two_of_the_three_administrations() -> None:
    for pair in combinations(roles.KEPT_APART, 2):
        assert [problem.code for problem in roles.problems_of(pair)] == ["ROLES_APART"]
    for role in roles.ROLES:
        assert roles.problems_of([role]) == []


def test_no_role_gives_what_it_does_not_run_and_security_never_copies_itself() -> None:
    assert "security_admin" not in roles.grantable(["security_admin"])
    assert roles.grantable(["city_operator"]) == {"township_admin"}
    assert roles.grantable(["window_clerk", "reviewer", "auditor", "village_staff", "audit_admin"]) == frozenset()
    for giver in roles.ROLES:
        assert roles.grantable([giver]) <= set(roles.ROLES)


def test_the_administrations_share_nothing_but_their_own_account() -> None:
    for one, other in combinations(roles.KEPT_APART, 2):
        assert roles.PERMISSIONS[one] & roles.PERMISSIONS[other] == {"account.own"}
    assert [role for role in roles.ROLES if "audit.view" in roles.PERMISSIONS[role]] == ["audit_admin"]


def test_unknown_and_missing_roles_are_said() -> None:
    assert [problem.code for problem in roles.problems_of(["mayor"])] == ["ROLE_UNKNOWN"]
    assert [problem.code for problem in roles.problems_of([])] == ["ROLE_MISSING"]


@pytest.mark.parametrize(
    ("held", "factor"),
    [(["window_clerk"], "sms"), (["window_clerk", "township_admin"], "totp"), (["village_staff"], "none")],
)
def test_the_strictest_role_decides_the_second_factor(held: list[str], factor: str) -> None:
    assert roles.factor_of(held) == factor


def test_a_township_does_not_reach_its_neighbour() -> None:
    assert reach.covers(["321003100"], "321003100200")
    assert not reach.covers(["321003100"], "321003108209")
    assert not reach.covers(["321003100"], "321003000000")
    assert reach.within(["321003100200"], ["321003100"])
    assert not reach.within(["321003100", "321003108"], ["321003100"])
    assert not reach.covers([], "321003100200")


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (["321003100200"], []),
        (["3210"], ["REACH_OUTSIDE"]),
        (["32100"], ["REACH_INVALID"]),
        (["３２１００３１００"], ["REACH_INVALID"]),
        ([], ["REACH_MISSING"]),
    ],
)
def test_what_is_wrong_with_a_reach(given: list[str], codes: list[str]) -> None:
    assert [problem.code for problem in reach.problems_of(given, ["321003100"])] == codes


@pytest.mark.parametrize("good", ["Taiping-77x", "桃花潭水深千尺Aa1", "aB3$efgh&k"])
def test_good_passwords(good: str) -> None:
    assert passwords.problems_of(good, account="001") == []


@pytest.mark.parametrize(
    ("bad", "count"),
    [("short", 2), ("onlylowercase", 1), ("Password-123", 1), ("Aa1Aa1Aa1Aa1", 1), ("Xx-001-Taiping", 1)],
)
def test_bad_passwords_say_every_rule_they_break(bad: str, count: int) -> None:
    assert len(passwords.problems_of(bad, account="001")) == count


def test_a_hash_matches_its_password_only_and_none_matches_nothing() -> None:
    hashed = passwords.make_hash("Taiping-77x")
    assert passwords.matches(hashed, "Taiping-77x")
    assert not passwords.matches(hashed, "Taiping-77y")
    assert not passwords.matches(None, "Taiping-77x")


@pytest.mark.parametrize("kept", ["3210031002611210000173", "321003100200", "staff:001", "2026-03-02"])
def test_what_is_no_number_of_a_person_is_kept(kept: str) -> None:
    assert scrub(kept) == kept
