"""The province as a WSGI application."""

import sqlite3
from contextlib import suppress
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from province_sandbox.clock import Clock
from province_sandbox.problems import Refused
from province_sandbox.province import open_province
from province_sandbox.settings import Settings
from province_sandbox.web.api import api
from province_sandbox.web.control import control
from province_sandbox.web.local import province
from province_sandbox.web.misbehaving import misbehave_on_request
from province_sandbox.web.pages import pages
from province_sandbox.web.service_api import service_api
from province_sandbox.web.sign_in import sign_in

_CODES = {404: "NOT_FOUND", 413: "TOO_LARGE"}
_MACHINE_PATHS = ("/v1/", "/_", "/oidc/token", "/oidc/userinfo")


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """One province over one data folder. Run it in one process: nonces and rates live in memory."""
    app = Flask("province_sandbox", static_url_path="/_static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["province"] = open_province(settings, clock)
    misbehave_on_request(app)
    for blueprint in (api, service_api, sign_in, control, pages):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.register_error_handler(sqlite3.OperationalError, _store_busy)
    app.after_request(_security_headers)
    province_of(app).outbox.start()
    return app


def province_of(app: Flask) -> Any:
    """The province behind an app made by `create_app`."""
    return app.extensions["province"]


def _refused(problem: Refused) -> Response:
    if request.path.startswith("/v1/"):
        with suppress(sqlite3.OperationalError):  # A full disk must not turn a refusal into a failure.
            province().tally.add(f"refused:{problem.code}")
    if request.path.startswith(_MACHINE_PATHS):
        response = jsonify(problem.body())
    else:
        page = render_template("said.html", title="办不了", text=problem.message)
        response = Response(page, mimetype="text/html")
    response.status_code = problem.status
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _http_refused(error: HTTPException) -> Response:
    """Flask's own refusals in the contract's words."""
    status = error.code or 500
    if status < 400:
        return Response(error.get_response().get_data(), status=status)
    text = "没有这个地址。" if status == 404 else "这个请求办不了。"
    return _refused(Refused(_CODES.get(status, "INVALID"), text, status=status))


def _store_busy(_: sqlite3.OperationalError) -> Response:
    """The disk is full or locked: nothing was stored, and the sender should come back."""
    return _refused(Refused("BUSY", "暂时存不下，请稍后再发。", retry_after=5, status=503))


def _security_headers(response: Response) -> Response:
    extra = f" {g.form_action}" if "form_action" in g else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action 'self'{extra}",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if not request.path.startswith("/_static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
