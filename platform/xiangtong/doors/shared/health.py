"""Is it alive, is it ready, how is it doing: for the people who run it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.tenancy.scope import NOBODY

blueprint = Blueprint("health", __name__)


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
@public
def metrics() -> Response:
    """Prometheus metrics; no tenant is ever a label."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
