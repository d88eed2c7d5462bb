"""A terminal in a hall, opened once with `?terminal`: it is everybody's, so nothing of anybody stays on it.

It is given no key, so its pages are not kept and unsent words are not either. What lets somebody in is forgotten when
nothing was asked for ten minutes; before that the page asks whether they are still there, and forgets them after four
(static/terminal.js). What a guest began is offered to nobody who comes after. A phone that was opened so by mistake is
opened once with `?terminal=off`.
"""

from __future__ import annotations

import re

from flask import request
from werkzeug.wrappers import Response

from xiangtong.doors.shared.person import CITIZEN_COOKIE, set_cookie
from xiangtong.doors.shared.services import services

_NAME = "terminal"
_YEAR = 365 * 24 * 3600
_AWAY = 10 * 60
_TOWN = re.compile(r"/([0-9]{9})/")


def is_terminal() -> bool:
    """Whether this browser stands in a hall."""
    asked = request.args.get(_NAME)
    return _NAME in request.cookies if asked is None else asked != "off"


def home() -> str:
    """Where the next person begins: on a terminal, at the township in whose hall it stands."""
    town = request.cookies.get(_NAME, "")
    return f"/{town}/" if re.fullmatch("[0-9]{9}", town) else "/"


def lasting(seconds: int) -> int:
    """How long a cookie that lets somebody in may stay: on a terminal, until they have been away for a while."""
    return _AWAY if is_terminal() else seconds


def remember(response: Response) -> Response:
    """Note what the address says of this browser, and on a terminal that somebody is still at it."""
    if request.args.get(_NAME) == "off":
        response.delete_cookie(_NAME, path="/")
    elif _NAME in request.args:
        town = _TOWN.match(request.path)
        secure = services().settings.https
        response.set_cookie(
            _NAME, town[1] if town else "1", max_age=_YEAR, httponly=True, samesite="Lax", secure=secure, path="/"
        )
    _stay(response)
    return response


def _stay(response: Response) -> None:
    token = request.cookies.get(CITIZEN_COOKIE)
    changed = any(line.startswith(f"{CITIZEN_COOKIE}=") for line in response.headers.getlist("Set-Cookie"))
    if token and is_terminal() and not changed:
        set_cookie(response, token, seconds=_AWAY)
