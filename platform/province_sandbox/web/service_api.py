"""The contract's addresses for items, licences and work orders (§6)."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

import jsonschema_rs
from flask import Blueprint, Response, jsonify, request

from province_sandbox import demo, digests, schemas, services
from province_sandbox.problems import Refused
from province_sandbox.web.local import province
from province_sandbox.web.signed import idempotency_key, signed_body, signed_without_body

service_api = Blueprint("service_api", __name__, url_prefix="/v1")


@service_api.get("/items")
def list_items() -> Response:
    """A page of the item library."""
    signed_without_body()
    return jsonify(
        services.list_items(
            province().store,
            division=_division(required=True),
            since=_since() if "since" in request.args else None,
            cursor=request.args.get("cursor", ""),
            page_size=province().settings.page_size,
        )
    )


@service_api.post("/items/<item_code>/submission")
def submit_item(item_code: str) -> tuple[Response, int]:
    """Take a township's item, or refuse it field by field."""
    return _once(
        lambda connection, item: services.submit_item(
            connection,
            item_code=item_code,
            item=item,
            divisions=province().settings.divisions,
            now=province().clock.calendar(),
        )
    ), 201


@service_api.post("/licences/query")
def query_licences() -> Response:
    """Licences of a demo holder."""
    return _once(
        lambda connection, query: services.query_licences(
            connection,
            query=_fitting("/v1/licences/query", query),
            now=province().clock.calendar(),
        )
    )


@service_api.get("/licences/<licence_id>/document")
def licence_document(licence_id: str) -> Response:
    """The demo licence as a PDF."""
    signed_without_body()
    document = demo.licence_document(licence_id)
    if document is None:
        raise Refused("NOT_FOUND", "没有这份证照。")
    return Response(document, mimetype="application/pdf")


@service_api.get("/work-orders")
def list_work_orders() -> Response:
    """12345 work orders since a moment."""
    signed_without_body()
    return jsonify(services.list_work_orders(province().store, since=_since(), division=_division(required=False)))


@service_api.post("/work-orders/<order_no>/actions")
def act_on_work_order(order_no: str) -> tuple[Response, int]:
    """Record what the township did with a work order."""
    return _once(
        lambda connection, action: services.act_on_work_order(
            connection,
            order_no=order_no,
            action=_fitting("/v1/work-orders/{order_no}/actions", action),
        )
    ), 201


def _once(work: Callable[[sqlite3.Connection, Any], dict[str, Any]]) -> Response:
    _, body = signed_body()
    value = digests.parse_json(body)
    answer = services.once(
        province().store,
        key=idempotency_key(),
        address=request.path,
        body_digest=digests.sm3_hex(body),
        now=province().clock.calendar(),
        work=lambda connection: work(connection, value),
    )
    return jsonify(answer)


def _fitting(address: str, value: Any) -> Any:
    """The value, when it fits the request body that openapi.yaml gives for an address."""
    schemas.refuse_if_any(schemas.request_problems(address, value))
    return value


def _division(*, required: bool) -> str:
    division = request.args.get("division", "")
    if division or required:
        schemas.refuse_if_any(schemas.problems_in("DivisionPrefix", division, at="/division"))
    return division


def _since() -> datetime:
    text = request.args.get("since", "")
    if not _DATE_TIME.is_valid(text):
        raise Refused("INVALID", "since 应为带时区的时间。", errors=[("/since", "no date-time")])
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise Refused("INVALID", "since 不是能用的时间。", errors=[("/since", "no date-time")]) from None


_DATE_TIME = jsonschema_rs.Draft202012Validator({"type": "string", "format": "date-time"}, validate_formats=True)
