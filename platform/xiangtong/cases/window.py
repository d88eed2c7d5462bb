"""What staff do to a case. Each verb names its actor and writes one event; the door commits.

`case` comes from `record.open_to_move`. Every verb raises moves.MoveRefused where the table does not allow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from xiangtong.cases.clock import due as due_dates
from xiangtong.cases.facts import Actor
from xiangtong.cases.models import CaseEvent, NewMaterial
from xiangtong.cases.record import OpenCase, move, read_event
from xiangtong.fields.normal import scrub
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problem, Problems
from xiangtong.tenancy.calendar import calendar

ReviewResult = Literal["pass", "fail", "supplement"]
StepResult = Literal["pass", "fail", "return"]
Decision = Literal["granted", "refused", "terminated", "returned", "reported_up", "supplement_expired"]
Delivery = Literal["window", "post", "online", "agent"]

#: Special procedures (特别程序) of the contract, in the words of a window.
SPECIAL_KINDS = {
    "site_survey": "现场勘查",
    "inspection": "检验",
    "quarantine": "检疫",
    "testing": "检测",
    "appraisal": "鉴定",
    "bidding": "招标",
    "auction": "拍卖",
    "hearing": "听证",
    "expert_review": "专家评审",
    "collective_discussion": "集体讨论",
    "publicity": "公示",
    "other": "其他",
}
_MOST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """One approval step (环节) that was finished: code and name, opinion, result, and its times."""

    code: str
    name: str
    result: StepResult
    opinion: str
    started_at: datetime
    finished_at: datetime | None = None


def pre_review(
    session: ScopedSession, *, case: OpenCase, actor: Actor, result: ReviewResult, reason: str = ""
) -> CaseEvent:
    """网上预审. A reason is needed unless it passed."""
    payload: dict[str, Any] = {"result": result, "reviewed_at": _now()}
    if reason or result != "pass":
        payload["reason"] = _said("/reason", reason)
    return move(session, case=case, type="pre_review", payload=payload, actor=actor, result=result)


def accept(session: ScopedSession, *, case: OpenCase, actor: Actor, window: str = "") -> CaseEvent:
    """受理: day 0 of both limits is today; promised and statutory due dates are told to the province."""
    limits = case.limits.accepted(clock.today())
    due = due_dates(limits, calendar(session))
    payload: dict[str, Any] = {
        "accepted_at": _now(),
        "promised_due_on": _iso(due.promised_on),
        "statutory_due_on": _iso(due.statutory_on),
    }
    if window:
        payload["window"] = window
    return move(session, case=case, type="accept", payload=payload, actor=actor, limits=limits)


def reject(session: ScopedSession, *, case: OpenCase, actor: Actor, reason: str) -> CaseEvent:
    """不予受理, with a reason."""
    return move(session, case=case, type="reject", payload={"reason": _said("/reason", reason)}, actor=actor)


def record_step(session: ScopedSession, *, case: OpenCase, actor: Actor, step: Step) -> CaseEvent:
    """An approval step was finished."""
    payload = {
        "step_code": step.code,
        "step_name": step.name,
        "opinion": scrub(step.opinion)[:_MOST_REASON],
        "result": step.result,
        "started_at": clock.rfc3339(step.started_at),
        "finished_at": clock.rfc3339(step.finished_at or clock.now()),
    }
    return move(session, case=case, type="step", payload=payload, actor=actor)


def start_special(
    session: ScopedSession, *, case: OpenCase, actor: Actor, kind: str, legal_basis: str, promised_working_days: int
) -> CaseEvent:
    """特别程序 begins: the clock stands still. `promised_working_days` is what the applicant is told (art. 45)."""
    if kind not in SPECIAL_KINDS:
        raise Problems([Problem("/kind", "请选择是哪一种特别程序", "Choose the kind of special procedure", "choice")])
    payload = {
        "kind": kind,
        "legal_basis": _said("/legal_basis", legal_basis),
        "promised_working_days": _days("/promised_working_days", promised_working_days),
        "started_at": _now(),
    }
    limits = case.limits.stopped(clock.today())
    return move(session, case=case, type="special_start", payload=payload, actor=actor, limits=limits)


def end_special(session: ScopedSession, *, case: OpenCase, actor: Actor, result: str) -> CaseEvent:
    """特别程序 ends: the working days that remained are carried over."""
    payload = {"result": _said("/result", result), "ended_at": _now()}
    limits = case.limits.resumed(clock.today())
    return move(session, case=case, type="special_end", payload=payload, actor=actor, limits=limits)


def extend(
    session: ScopedSession, *, case: OpenCase, actor: Actor, working_days: int, reason: str, approved_by: str
) -> CaseEvent:
    """延长审批: both limits get more working days; the clock does not stop."""
    payload = {
        "working_days": _days("/working_days", working_days),
        "reason": _said("/reason", reason),
        "approved_by": _said("/approved_by", approved_by),
    }
    return move(
        session, case=case, type="extend", payload=payload, actor=actor, limits=case.limits.extended(working_days)
    )


def decide(
    session: ScopedSession,
    *,
    case: OpenCase,
    actor: Actor,
    result: Decision,
    reason: str = "",
    document_no: str = "",
    licence_id: str = "",
    materials: Sequence[NewMaterial] = (),
) -> CaseEvent:
    """办结. Everything but a grant needs a reason; `materials` are the results that are handed out.

    Nobody is too late (`supplement_expired`) as long as the day they were given is not over.
    """
    _not_too_early(case, result)
    payload: dict[str, Any] = {"result": result, "decided_at": _now()}
    if reason or result != "granted":
        payload["reason"] = _said("/reason", reason)
    payload |= {name: value for name, value in (("document_no", document_no), ("licence_id", licence_id)) if value}
    return move(session, case=case, type="decide", payload=payload, actor=actor, result=result, materials=materials)


def deliver(
    session: ScopedSession, *, case: OpenCase, actor: Actor, method: Delivery, tracking_no: str = ""
) -> CaseEvent:
    """送达."""
    payload: dict[str, Any] = {"method": method, "delivered_at": _now()}
    if tracking_no:
        payload["tracking_no"] = tracking_no
    return move(session, case=case, type="deliver", payload=payload, actor=actor)


def void(session: ScopedSession, *, case: OpenCase, actor: Actor, reason: str) -> CaseEvent:
    """作废: the office declares the case void."""
    return move(session, case=case, type="void", payload={"reason": _said("/reason", reason)}, actor=actor)


def correct(
    session: ScopedSession,
    *,
    case: OpenCase,
    actor: Actor,
    seq: int,
    payload: dict[str, Any],
    reason: str,
    materials: Sequence[NewMaterial] = (),
) -> CaseEvent:
    """A fact sent earlier was wrong: the whole right payload of event `seq`, in an event of its own.

    Only what staff said can be corrected: an applicant's answers change by a supplement. `payload` has the members
    of that event's type; its actor stays who it was. `materials` are those that it names now and did not before.
    """
    wrong = session.get(CaseEvent, (case.row.tenant_id, case.row.id, seq))
    said_by = read_event(case, wrong)["actor"] if wrong is not None and wrong.type != "correct" else None
    if said_by is None:
        raise Problems([Problem("/seq", "这一步不能更正，请重新选择", "This event cannot be corrected", "choice")])
    whole = {**payload, "actor": {name: said_by[name] for name in said_by if name != "staff_id"}}
    said = {"seq": seq, "payload": whole, "reason": _said("/reason", reason)}
    return move(session, case=case, type="correct", payload=said, actor=actor, materials=materials)


def _not_too_early(case: OpenCase, result: Decision) -> None:
    until = case.limits.asked_until
    if result == "supplement_expired" and until is not None and until >= clock.today():
        wrong = Problem("/result", f"补正的最后一天是 {until}，还没有过", "The supplement may still come", "early")
        raise Problems([wrong])


def _said(where: str, text: str) -> str:
    said = scrub(text).strip()
    if not said:
        raise Problems([Problem(where, "请写清楚，申请人会看到这句话", "This has to be said", "missing")])
    if len(said) > _MOST_REASON:
        raise Problems([Problem(where, f"写得太长了，最多 {_MOST_REASON} 个字", "Too long", "too-long")])
    return said


def _days(where: str, days: int) -> int:
    if not 1 <= days <= 365:
        raise Problems([Problem(where, "请填 1 到 365 之间的工作日天数", "Between 1 and 365 working days", "range")])
    return days


def _now() -> str:
    return clock.rfc3339(clock.now())


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
