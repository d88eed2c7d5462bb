"""The one table of allowed moves: state × move → state. What is not in it is refused.

A move is an event type of the contract (§1); where the result decides what follows it is written `type:result`.
"""

from __future__ import annotations

from typing import Final

from xiangtong.kernel.errors import Conflict

SUBMITTED, REVIEWED, UNFIT = "submitted", "reviewed", "unfit"
ASKED, ASKED_MIDWAY = "asked", "asked_midway"
HANDLING, SUSPENDED = "handling", "suspended"
DECIDED, DELIVERED = "decided", "delivered"
REJECTED, WITHDRAWN, VOIDED, TRANSFERRED = "rejected", "withdrawn", "voided", "transferred"

#: What may be done to every case that is not over, whatever else may be done.
_ANY_OPEN: Final = {"withdraw": WITHDRAWN, "void": VOIDED, "transfer": TRANSFERRED}

#: Before acceptance: 待受理, 预审通过, 预审不通过.
_BEFORE_ACCEPTANCE: Final = _ANY_OPEN | {
    "accept": HANDLING,
    "reject": REJECTED,
    "supplement_notice": ASKED,
}

_TABLE: Final[dict[str, dict[str, str]]] = {
    # 待受理
    SUBMITTED: _BEFORE_ACCEPTANCE
    | {"pre_review:pass": REVIEWED, "pre_review:fail": UNFIT, "pre_review:supplement": SUBMITTED},
    # 预审通过
    REVIEWED: _BEFORE_ACCEPTANCE,
    # 预审不通过: may be put right, refused, or accepted after all by another reviewer
    UNFIT: _BEFORE_ACCEPTANCE,
    # 待补正, before acceptance
    ASKED: _ANY_OPEN | {"supplement": SUBMITTED, "decide:supplement_expired": DECIDED, "reject": REJECTED},
    # 办理中
    HANDLING: _ANY_OPEN
    | {
        "supplement_notice": ASKED_MIDWAY,
        "step": HANDLING,
        "special_start": SUSPENDED,
        "extend": HANDLING,
        "decide:granted": DECIDED,
        "decide:refused": DECIDED,
        "decide:terminated": DECIDED,
        "decide:returned": DECIDED,
        "decide:reported_up": DECIDED,
    },
    # 待补正, after acceptance: the clock stands still
    ASKED_MIDWAY: _ANY_OPEN | {"supplement": HANDLING, "decide:supplement_expired": DECIDED},
    # 特别程序: the clock stands still
    SUSPENDED: _ANY_OPEN | {"special_end": HANDLING, "decide:terminated": DECIDED},
    # 已办结, 已送达
    DECIDED: {"deliver": DELIVERED, "rate": DECIDED, "void": VOIDED},
    DELIVERED: {"rate": DELIVERED},
    # 不予受理, 已撤回, 已作废, 已转出
    REJECTED: {"rate": REJECTED},
    WITHDRAWN: {},
    VOIDED: {},
    TRANSFERRED: {},
}
#: A fact sent earlier may be corrected in any state, which it does not change.
MOVES: Final = {state: moves | {"correct": state} for state, moves in _TABLE.items()}

#: The case still needs somebody to do something. A decided case waits to be delivered.
OPEN: Final = frozenset({SUBMITTED, REVIEWED, UNFIT, ASKED, HANDLING, ASKED_MIDWAY, SUSPENDED, DECIDED})
#: The clock runs: counted from submission (before acceptance) or from acceptance.
RUNNING: Final = frozenset({SUBMITTED, REVIEWED, UNFIT, HANDLING})


class MoveRefused(Conflict):
    """The present state of the case does not allow this move: somebody else was faster, or the page is old."""

    code = "MOVE_REFUSED"


def after(state: str, move: str, result: str | None = None) -> str:
    """The state that follows `move` (with its `result`, where one decides); raises MoveRefused."""
    allowed = MOVES.get(state, {})
    following = allowed.get(f"{move}:{result}") or allowed.get(move)
    if following is None:
        raise MoveRefused(
            "这个办件现在不能这样办，可能刚才有人已经处理过。请刷新后再看",
            f"A case that is {state} does not allow {move}",
        )
    return following


def allowed(state: str) -> frozenset[str]:
    """The moves that `state` allows, without their results: what the window may offer as buttons."""
    return frozenset(move.partition(":")[0] for move in MOVES.get(state, {}))
