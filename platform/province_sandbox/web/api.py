"""The contract's addresses for cases, materials and reconciliation."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request

from province_sandbox import digests, schemas, streams
from province_sandbox.problems import Refused
from province_sandbox.web.local import province
from province_sandbox.web.signed import (
    idempotency_key,
    signed_body,
    signed_upload,
    signed_without_body,
)

api = Blueprint("api", __name__, url_prefix="/v1")


@api.post("/cases/<case_no>/messages")
def post_message(case_no: str) -> tuple[Response, int]:
    """Contract §4: 201 with a receipt, 200 with the very same receipt, or a problem."""
    caller, body = signed_body()
    message = digests.parse_canonical(body)
    schemas.refuse_if_any(schemas.message_problems(message, case_no=case_no, divisions=province().settings.divisions))
    if idempotency_key() != message["message_id"]:
        raise Refused(
            "INVALID",
            "Idempotency-Key 与消息编号不同。",
            errors=[("/message_id", "differs from Idempotency-Key")],
        )
    if not caller.account.may_speak_for(message["division_code"]):
        raise Refused("APP", "这个账号不能报送该区划的办件。", status=403)
    return _stored(message, body)


@api.get("/cases/<case_no>")
def get_case(case_no: str) -> Response:
    """What the province holds of a case, now."""
    signed_without_body()
    return jsonify(streams.case_state(province().store, case_no))


@api.get("/materials/<digest>")
def has_material(digest: str) -> Response:
    """Answers HEAD: 200 known, 404 unknown. The bytes themselves are never handed out."""
    signed_without_body()
    if request.method != "HEAD":
        raise Refused("INVALID", "材料只能查询有无。", status=405)
    if not province().materials.known(digest):
        raise Refused("NOT_FOUND", "没有这份材料。")
    return Response(status=200)


@api.put("/materials/<digest>")
def put_material(digest: str) -> tuple[Response, int]:
    """201 stored, 200 already stored."""
    new = signed_upload(digest)
    return jsonify({"digest": digest}), 201 if new else 200


@api.get("/reconciliation/<day_text>")
def reconcile(day_text: str) -> Response:
    """Contract §5: cases as of the end of a day that is over."""
    signed_without_body()
    division = request.args.get("division", "")
    schemas.refuse_if_any(_named("/division", "DivisionPrefix", division))
    return jsonify(
        streams.reconciliation(
            province().store,
            day=_finished_day(day_text),
            division=division,
            cursor=request.args.get("cursor", ""),
            page_size=province().settings.page_size,
        )
    )


def _stored(message: dict[str, Any], body: bytes) -> tuple[Response, int]:
    receipt, new = streams.take_message(
        province().store,
        message=message,
        body=body,
        digest=digests.sm3_hex(body),
        now=province().clock.calendar(),
    )
    if new:
        province().outbox.receipt_result(receipt.message_id)
    else:
        province().tally.add("duplicates")
    return jsonify(receipt.body()), 201 if new else 200


def _finished_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Refused("INVALID", "日期应写成 2026-11-21 这样。", errors=[("/date", "no date")])
    if day >= province().clock.calendar().date():
        raise Refused("INVALID", "这一天还没有过完。", errors=[("/date", "the day is not over")])
    return day


def _named(pointer: str, component: str, value: str) -> schemas.Problems:
    return schemas.problems_in(component, value, at=pointer)
