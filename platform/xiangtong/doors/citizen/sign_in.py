"""Signing in at the province and out again. One journey stands in a sealed cookie for a quarter of an hour."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from xiangtong.doors.citizen import sign_in_whose
from xiangtong.doors.citizen._expired import UNSENT_COOKIE
from xiangtong.doors.citizen._guests import guest_address, take_over
from xiangtong.doors.citizen._onward import SIGN_IN, safe_onward
from xiangtong.doors.citizen._terminal import home, is_terminal, lasting
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.person import CITIZEN_COOKIE, clear_cookie, person, set_cookie
from xiangtong.doors.shared.services import services
from xiangtong.drafts.pointers import drafts_of
from xiangtong.identity import citizens, sessions
from xiangtong.identity.ports import Claims, Journey, SignInFailed, SignInUnavailable
from xiangtong.kernel import clock
from xiangtong.kernel.crypto import SealBroken
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Scope

blueprint = Blueprint("sign_in", __name__)
sign_in_whose.register(blueprint)
_SECONDS = 15 * 60
_CONTEXT = "sign-in-journey"


@dataclass(frozen=True, slots=True)
class _Way:
    """What a return from the province must fit, and where the person was going."""

    state: str
    nonce: str
    verifier: str
    onward: str


@blueprint.get("/sign-in")
@public
def ask() -> BaseResponse:
    """Say where signing in happens, with one button.

    A page and not a redirect, because browsers refuse a redirect to another site in answer to a posted form, and a
    posted form is how people come here when their session has ended.
    """
    onward = safe_onward(request.args.get("next"))
    signed_in = person()
    if signed_in is not None and signed_in.kind == "citizen":
        return redirect(onward, 303)
    return _page(onward)


@blueprint.get("/sign-in/start")
@public
def start() -> BaseResponse:
    """Send the browser to the province."""
    onward = safe_onward(request.args.get("next"))
    try:
        journey = services().sign_in.authorize(redirect_uri=_return_address())
    except SignInFailed as failure:
        return _page(onward, failure)
    response = redirect(journey.url, 303)
    _remember(response, journey, onward)
    return response


@blueprint.get("/sign-in/callback")
@public
def callback() -> BaseResponse:
    """The browser comes back: exchange the code, know the citizen, open the session, go on where they were."""
    way = _remembered(request.args.get("state", ""))
    if way is None:
        return _page(
            "/",
            SignInFailed("登录等得太久了，请再登录一次。填过的内容都还在", "Signing in took too long", code="EXPIRED"),
        )
    if "code" not in request.args:
        return _page(way.onward, _denied(request.args.get("error", "")))
    try:
        claims = services().sign_in.exchange(
            code=request.args["code"], verifier=way.verifier, nonce=way.nonce, redirect_uri=_return_address()
        )
    except SignInFailed as failure:
        return _page(way.onward, failure)
    token, waiting = _open(claims, way.onward)
    response = redirect(url_for("sign_in.whose", next=way.onward) if waiting else way.onward, 303)
    set_cookie(response, token, seconds=lasting(int(sessions.LIMITS["citizen"].whole.total_seconds())))
    if waiting:
        sign_in_whose.keep(response, waiting)
    response.delete_cookie(_cookie_name(way.state), path=SIGN_IN)
    return response


@blueprint.get("/sign-out")
@public
def ask_leave() -> BaseResponse | str:
    """Before a guest leaves a phone to somebody else: what they began, and the way back to it."""
    who = person()
    if who is None or who.kind not in sessions.GUESTS:
        return redirect(url_for("cases.mine" if who else "sign_in.left"), 303)
    with services().db.scope(Scope(citizen_id=who.subject_id)) as session:
        # A device that came by a code leads nobody further.
        mine = drafts_of(session, citizen_id=who.subject_id) if who.kind == "guest" else ()
        open_ = [one for one in mine if one.state == "open"]
        codes = {one.tenant_id: session.get_one(Tenant, one.tenant_id).code for one in open_}
    drafts = [
        (
            url_for("apply.elsewhere", code=codes[one.tenant_id], form_code=one.form_code, draft_id=one.draft_id),
            one.title,
        )
        for one in open_
    ]
    return render_template("citizen/leave.html", drafts=drafts, back=safe_onward(request.args.get("next")))


@blueprint.post("/sign-out")
@public
def leave() -> BaseResponse:
    """End our session, then the province's.

    The second step is a `Refresh` and no redirect, for the reason told at `ask`; the page has a link besides.
    """
    token = request.cookies.get(CITIZEN_COOKIE, "")
    if token:
        with services().db.scope(NOBODY) as session:
            sessions.close_session(session, token=token)
    guest, g.left = token.startswith(sessions.GUEST_MARK), True
    there = None if guest else services().sign_in.logout_url(return_to=_base() + url_for("sign_in.left"))
    response = make_response(_signed_out(there, guest=guest))
    if there:
        response.headers["Refresh"] = f"0; url={there}"
    clear_cookie(response)
    sign_in_whose.give_back(response)
    response.delete_cookie(UNSENT_COOKIE, path="/")
    # A shared computer keeps nothing of who was here.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@blueprint.get("/sign-out/done")
@public
def left() -> str:
    """Signed out everywhere."""
    return _signed_out(None)


def _signed_out(there: str | None, *, guest: bool = False) -> str:
    return render_template("citizen/signed_out.html", there=there, home=home(), guest=guest)


def _open(claims: Claims, onward: str) -> tuple[str, sign_in_whose.Guest | None]:
    """Write what the province said of the citizen and open their session.

    Gives the session's token, and the guest of whose forms it has to be asked whose they are.
    """
    earlier, before, guest = request.cookies.get(CITIZEN_COOKIE, ""), person(), sign_in_whose.guest_here()
    with services().db.scope(NOBODY) as session:
        citizen_id = citizens.upsert(session, keys=services().keys, claims=claims)
        if before is not None and before.kind == "revisit":
            take_over(
                session, guest_id=before.subject_id, citizen_id=citizen_id, claims=claims, came_by_code=before.draft_id
            )
        left = guest is not None and sign_in_whose.take_along(
            session, guest=guest, citizen_id=citizen_id, claims=claims, onward=onward
        )
        left = left and not is_terminal()  # Whoever comes next would be offered it.
        waiting = guest.token if guest and left else ""
        for token in {earlier, guest.token if guest else ""} - {waiting, ""}:
            sessions.close_session(session, token=token)
        opened = sessions.open_session(
            session, kind="citizen", subject_id=citizen_id, assurance=claims.assurance, device=_device()
        )
    return opened, guest if left else None


def _device() -> str:
    """The kind of device, as the list of one's own sessions shows it."""
    agent = request.user_agent.string
    kinds = (("MicroMessenger", "微信"), ("Android", "安卓手机"), ("iPhone", "苹果手机"), ("Windows", "电脑"))
    return next((words for mark, words in kinds if mark in agent), "其他设备")


def _page(onward: str, failure: SignInFailed | None = None) -> Response:
    english = str(get_locale()).startswith("en")
    problem = None if failure is None else (failure.message_en if english else failure.message)
    g.here = url_for("sign_in.ask", next=onward)
    body = render_template(
        "citizen/sign_in.html", problem=problem, start=url_for("sign_in.start", next=onward),
        guest=guest_address(onward),
        sign_in_url=None,
    )  # fmt: skip
    response = make_response(body, 200 if failure is None else failure.status)
    if isinstance(failure, SignInUnavailable):
        response.headers["Retry-After"] = "60"
    return response


def _denied(error: str) -> SignInFailed:
    if error in ("server_error", "temporarily_unavailable"):
        return SignInUnavailable("省统一登录正忙，请过几分钟再试。填过的内容都还在", "The provincial sign-in is busy")
    return SignInFailed(
        "您没有完成登录。需要的话可以再登录一次，填过的内容都还在", "You did not sign in", code="DENIED"
    )


def _base() -> str:
    """Our own address as this browser knows it; in production only the one that is set."""
    settings = services().settings
    return settings.base_url.rstrip("/") if settings.production else request.host_url.rstrip("/")


def _return_address() -> str:
    return _base() + url_for("sign_in.callback")


def _cookie_name(state: str) -> str:
    # One cookie a journey, so that signing in on two tabs at once works on both.
    return f"xt_way_{''.join(char for char in state if char.isalnum())[:12]}"


def _remember(response: BaseResponse, journey: Journey, onward: str) -> None:
    until = int(clock.now().timestamp()) + _SECONDS
    told = json.dumps([journey.state, journey.nonce, journey.verifier, onward, until]).encode()
    sealed = services().keys.city_seal(told, context=_CONTEXT)
    response.set_cookie(
        _cookie_name(journey.state),
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=_SECONDS,
        path=SIGN_IN,
        httponly=True,
        samesite="Lax",
        secure=services().settings.https,
    )


def _remembered(state: str) -> _Way | None:
    """The journey of this `state`; None when it is unknown to this browser, tampered with or too old."""
    cookie = request.cookies.get(_cookie_name(state), "")
    try:
        sealed = base64.urlsafe_b64decode(cookie)
        known, nonce, verifier, onward, until = json.loads(services().keys.city_unseal(sealed, context=_CONTEXT))
    except (SealBroken, ValueError):
        return None
    if known != state or clock.now().timestamp() > until:
        return None
    return _Way(known, nonce, verifier, onward)
