"""经过: what happened to a case, in words for the applicant and for the window, and whether the province knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from xiangtong.cases.models import CaseEvent
from xiangtong.cases.record import OpenCase, read_event
from xiangtong.cases.window import SPECIAL_KINDS
from xiangtong.kernel.db import ScopedSession
from xiangtong.ledger.models import LedgerFact

Push = Literal["told", "on_the_way", "stuck"]

#: How the province knows of an event, in words for the applicant and for the window.
PUSH_WORDS: Mapping[Push, tuple[str, str]] = {
    "told": ("已报送省平台", "已报送省平台，回执已核对"),
    "on_the_way": ("正在报送省平台", "正在报送省平台"),
    "stuck": ("正在报送省平台", "省平台退回，等市里处理"),
}
#: What happened, to the applicant and to the window.
_TITLES: Mapping[str, tuple[str, str]] = {
    "apply": ("您提交了申请", "申请人提交"),
    "pre_review": ("工作人员看过了申请", "网上预审"),
    "accept": ("已受理，开始办理", "受理"),
    "reject": ("不予受理", "不予受理"),
    "supplement_notice": ("请您补充材料", "补正告知"),
    "supplement": ("您补充了材料", "申请人补正"),
    "step": ("办完了一个环节", "环节办结"),
    "special_start": ("需要一些额外的时间", "特别程序开始"),
    "special_end": ("额外的程序办完了，继续办理", "特别程序结束"),
    "extend": ("办理时间延长了", "延长审批"),
    "decide": ("办理有结果了", "办结"),
    "deliver": ("结果已经送出", "送达"),
    "withdraw": ("您撤回了申请", "申请人撤回"),
    "void": ("这份申请作废了", "作废"),
    "rate": ("您作了评价", "好差评"),
    "transfer": ("转给另一个地方办理", "转办"),
    "correct": ("更正了前面的一步", "更正"),
}
_RESULTS: Mapping[str, Mapping[str, str]] = {
    "pre_review": {"pass": "预审通过", "fail": "预审没有通过", "supplement": "还需要补充"},
    "step": {"pass": "通过", "fail": "没有通过", "return": "退回上一步"},
    "decide": {
        "granted": "准予",
        "refused": "不予批准",
        "terminated": "终止办理",
        "returned": "退件",
        "reported_up": "已转报上级",
        "supplement_expired": "超过期限没有补正",
    },
}
_DELIVERIES = {"window": "到窗口领取", "post": "邮寄", "online": "网上领取", "agent": "由代办员送达"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the 经过. `details` are sentences; `actor` is shown to the window only."""

    seq: int
    type: str
    state: str
    at: datetime
    title: str
    details: tuple[str, ...]
    push: Push
    push_words: str
    actor: str | None = None


def events_of(session: ScopedSession, *, case: OpenCase) -> Sequence[CaseEvent]:
    """The case's events in order, as they are stored."""
    mine = select(CaseEvent).where(CaseEvent.tenant_id == case.row.tenant_id, CaseEvent.case_id == case.row.id)
    return session.scalars(mine.order_by(CaseEvent.seq)).all()


def timeline(session: ScopedSession, *, case: OpenCase, staff: bool = False) -> list[Happening]:
    """What happened, oldest first; two queries. With `staff`, in the window's words and with the actor's name."""
    pushed = push_states(session, case=case)
    return [
        _happening(case, event, pushed.get(event.seq, "on_the_way"), staff) for event in events_of(session, case=case)
    ]


def push_states(session: ScopedSession, *, case: OpenCase) -> dict[int, Push]:
    """For each event whether the province has told us that it knows."""
    words: dict[str, Push] = {"delivered": "told", "parked": "stuck"}
    facts = select(LedgerFact.seq, LedgerFact.state).where(
        LedgerFact.tenant_id == case.row.tenant_id, LedgerFact.case_id == case.row.id
    )
    return {seq: words.get(state, "on_the_way") for seq, state in session.execute(facts)}


def _happening(case: OpenCase, event: CaseEvent, push: Push, staff: bool) -> Happening:
    kept = read_event(case, event)
    actor = kept["actor"]
    return Happening(
        event.seq, event.type, event.state, event.occurred_at, _TITLES[event.type][staff],
        tuple(_details(event.type, kept["payload"])), push, PUSH_WORDS[push][staff],
        f"{actor['name']}（{actor['staff_no']}）" if staff and actor else None,
    )  # fmt: skip


def _details(kind: str, payload: Mapping[str, Any]) -> Iterable[str]:
    yield from _DETAILS.get(kind, _result)(kind, payload)
    for member, words in (("reason", ""), ("opinion", ""), ("document_no", "文号："), ("tracking_no", "快递单号：")):
        if payload.get(member):
            yield f"{words}{payload[member]}"


def _result(kind: str, payload: Mapping[str, Any]) -> list[str]:
    result = _RESULTS.get(kind, {}).get(payload.get("result", ""))
    return [result] if result else []


def _step(kind: str, payload: Mapping[str, Any]) -> list[str]:
    return [f"{payload['step_name']}：{_RESULTS[kind][payload['result']]}"]


def _accept(_kind: str, payload: Mapping[str, Any]) -> list[str]:
    promised = payload["promised_due_on"]
    return [f"承诺 {promised} 前办完"] if promised else []


def _notice(_kind: str, payload: Mapping[str, Any]) -> list[str]:
    asked = [f"{one['what']}：{one['reason']}" for one in payload["asked"]]
    return [*asked, f"请在 {payload['due_on']} 前补齐"]


def _special_start(_kind: str, payload: Mapping[str, Any]) -> list[str]:
    kind, days = SPECIAL_KINDS[payload["kind"]], payload["promised_working_days"]
    return [f"{kind}，大约需要 {days} 个工作日，不算在办理时间里"]


_DETAILS: Mapping[str, Callable[[str, Mapping[str, Any]], list[str]]] = {
    "accept": _accept,
    "step": _step,
    "supplement_notice": _notice,
    "special_start": _special_start,
    "special_end": lambda _kind, payload: [payload["result"]],
    "extend": lambda _kind, payload: [f"延长 {payload['working_days']} 个工作日"],
    "deliver": lambda _kind, payload: [_DELIVERIES[payload["method"]]],
}
