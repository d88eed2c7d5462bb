"""The one table of allowed moves."""

from __future__ import annotations

import pytest

from xiangtong.cases import moves

_CONTRACT_TYPES = {
    *("pre_review", "accept", "reject", "supplement_notice", "supplement", "step", "special_start", "special_end"),
    *("extend", "decide", "deliver", "withdraw", "void", "rate", "transfer", "correct"),
}


def test_every_following_state_is_in_the_table() -> None:
    """No move leads into a state that the table does not know."""
    following = {state for allowed in moves.MOVES.values() for state in allowed.values()}
    assert following <= set(moves.MOVES)


def test_every_move_is_a_type_of_the_contract_and_every_type_is_a_move() -> None:
    """`apply` is the first message and only that; all the others can happen."""
    named = {move.partition(":")[0] for allowed in moves.MOVES.values() for move in allowed}
    assert named == _CONTRACT_TYPES


def test_every_state_is_reached_from_submission() -> None:
    """There is no state that nobody can get into."""
    reached, border = set(), {moves.SUBMITTED}
    while border:
        reached |= border
        border = {state for start in border for state in moves.MOVES[start].values()} - reached
    assert reached == set(moves.MOVES)


def test_open_and_running_states_exist() -> None:
    """The sets speak of states of the table."""
    assert moves.RUNNING < moves.OPEN < set(moves.MOVES)


@pytest.mark.parametrize(
    ("state", "move", "result", "following"),
    [
        ("submitted", "accept", None, "handling"),
        ("submitted", "pre_review", "pass", "reviewed"),
        ("submitted", "pre_review", "fail", "unfit"),
        ("submitted", "supplement_notice", None, "asked"),
        ("asked", "supplement", None, "submitted"),
        ("asked", "decide", "supplement_expired", "decided"),
        ("handling", "supplement_notice", None, "asked_midway"),
        ("asked_midway", "supplement", None, "handling"),
        ("handling", "special_start", None, "suspended"),
        ("suspended", "special_end", None, "handling"),
        ("handling", "decide", "granted", "decided"),
        ("decided", "deliver", None, "delivered"),
        ("delivered", "correct", None, "delivered"),
        ("handling", "withdraw", None, "withdrawn"),
    ],
)
def test_allowed(state: str, move: str, result: str | None, following: str) -> None:
    """The ordinary ways of a case."""
    assert moves.after(state, move, result) == following


@pytest.mark.parametrize(
    ("state", "move", "result"),
    [
        ("submitted", "decide", "granted"),
        ("submitted", "deliver", None),
        ("handling", "accept", None),
        ("handling", "decide", "supplement_expired"),
        ("suspended", "step", None),
        ("delivered", "withdraw", None),
        ("decided", "decide", "granted"),
        ("withdrawn", "accept", None),
        ("asked", "accept", None),
        ("submitted", "nonsense", None),
        ("nonsense", "accept", None),
    ],
)
def test_refused(state: str, move: str, result: str | None) -> None:
    """What is not in the table is refused, in words for people."""
    with pytest.raises(moves.MoveRefused) as refusal:
        moves.after(state, move, result)
    assert refusal.value.status == 409
    assert "请刷新" in refusal.value.message


def test_buttons_of_the_window() -> None:
    """`allowed` names moves without their results."""
    assert {"accept", "reject", "supplement_notice", "pre_review", "correct"} <= moves.allowed("submitted")
    assert moves.allowed("voided") == {"correct"}
