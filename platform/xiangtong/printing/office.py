"""What the office did to a case, as the boxes of its form say it. A step fills the box that has its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from xiangtong.cases.models import CaseEvent
from xiangtong.cases.record import OpenCase, read_event
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.printing.layout import Opinion

_STEPS = {"pass": "同意。", "fail": "不同意。", "return": "退回。"}
_DECISIONS = {
    "granted": "准予。", "refused": "不予批准。", "terminated": "终止办理。", "returned": "退件。",
    "reported_up": "已转报上级。", "supplement_expired": "超过期限没有补正。",
}  # fmt: skip
_ENDS = ("decide", "reject")


def office_of(session: ScopedSession, *, case: OpenCase) -> tuple[Mapping[str, Opinion], Opinion | None]:
    """(opinions by the name of their step, the latest of each; how the case ended, if it did). One query."""
    told = select(CaseEvent).where(
        CaseEvent.tenant_id == case.row.tenant_id,
        CaseEvent.case_id == case.row.id,
        CaseEvent.type.in_(("step", *_ENDS)),
    )
    opinions: dict[str, Opinion] = {}
    result = None
    for event in session.scalars(told.order_by(CaseEvent.seq)):
        kept = read_event(case, event)
        payload, signer = kept["payload"], (kept["actor"] or {}).get("name", "")
        if event.type == "step":
            text = _STEPS.get(payload["result"], "") + payload["opinion"]
            opinions[payload["step_name"]] = Opinion(text, signer, day_words(event.occurred_at))
        else:
            result = Opinion(_ending(event.type, payload), signer, day_words(event.occurred_at))
    return opinions, result


def day_words(moment: datetime) -> str:
    """The day of a moment as official papers write it: 2026年3月10日."""
    day = clock.local(moment)
    return f"{day.year}年{day.month}月{day.day}日"


def _ending(kind: str, payload: Mapping[str, Any]) -> str:
    said = "不予受理。" if kind == "reject" else _DECISIONS.get(payload["result"], "")
    number = f"文号：{payload['document_no']}" if payload.get("document_no") else ""
    return "\n".join(part for part in (said + payload.get("reason", ""), number) if part)
