"""`POST /callbacks/province` (contract §6)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from xiangtong.doors.shared.access import signed
from xiangtong.doors.shared.services import services
from xiangtong.province import callbacks, profile
from xiangtong.tenancy.scope import NOBODY

blueprint = Blueprint("callbacks", __name__)
_LARGEST = 256 * 1024


@blueprint.post("/callbacks/province")
@signed
def province() -> Response:
    """200 once the event is stored, the second time too; 401 without a signature that holds."""
    if (request.content_length or 0) > _LARGEST:
        raise RequestEntityTooLarge
    body, using = request.get_data(), services()
    callbacks.prove(
        profile.default(using.settings),
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        headers={name: request.headers.get(name, "") for name in callbacks.HEADERS},
        body=body,
    )
    with using.db.scope(NOBODY) as session:
        event_id = callbacks.store(session, keys=using.keys, body=body)
    return jsonify(event_id=str(event_id), state="stored")
