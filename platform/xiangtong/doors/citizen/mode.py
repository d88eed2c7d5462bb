"""How pages look to this person: elder or standard, Chinese or English; and what every page's frame is told."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.doors.citizen import _terminal
from xiangtong.doors.citizen._onward import safe_return
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.person import CITIZEN_COOKIE
from xiangtong.doors.shared.services import services
from xiangtong.identity import sessions
from xiangtong.kernel.errors import NotFound

blueprint = Blueprint("mode", __name__)
_YEAR = 365 * 24 * 3600
_MODES = ("elder", "standard")
_LANGUAGES = ("zh", "en")


@blueprint.get("/mode/<name>")
@public
def choose(name: str) -> Response:
    """Elder or standard pages from now on, beginning with the page one came from."""
    if name not in _MODES:
        raise NotFound
    return _remember("mode", name)


@blueprint.get("/language/<name>")
@public
def speak(name: str) -> Response:
    """Chinese or English from now on."""
    if name not in _LANGUAGES:
        raise NotFound
    return _remember("lang", name)


@blueprint.after_app_request
def note_terminal(response: Response) -> Response:
    """Remember what an address said of the browser it was opened in."""
    return _terminal.remember(response)


@blueprint.app_context_processor
def frame() -> dict[str, Any]:
    """What `base.html` asks for on every page of this door; costs no query."""
    here, site = _here(), g.get("site", {})
    mode = "elder" if request.cookies.get("mode") == "elder" else "standard"
    return {
        "site": site() if callable(site) else site,
        "mode": mode,
        "mode_url": url_for("mode.choose", name="standard" if mode == "elder" else "elder", next=here),
        "person": bool(_token()) and not _is_guest(),
        "sign_in_url": url_for("sign_in.ask", next=here),
        "sign_out_url": url_for("sign_in.leave"),
        "terminal": _terminal.is_terminal(),
        "leave_url": url_for("sign_in.ask_leave", next=here) if _is_guest() else None,
        "frame_links": _links(here),
    }


def _links(here: str) -> list[tuple[str, str, str]]:
    """(words, address, language of the words) of what stands at the foot of every page."""
    other = ("中文", "zh", "zh-CN") if language() == "en" else ("English", "en", "en")
    leaving = _is_guest() and not _terminal.is_terminal()  # There the way out stands at the top.
    return [
        (gettext("我的申请"), url_for("cases.mine"), ""),
        (gettext("查办件进度"), url_for("cases.ask"), ""),
        (other[0], url_for("mode.speak", name=other[1], next=here), other[2]),
        *([(gettext("换别人用这部手机"), url_for("sign_in.ask_leave", next=here), "")] if leaving else []),
    ]


def _token() -> str:
    """What the browser will show next time: nothing, when this answer has just taken it back."""
    return "" if g.get("left") else request.cookies.get(CITIZEN_COOKIE, "")


def _is_guest() -> bool:
    return _token().startswith(sessions.GUEST_MARK)


def _here() -> str:
    """The page to come back to: what the page itself says, this one, or the page that a form was posted to."""
    return str(g.get("here") or request.path)


def _remember(cookie: str, value: str) -> Response:
    response = redirect(safe_return(request.args.get("next")), 303)
    secure = services().settings.https
    response.set_cookie(cookie, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure, path="/")
    return response
