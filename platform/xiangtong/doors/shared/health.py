"""Is it alive, is it ready, how is it doing: for the people who run it."""

from __future__ import annotations

from hmac import compare_digest

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from xiangtong.doors.shared.access import public, signed
from xiangtong.doors.shared.services import services
from xiangtong.kernel.errors import NotAllowed
from xiangtong.tenancy.scope import NOBODY

blueprint = Blueprint("health", __name__)


class NotForEverybody(NotAllowed):
    """The figures of a deployment tell how busy it is and what it runs on."""

    def __init__(self) -> None:
        super().__init__(
            "这里只给运维人员看，要带上 XIANGTONG_METRICS_TOKEN 里设置的口令",
            "For the people who run this: send the token of XIANGTONG_METRICS_TOKEN as a bearer token",
        )


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """200 when the database answers as well."""
    with services().db.scope(NOBODY) as session:
        session.execute(text("select 1"))
    return jsonify(status="ready")


@blueprint.get("/metrics")
@signed
def metrics() -> Response:
    """Prometheus metrics for who holds the token; no tenant is ever a label."""
    wanted, sent = services().settings.metrics_token, request.authorization
    if sent is None or sent.type != "bearer" or not wanted or not _same(sent.token or "", wanted):
        raise NotForEverybody
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _same(sent: str, wanted: str) -> bool:
    return compare_digest(sent.encode(errors="replace"), wanted.encode())
