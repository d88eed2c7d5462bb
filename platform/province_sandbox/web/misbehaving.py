"""Faults carried out on the contract's addresses, down to the socket."""

import json
import secrets
import socket
import struct
import time
from collections.abc import Iterator

from flask import Flask, Response, g, jsonify, request

from province_sandbox.faults import Fault
from province_sandbox.problems import Refused
from province_sandbox.web.local import province

_HTML = "<!doctype html><title>系统维护</title><p>系统正在维护，请稍后再来。</p>"
_SCOPES = {
    "api.post_message": "messages",
    "api.get_case": "cases",
    "api.has_material": "materials",
    "api.put_material": "materials",
    "api.reconcile": "reconciliation",
}


def misbehave_on_request(app: Flask) -> None:
    """Let the knobs of the fault book act on every address below /v1/."""
    app.before_request(_strike_before)
    app.after_request(_strike_after)


def _strike_before() -> Response | None:
    if not request.path.startswith("/v1/"):
        return None
    g.faults = province().faults.draw(_SCOPES.get(request.endpoint or "", "services"))
    if delay := g.faults.get("delay"):
        time.sleep(delay.delay_ms / 1000)
    if "reset" in g.faults or ("outage" in g.faults and g.faults["outage"].refuse):
        return _hang_up()
    if "outage" in g.faults:
        return Response(_HTML, status=503, mimetype="text/html")
    if busy := g.faults.get("busy"):
        return _busy(busy)
    if failing := g.faults.get("status"):
        return Response(_HTML, status=failing.status, mimetype="text/html")
    return None


def _strike_after(response: Response) -> Response:
    faults: dict[str, Fault] = g.get("faults", {})
    if "stored_but_no_answer" in faults:
        return _hang_up()
    if response.status_code >= 300:
        return response
    if "html" in faults:
        return Response(_HTML, status=200, mimetype="text/html")
    if "wrong_receipt" in faults:
        _spoil(response)
    if slow := faults.get("slow"):
        response.response = _drip(response.get_data(), slow.delay_ms / 1000)
    return response


def _busy(fault: Fault) -> Response:
    refused = Refused("BUSY", "请求太密，请稍后再发。")
    response = jsonify(refused.body())
    response.status_code = 429
    response.headers["Retry-After"] = str(fault.retry_after)
    return response


def _spoil(response: Response) -> None:
    """Give a receipt another digest and chain, well-formed but not what the sender computes."""
    receipt = json.loads(response.get_data() or b"null")
    if isinstance(receipt, dict) and "chain" in receipt:
        spoilt = {"chain": secrets.token_hex(32), "message_digest": secrets.token_hex(32)}
        response.set_data(json.dumps(receipt | spoilt))


def _drip(body: bytes, seconds: float) -> Iterator[bytes]:
    """The body byte by byte, the whole taking about that long."""
    for position in range(len(body)):
        time.sleep(seconds / len(body))
        yield body[position : position + 1]


def _hang_up() -> Response:
    """Cut the connection under the server; what is answered afterwards reaches nobody."""
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if connection is None:
        raise ConnectionResetError("the province hung up")
    # Linger for zero seconds: the peer sees a reset, not a polite end.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=503, headers={"Connection": "close"})
