"""经过: what happened to a case, in words for the applicant and for the window, and whether the province knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, select

from xiangtong.cases.models import CaseEvent
from xiangtong.cases.record import OpenCase, read_event
from xiangtong.cases.window import SPECIAL_KINDS
from xiangtong.kernel.db import ScopedSession
from xiangtong.ledger.models import LedgerFact

Push = Literal["told", "on_the_way", "stuck"]

#: Who reads: the place of their words in the tables below.
Reader = Literal[0, 1, 2]
APPLICANT: Reader = 0
WINDOW: Reader = 1
IN_ENGLISH: Reader = 2
#: How the province knows of an event, in words for the applicant, for the window, and for the applicant in English.
PUSH_WORDS: Mapping[Push, tuple[str, str, str]] = {
    "told": ("已报送省平台", "已报送省平台，回执已核对", "The province has it"),
    "on_the_way": ("正在报送省平台", "正在报送省平台", "On its way to the province"),
    "stuck": ("正在报送省平台", "省平台退回，等市里处理", "On its way to the province"),
}
#: What happened, to each of them.
_TITLES: Mapping[str, tuple[str, str, str]] = {
    "apply": ("您提交了申请", "申请人提交", "You submitted the application"),
    "pre_review": ("工作人员看过了申请", "网上预审", "The office has looked at it"),
    "accept": ("已受理，开始办理", "受理", "Accepted; work has begun"),
    "reject": ("不予受理", "不予受理", "Not accepted"),
    "supplement_notice": ("请您补充材料", "补正告知", "Something more is needed from you"),
    "supplement": ("您补充了材料", "申请人补正", "You supplied what was missing"),
    "step": ("办完了一个环节", "环节办结", "One step is done"),
    "special_start": ("需要一些额外的时间", "特别程序开始", "Some extra time is needed"),
    "special_end": ("额外的程序办完了，继续办理", "特别程序结束", "The extra procedure is over; work goes on"),
    "extend": ("办理时间延长了", "延长审批", "The time for it was extended"),
    "decide": ("办理有结果了", "办结", "It has been decided"),
    "deliver": ("结果已经送出", "送达", "The result has been handed over"),
    "withdraw": ("您撤回了申请", "申请人撤回", "You took the application back"),
    "void": ("这份申请作废了", "作废", "This application was made void"),
    "rate": ("您作了评价", "好差评", "You rated the service"),
    "transfer": ("转给另一个地方办理", "转办", "Passed on to another office"),
    "correct": ("更正了前面的一步", "更正", "An earlier step was put right"),
}
_RESULTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "pre_review": {
        "pass": ("预审通过", "Looks complete"),
        "fail": ("预审没有通过", "Something is not right"),
        "supplement": ("还需要补充", "Something more is needed"),
    },
    "step": {
        "pass": ("通过", "passed"),
        "fail": ("没有通过", "not passed"),
        "return": ("退回上一步", "returned to the step before"),
    },
    "decide": {
        "granted": ("准予", "Granted"),
        "refused": ("不予批准", "Not granted"),
        "terminated": ("终止办理", "Ended"),
        "returned": ("退件", "Returned"),
        "reported_up": ("已转报上级", "Passed on to the office above"),
        "supplement_expired": ("超过期限没有补正", "What was missing did not come in time"),
    },
}
_DELIVERIES = {
    "window": ("到窗口领取", "At the window"),
    "post": ("邮寄", "By post"),
    "online": ("网上领取", "Online"),
    "agent": ("由代办员送达", "By the village agent"),
}
_SPECIAL_EN = {
    "site_survey": "Visit on site", "inspection": "Inspection", "quarantine": "Quarantine", "testing": "Testing",
    "appraisal": "Appraisal", "bidding": "Bidding", "auction": "Auction", "hearing": "Hearing",
    "expert_review": "Expert review", "collective_discussion": "Discussion by the board", "publicity": "Public notice",
}  # fmt: skip


# Whether the province has told us that it knows, by how delivery stands.
_PUSH: dict[str, Push] = {"delivered": "told", "parked": "stuck"}
_SAME_EVENT = and_(
    LedgerFact.tenant_id == CaseEvent.tenant_id,
    LedgerFact.case_id == CaseEvent.case_id,
    LedgerFact.seq == CaseEvent.seq,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the 经过. `details` are sentences; `actor` is shown to the window only.

    `result` is the contract's word for how a review, a step or a decision came out; `files` counts the results that
    were handed out with it.
    """

    seq: int
    type: str
    state: str
    at: datetime
    title: str
    details: tuple[str, ...]
    push: Push
    push_words: str
    actor: str | None = None
    result: str | None = None
    files: int = 0


def outcome(happenings: Iterable[Happening]) -> str | None:
    """How the case was decided (the contract's word); None when it was not."""
    return next((one.result for one in reversed(list(happenings)) if one.type == "decide"), None)


def timeline(session: ScopedSession, *, case: OpenCase, staff: bool = False, english: bool = False) -> list[Happening]:
    """What happened, oldest first; one query. With `staff`, in the window's words and with the actor's name.

    With `english`, in the applicant's words in English; what people wrote stays as they wrote it.
    """
    reader: Reader = WINDOW if staff else IN_ENGLISH if english else APPLICANT
    told = select(CaseEvent, LedgerFact.state).outerjoin(LedgerFact, _SAME_EVENT).order_by(CaseEvent.seq)
    told = told.where(CaseEvent.tenant_id == case.row.tenant_id, CaseEvent.case_id == case.row.id)
    return [
        _happening(case, event, _PUSH.get(state or "", "on_the_way"), reader) for event, state in session.execute(told)
    ]


def _happening(case: OpenCase, event: CaseEvent, push: Push, reader: Reader) -> Happening:
    kept, english = read_event(case, event), reader == IN_ENGLISH
    actor, payload = kept["actor"], kept["payload"]
    files = len(kept["materials"]) if event.type in ("decide", "correct") else 0
    return Happening(
        event.seq, event.type, event.state, event.occurred_at, _TITLES[event.type][reader],
        (*_details(event.type, payload, english=english), *_handed_out(files, english=english)),
        push, PUSH_WORDS[push][reader], _named(actor) if reader == WINDOW and actor else None, payload.get("result"),
        files,
    )  # fmt: skip


def _handed_out(files: int, *, english: bool) -> Iterable[str]:
    """How many files the office handed out with this event."""
    if files:
        yield f"Result files: {files}" if english else f"办理结果文件 {files} 份"


def _named(actor: Mapping[str, str]) -> str:
    """Who did it; what nobody did has no staff number."""
    return f"{actor['name']}（{actor['staff_no']}）" if actor["staff_no"] else actor["name"]


def _details(kind: str, payload: Mapping[str, Any], *, english: bool) -> Iterable[str]:
    yield from _DETAILS.get(kind, _result)(kind, payload, english)
    for member, words in _WRITTEN:
        if payload.get(member):
            yield f"{words[english]}{payload[member]}"


#: What people wrote, and what stands before it.
_WRITTEN = (
    ("reason", ("", "")),
    ("opinion", ("", "")),
    ("document_no", ("文号：", "Document no. ")),
    ("tracking_no", ("快递单号：", "Tracking no. ")),
)


def _result(kind: str, payload: Mapping[str, Any], english: bool) -> list[str]:
    result = _RESULTS.get(kind, {}).get(payload.get("result", ""))
    return [result[english]] if result else []


def _step(kind: str, payload: Mapping[str, Any], english: bool) -> list[str]:
    result = _RESULTS[kind][payload["result"]][english]
    return [f"{payload['step_name']}{': ' if english else '：'}{result}"]


def _accept(_kind: str, payload: Mapping[str, Any], english: bool) -> list[str]:
    promised = payload["promised_due_on"]
    if not promised:
        return []
    return [f"Promised by {promised}" if english else f"承诺 {promised} 前办完"]


def _notice(_kind: str, payload: Mapping[str, Any], english: bool) -> list[str]:
    colon = ": " if english else "："
    asked = [f"{one['what']}{colon}{one['reason']}" for one in payload["asked"]]
    day = payload["due_on"]
    return [*asked, f"Please supply it by {day}" if english else f"请在 {day} 前补齐"]


def _special_start(_kind: str, payload: Mapping[str, Any], english: bool) -> list[str]:
    kind, days = payload["kind"], payload["promised_working_days"]
    if english:
        name = _SPECIAL_EN.get(kind, "Extra procedure")
        return [f"{name}: about {days} working days, which do not count towards the time promised"]
    return [f"{SPECIAL_KINDS[kind]}，大约需要 {days} 个工作日，不算在办理时间里"]


def _extend(_kind: str, payload: Mapping[str, Any], english: bool) -> list[str]:
    days = payload["working_days"]
    return [f"{days} more working days" if english else f"延长 {days} 个工作日"]


_DETAILS: Mapping[str, Callable[[str, Mapping[str, Any], bool], list[str]]] = {
    "accept": _accept,
    "step": _step,
    "supplement_notice": _notice,
    "special_start": _special_start,
    "special_end": lambda _kind, payload, _english: [payload["result"]],
    "extend": _extend,
    "deliver": lambda _kind, payload, english: [_DELIVERIES[payload["method"]][english]],
}
