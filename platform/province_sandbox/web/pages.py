"""What a person can see of the province, in a browser on this machine."""

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from province_sandbox import faults, streams
from province_sandbox.problems import Refused
from province_sandbox.web.control import summary
from province_sandbox.web.local import province, require_local, require_same_origin

pages = Blueprint("pages", __name__)
pages.before_request(require_local)
pages.before_request(require_same_origin)

TYPES = {
    "apply": "申请",
    "pre_review": "预审",
    "accept": "受理",
    "reject": "不予受理",
    "supplement_notice": "补正告知",
    "supplement": "补正",
    "step": "环节",
    "special_start": "特别程序开始",
    "special_end": "特别程序结束",
    "extend": "延长",
    "decide": "办结",
    "deliver": "送达",
    "withdraw": "撤回",
    "void": "作废",
    "rate": "评价",
    "transfer": "移交",
    "correct": "更正",
}
SCOPES = {
    "all": "全部",
    "messages": "报送办件",
    "cases": "查询办件",
    "materials": "材料",
    "reconciliation": "对账",
    "services": "其他服务",
}


@pages.get("/")
def index() -> str:
    """Figures, knobs, latest cases."""
    return render_template(
        "index.html",
        figures=summary(province()),
        cases=province().store.all(
            "select s.*, m.type, m.division_code from case_state s join message m"
            " on m.case_no = s.case_no and m.seq = s.last_seq order by s.received_at desc limit 50"
        ),
        types=TYPES,
        kinds=faults.KINDS,
        scopes=SCOPES,
        on=province().faults.listing(),
        callbacks=province().outbox.listing()[:10],
    )


@pages.get("/cases/<case_no>")
def case(case_no: str) -> str:
    """One case: its messages in order, digests, chain, receipts, materials."""
    rows = streams.case_messages(province().store, case_no)
    if not rows:
        raise Refused("NOT_FOUND", "没有这个办件。")
    messages = [dict(row) | {"materials": _materials(row["body"])} for row in rows]
    return render_template("case.html", case_no=case_no, messages=messages, types=TYPES)


@pages.get("/messages/<message_id>.json")
def raw_message(message_id: str) -> Response:
    """The canonical bytes exactly as stored."""
    row = province().store.one("select body from message where message_id = ?", message_id)
    if row is None:
        raise Refused("NOT_FOUND", "没有这条消息。")
    return Response(row["body"], mimetype="application/json")


@pages.get("/reconciliation")
def reconciliation() -> str:
    """Received messages by day and township, the last thirty days that have any."""
    days = province().store.all(
        "select received_on, substr(division_code, 1, 9) as township, count(*) as messages,"
        " count(distinct case_no) as cases from message where received_on >= ?"
        " group by received_on, township order by received_on desc, township limit 500",
        (province().clock.calendar() - timedelta(days=30)).date().isoformat(),
    )
    today = province().clock.calendar().date().isoformat()
    return render_template("reconciliation.html", days=days, today=today)


@pages.get("/favicon.ico")
def icon() -> tuple[str, int]:
    """There is none, which browsers may know without an error."""
    return "", 204


@pages.post("/faults/on")
def fault_on() -> BaseResponse:
    """Turn a knob on from the form."""
    form = request.form
    wish: dict[str, Any] = {"kind": form.get("kind", ""), "scope": form.get("scope", "all")}
    percent, count = _whole(form.get("percent", "100")), _whole(form.get("count", ""))
    seconds = _whole(form.get("seconds", ""))
    if percent is not None:
        wish["rate"] = percent / 100
    if count is not None:
        wish["count"] = count
    if seconds is not None:
        wish |= {"delay_ms": seconds * 1000, "retry_after": seconds}
    province().faults.add(wish)
    return redirect("/#faults", code=303)


@pages.post("/faults/off")
def fault_off() -> BaseResponse:
    """Turn one knob off, or all."""
    province().faults.clear(_whole(request.form.get("id", "")))
    return redirect("/#faults", code=303)


def _materials(body: bytes) -> list[dict[str, Any]]:
    """What a stored message names, with whether the bytes are here."""
    named = json.loads(body)["payload"].get("materials", [])
    return [one | {"here": province().materials.known(one.get("digest", ""))} for one in named]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
