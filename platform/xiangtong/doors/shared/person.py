"""Who is asking: the signed-in citizen or member of staff of this request, looked up at most once."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect

from xiangtong.doors.shared.errors import wants_json
from xiangtong.doors.shared.services import services
from xiangtong.identity import sessions
from xiangtong.kernel.errors import NotFound, Refusal

CITIZEN_COOKIE = "xiangtong"
STAFF_COOKIE = "xiangtong_staff"
# What filing asks of an account; a guest fills in without one, and shows one to submit.
LEAST = 2


class Redirection(HTTPException):
    """Raised to send a person elsewhere (to sign in, to a second factor)."""

    def __init__(self, address: str) -> None:
        super().__init__(response=redirect(address, 303))


class SignedOut(Refusal):
    """The session ended while the page was open; the script keeps what it could not send."""

    code = "SIGNED_OUT"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "登录过期了，请重新登录，填过的都还在", "You were signed out. Please sign in again; nothing is lost"
        )


class AssuranceTooLow(Refusal):
    """The provincial account is not verified as far as this service needs."""

    code = "ASSURANCE"
    status = 403


def person() -> sessions.SignedIn | None:
    """The signed-in person of this request, or None."""
    if "person" not in g:
        token = request.cookies.get(current_app.config["SESSION_TOKEN_COOKIE"], "")
        g.person = sessions.resolve(services().db, token=token) if token else None
    return g.person  # type: ignore[no-any-return]


def citizen() -> sessions.SignedIn:
    """The citizen, or the guest, of this request; raises when there is none (use on routes that state `citizen`)."""
    found = person()
    if found is None or found.kind not in ("citizen", *sessions.GUESTS):
        # A script would follow a redirect and take the sign-in page for its answer.
        raise SignedOut if wants_json() else Redirection(sign_in_address())
    return found


def require_citizen(assurance: int) -> None:
    """Send to sign-in, or refuse when the account's assurance is too low. 0 lets a guest in."""
    found = citizen()
    if assurance and found.kind in sessions.GUESTS:
        raise SignedOut if wants_json() else Redirection(sign_in_address())
    if found.kind in sessions.GUESTS:
        return
    assurance = assurance or LEAST
    if found.assurance < assurance:
        raise AssuranceTooLow(
            "您的账号还没有实名认证，请先在省政务服务网完成实名认证，再回来办理",
            "Your account is not verified. Please verify it on the provincial site first, then come back",
        )


def require_staff(permission: str) -> None:
    """Send to sign-in; a permission that is missing looks like a page that is not there."""
    found = person()
    if found is None or found.kind != "staff":
        raise Redirection(sign_in_address())
    if permission and permission not in found.permissions:
        raise NotFound


def sign_in_address() -> str:
    """The sign-in page, which returns here afterwards (only the path travels: a query may say something personal)."""
    return f"{current_app.config['SIGN_IN_PATH']}?next={quote(request.script_root + request.path)}"


def set_cookie(response: Any, token: str, *, seconds: int | None) -> None:
    """Give the browser its session token; for None, until it is closed."""
    response.set_cookie(
        current_app.config["SESSION_TOKEN_COOKIE"], token, max_age=seconds, httponly=True, samesite="Lax",
        secure=services().settings.https, path="/",
    )  # fmt: skip


def clear_cookie(response: Any) -> None:
    """Take the token back."""
    response.delete_cookie(current_app.config["SESSION_TOKEN_COOKIE"], path="/")
