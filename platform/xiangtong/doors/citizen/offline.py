"""The service worker of the citizens' pages: at the root, because a worker rules over what lies below its own address."""

from __future__ import annotations

from flask import Blueprint, Response, request

from xiangtong.doors.shared import assets
from xiangtong.doors.shared.access import public

blueprint = Blueprint("offline", __name__)


@blueprint.get("/sw.js")
@public
def worker() -> Response:
    """The script; browsers ask for it anew at each visit, so that a mended one is taken up at once."""
    script = assets.load()["sw.js"]
    packed = script.br is not None and request.accept_encodings["br"] > 0
    response = Response(script.br if packed else script.plain, mimetype="text/javascript")
    if packed:
        response.headers["Content-Encoding"] = "br"
    response.headers.update({"Vary": "Accept-Encoding", "Cache-Control": "no-cache"})
    return response
