"""A page that was posted after the session had ended loses nothing: it is kept, and put in once they signed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from xiangtong.doors.shared.person import person, require_citizen
from xiangtong.doors.shared.services import services
from xiangtong.drafts import unsent
from xiangtong.drafts.unsent import Page
from xiangtong.identity import sessions, throttle
from xiangtong.identity.throttle import Limit

UNSENT_COOKIE = "xt_unsent"
_SECONDS = int(unsent.KEPT_FOR.total_seconds())
_KEPT = Limit(
    "unsent", 30, unsent.KEPT_FOR, "保存得太频繁了，请过 {minutes} 分钟再试", "Too often: wait {minutes} minutes"
)


def signed_out() -> bool:
    """Whether nobody is signed in; a citizen who is must be verified far enough to file."""
    who = person()
    if who is None or who.kind not in ("citizen", *sessions.GUESTS):
        return True
    require_citizen(0)
    return False


def keep(fields: Sequence[tuple[str, str]]) -> Response:
    """Keep what was posted and ask to sign in again; the page comes back with everything in it."""
    throttle.spend(services().db, _KEPT, request.remote_addr or "")
    answers = [(name, value) for name, value in fields if name.startswith("/") or name == "_form"]
    token = unsent.keep(services().db, path=request.path, fields=answers)
    sign_in = url_for("sign_in.ask", next=request.path)
    body = render_template(
        "citizen/expired.html", kept=token is not None, start=sign_in, files=any(one for one in request.files.values())
    )
    response = make_response(body, 401)
    if token:
        secure = services().settings.https
        response.set_cookie(
            UNSENT_COOKIE, token, max_age=_SECONDS, httponly=True, samesite="Lax", secure=secure, path="/"
        )
    return response


def kept_page() -> Page | None:
    """What this browser posted to this very address without a session."""
    token = request.cookies.get(UNSENT_COOKIE, "")
    page = unsent.read(services().db, token=token) if token else None
    return page if page is not None and page.path == request.path else None


def forget(response: Response) -> Response:
    """It has been put in: forget it here and in the browser."""
    unsent.drop(services().db, token=request.cookies.get(UNSENT_COOKIE, ""))
    response.delete_cookie(UNSENT_COOKIE, path="/")
    return response
