"""What an answer means and what is done about it: the table of contract §4, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from xiangtong.push.ports import Answer

_RECEIPT = {"receipt_no": str, "message_id": str, "message_digest": str, "received_at": str, "seq": int, "chain": str}


class Outcome(StrEnum):
    """What the sender does next."""

    DELIVERED = "delivered"
    ASK = "ask"  # 2xx that proves nothing: read the case, then the same bytes again
    CHAIN = "chain"  # the receipt is ours, but its chain is not: after asking, park and raise a difference
    PARK = "park"
    SIGN_ANEW = "sign_anew"
    SHUT = "shut"
    UPLOAD = "upload"
    MISSING = "missing"
    CONFLICT = "conflict"
    WAIT = "wait"
    AGAIN = "again"
    UNSENT = "unsent"  # claimed with others, and not tried because something was wrong with one of them


@dataclass(frozen=True, slots=True)
class Expected:
    """What a receipt must say, by our own computation."""

    message_id: UUID
    digest: str
    seq: int
    chain: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with what it needs. `reason` never holds personal data (it is shown to the city); `detail` may."""

    outcome: Outcome
    code: str = ""
    reason: str = ""
    detail: str = ""
    status: int = 0
    retry_after: int | None = None
    expected_seq: int = 0
    receipt: Mapping[str, Any] | None = None


_BY_CODE: dict[tuple[int, str], Outcome] = {
    (400, "INVALID"): Outcome.PARK,
    (401, "SKEW"): Outcome.SIGN_ANEW,
    (401, "NONCE"): Outcome.SIGN_ANEW,
    (403, "SKEW"): Outcome.SIGN_ANEW,
    (403, "NONCE"): Outcome.SIGN_ANEW,
    (404, "MATERIAL"): Outcome.UPLOAD,
    (409, "GAP"): Outcome.MISSING,
    (409, "CONFLICT"): Outcome.CONFLICT,
}
# These mean the same whatever the body says: a gateway in between may have written it.
_BY_STATUS: dict[int, Outcome] = {
    401: Outcome.SHUT,
    403: Outcome.SHUT,
    413: Outcome.PARK,
    429: Outcome.WAIT,
}


def classify(answer: Answer, expected: Expected) -> Verdict:
    """The verdict on an answer to a message."""
    if 200 <= answer.status < 300:
        return _on_success(answer, expected)
    return refusal(answer)


def refusal(answer: Answer) -> Verdict:
    """The verdict on an answer that is not 2xx (messages and materials alike)."""
    problem = answer.body or {}
    outcome = _BY_CODE.get((answer.status, answer.code)) or _BY_STATUS.get(answer.status)
    if outcome is None:
        # A 4xx that names a code is the province's word; anything else leaves open whether it was stored.
        outcome = Outcome.PARK if 400 <= answer.status < 500 and answer.code else Outcome.AGAIN
    return Verdict(
        outcome,
        code=answer.code or (f"HTTP_{answer.status}" if answer.status else "NO_ANSWER"),
        reason=_pointers(problem),
        detail=str(problem.get("message", ""))[:2000] + _messages(problem),
        status=answer.status,
        retry_after=answer.retry_after,
        expected_seq=_integer(problem.get("expected_seq")),
    )


def _on_success(answer: Answer, expected: Expected) -> Verdict:
    receipt = answer.body
    if answer.status not in (200, 201) or receipt is None or not _well_formed(receipt):
        return Verdict(Outcome.ASK, code="NO_RECEIPT", status=answer.status)
    named = (receipt["message_id"], receipt["message_digest"], receipt["seq"])
    if named != (str(expected.message_id), expected.digest, expected.seq):
        return Verdict(Outcome.ASK, code="OTHER_RECEIPT", status=answer.status)
    if receipt["chain"] != expected.chain:
        return Verdict(Outcome.CHAIN, code="CHAIN", status=answer.status, receipt=receipt)
    return Verdict(Outcome.DELIVERED, status=answer.status, receipt=receipt)


def _well_formed(receipt: Mapping[str, Any]) -> bool:
    return all(type(receipt.get(name)) is kind for name, kind in _RECEIPT.items())


def _errors(problem: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = problem.get("errors")
    if not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, dict)][:50]


def _pointers(problem: Mapping[str, Any]) -> str:
    return " ".join(str(error.get("pointer", "")) for error in _errors(problem))[:1000]


def _messages(problem: Mapping[str, Any]) -> str:
    return "".join(f"\n{error.get('pointer', '')}: {error.get('message', '')}" for error in _errors(problem))[:4000]


def _integer(value: Any) -> int:
    return value if type(value) is int else 0
