"""A terminal in a hall, opened once with `?terminal`: it is everybody's, so nothing of anybody stays on it.

It is given no key, so its pages are not kept and unsent words are not either; sessions end with the browser. A phone
that was opened so by mistake is opened once with `?terminal=off`.
"""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from xiangtong.doors.shared.services import services

_NAME = "terminal"
_YEAR = 365 * 24 * 3600


def is_terminal() -> bool:
    """Whether this browser stands in a hall."""
    asked = request.args.get(_NAME)
    return request.cookies.get(_NAME) == "1" if asked is None else asked != "off"


def lasting(seconds: int) -> int | None:
    """How long a cookie that lets somebody in may stay: on a terminal, while the browser is open."""
    return None if is_terminal() else seconds


def remember(response: Response) -> Response:
    """Note what the address says of this browser."""
    if request.args.get(_NAME) == "off":
        response.delete_cookie(_NAME, path="/")
    elif _NAME in request.args:
        secure = services().settings.https
        response.set_cookie(_NAME, "1", max_age=_YEAR, httponly=True, samesite="Lax", secure=secure, path="/")
    return response
