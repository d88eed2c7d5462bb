"""Refusals and accidents become answers here, once: a page for people, a JSON object for machines."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import get_locale, gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from xiangtong.kernel.errors import NotFound, Problems, Refusal, TooMany
from xiangtong.kernel.ids import short_code

_LOG = logging.getLogger(__name__)
# What a machine is told where nobody said anything better; its user may well read it.
_SENTENCES = {
    400: lazy_gettext("这个请求读不懂，请刷新后再试"),
    404: lazy_gettext("没有找到，可能已经搬走了"),
    405: lazy_gettext("这个地址不能这样用"),
    413: lazy_gettext("文件太大了，一次最多能传 10 兆"),
    415: lazy_gettext("这种文件这里收不了"),
    500: lazy_gettext("我们这边出了点问题，请过几分钟再试"),
    503: lazy_gettext("系统正忙，请过几分钟再试"),
}
#: Of a posted page that does not fit, so many bytes are listened to before it is told so.
_MOST_HEARD = 128 * 1024 * 1024
_PAGES = {400, 403, 404, 405, 409, 413, 429, 500, 503}


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _accident)


def wants_json() -> bool:
    """True for a machine: an API path, a JSON body, or a fetch that says so."""
    accepts = request.accept_mimetypes
    asks = accepts.best_match(["text/html", "application/json"]) == "application/json"
    return request.path.startswith("/api/") or request.path.startswith("/callbacks/") or asks


def _refusal(error: Refusal) -> Response:
    response = _answer(error.status, error.code, _sentence(error), error)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _sentence(error: Refusal) -> str:
    if isinstance(error, NotFound) and error.message == NotFound().message:
        return ""  # The page for it has more to say.
    return error.message_en if str(get_locale()).startswith("en") else error.message


def stale_form(_error: CSRFError) -> Response:
    """The page was open for so long that its token is no longer good."""
    g.again = _readable()
    return _answer(400, "STALE", gettext("这一页打开太久了，为了安全要重新打开，再点一次。"), None)


def _readable() -> str:
    """The address that was posted to, where it also shows a page."""
    routes = current_app.create_url_adapter(request)
    return request.path if routes is not None and routes.test(request.path, "GET") else ""


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        g.again = _readable()  # What did not fit was posted from a page.
        _hear_out()
    response = _answer(status, HTTPStatus(status).name, "", None)
    allow = getattr(error, "valid_methods", None)
    if allow:
        response.headers["Allow"] = ", ".join(allow)
    return response


def _hear_out() -> None:
    """Read what is still coming, and keep none of it: a browser whose words are cut off shows an error of its own."""
    coming, left = request.environ["wsgi.input"], _MOST_HEARD
    while left > 0 and (part := coming.read(min(left, 1 << 16))):
        left -= len(part)


def _accident(error: Exception) -> Response:
    g.reference = short_code()
    _LOG.error("accident", exc_info=error, extra={"reference": g.reference, "endpoint": request.endpoint})
    return _answer(500, "ACCIDENT", "", None)


def _answer(status: int, code: str, message: str, error: Refusal | None) -> Response:
    if wants_json():
        return _json(status, code, message, error)
    page = status if status in _PAGES else (400 if status < 500 else 500)
    problems = error.problems if isinstance(error, Problems) else ()
    body = render_template(
        f"errors/{page}.html",
        message=message,
        code=code,
        problems=problems,
        reference=g.get("reference", ""),
        again=g.get("again", ""),
    )
    return make_response(body, status)


def _json(status: int, code: str, message: str, error: Refusal | None) -> Response:
    body: dict[str, object] = {
        "code": code,
        "message": message or str(_SENTENCES.get(status, HTTPStatus(status).phrase)),
    }
    if isinstance(error, Problems):
        body["errors"] = [{"pointer": p.where, "code": p.code, "message": p.message} for p in error.problems]
    if "reference" in g:
        body["reference"] = g.reference
    response = jsonify(body)
    response.status_code = status
    return response
