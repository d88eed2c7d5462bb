"""Knobs and figures for tests and drills, as JSON; this machine only."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from province_sandbox import streams
from province_sandbox.callbacks import parse_event
from province_sandbox.digests import parse_json
from province_sandbox.problems import Refused
from province_sandbox.province import Province
from province_sandbox.web.local import province, require_local, require_same_origin

control = Blueprint("control", __name__)
control.before_request(require_local)
control.before_request(require_same_origin)

_MOST_DAYS = 3660


@control.get("/_faults")
def list_faults() -> Response:
    """The knobs that are on."""
    return jsonify({"faults": province().faults.listing()})


@control.post("/_faults")
def add_fault() -> tuple[Response, int]:
    """Turn a knob on; {"clear": true} turns all off, {"seed": n} begins the draws anew."""
    wish = parse_json(request.get_data())
    if isinstance(wish, dict) and wish.get("clear") is True:
        province().faults.clear()
        return list_faults(), 200
    if isinstance(wish, dict) and isinstance(wish.get("seed"), int):
        province().faults.seed(wish.pop("seed"))
        if not wish:
            return list_faults(), 200
    return jsonify({"id": province().faults.add(wish)}), 201


@control.delete("/_faults")
def clear_faults() -> Response:
    """Turn every knob off."""
    province().faults.clear()
    return list_faults()


@control.delete("/_faults/<int:number>")
def clear_fault(number: int) -> Response:
    """Turn one knob off."""
    province().faults.clear(number)
    return list_faults()


@control.post("/_clock")
def shift_clock() -> Response:
    """{"days": n}: the calendar of received_at and reconciliation runs n days ahead of the truth."""
    wish = parse_json(request.get_data())
    days = wish.get("days") if isinstance(wish, dict) else None
    if not isinstance(days, int) or abs(days) > _MOST_DAYS:
        raise Refused("INVALID", "days 应为整数天。", errors=[("/days", "no number of days")])
    province().clock.shift_days = days
    return jsonify({"calendar": province().clock.calendar().isoformat()})


@control.post("/_callbacks")
def send_callback() -> tuple[Response, int]:
    """{"event", "payload", "event_id"?}: lay a signed call to the city platform in the outbox."""
    event, payload, event_id = parse_event(parse_json(request.get_data()))
    return jsonify({"event_id": province().outbox.put(event, payload, event_id=event_id)}), 201


@control.get("/_callbacks")
def list_callbacks() -> Response:
    """The latest calls and what was answered."""
    return jsonify({"callbacks": province().outbox.listing()})


@control.get("/_state/summary")
def get_summary() -> Response:
    """Figures: cases, messages, materials, duplicates absorbed, refusals by code."""
    return jsonify(summary(province()))


@control.get("/_state/cases/<case_no>")
def get_case_messages(case_no: str) -> Response:
    """The stored messages of a case in order, with digest, chain and receipt."""
    rows = streams.case_messages(province().store, case_no)
    if not rows:
        raise Refused("NOT_FOUND", "没有这个办件。")
    keys = ("digest", "chain", "receipt_no", "received_at")
    return jsonify([{"body": json.loads(row["body"]), **{key: row[key] for key in keys}} for row in rows])


@control.get("/healthz")
def healthz() -> Response:
    """Whether the store answers."""
    province().store.count("select 1")
    return jsonify({"ok": True})


def summary(of: Province) -> dict[str, Any]:
    """The figures of a province; counts since it was laid out."""
    counted = of.tally.figures()
    prefix = "refused:"
    return {
        "cases": of.store.count("select count(*) from case_state"),
        "messages": of.store.count("select count(*) from message"),
        "materials": of.store.count("select count(*) from material"),
        "duplicates": counted.get("duplicates", 0),
        "refused": {name.removeprefix(prefix): n for name, n in counted.items() if name.startswith(prefix)},
        "callbacks_waiting": of.store.count("select count(*) from callback where done = 0"),
    }
