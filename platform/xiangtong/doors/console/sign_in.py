"""Signing in: account and password, or phone and code for village staff; then the second factor."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from xiangtong.doors.shared import asking
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.person import Redirection, clear_cookie, person, set_cookie
from xiangtong.doors.shared.services import services
from xiangtong.identity import second_factor, sign_in
from xiangtong.identity.sessions import LIMITS, SignedIn
from xiangtong.kernel.errors import Refusal

blueprint = Blueprint("sign_in", __name__)

_PAGES = {"totp": "sign_in.factor", "sms": "sign_in.factor", "enrol": "sign_in.enrol"}


@blueprint.get("/sign-in")
@public
def index() -> Response | str:
    """The page with both ways in."""
    found = person()
    if found is not None and found.kind == "staff":
        return redirect(_onward(request.args.get("next", "")), 303)
    # The other way to sign in is a page of its own, and leads on to the same place.
    session["next"] = _onward(request.args.get("next", session.get("next", "")))
    return _page()


@blueprint.post("/sign-in")
@public
def by_password() -> Response | tuple[str, int]:
    """Account and password."""
    name, password = request.form.get("account", ""), request.form.get("password", "")
    try:
        step = sign_in.by_password(
            services().db, keys=services().keys, name=name, password=password,
            address=asking.address(), device=asking.device(),
        )  # fmt: skip
    except Refusal as error:
        return _page(error=error, account=name), error.status
    return _go(step.token, _PAGES.get(step.next))


@blueprint.post("/sign-in/code")
@public
def send_code() -> tuple[str, int]:
    """Send a code to a phone of village staff; the answer is the same whoever asks."""
    phone = request.form.get("phone", "")
    try:
        sign_in.request_code(services().db, keys=services().keys, phone=phone, address=asking.address())
    except Refusal as error:
        return _page(error=error, phone=phone, by_phone=True), error.status
    return _page(phone=phone, by_phone=True, sent=True), 200


@blueprint.post("/sign-in/phone")
@public
def by_phone() -> Response | tuple[str, int]:
    """Phone and code."""
    phone, code = request.form.get("phone", ""), request.form.get("code", "")
    try:
        step = sign_in.by_phone(
            services().db, keys=services().keys, phone=phone, code=code,
            address=asking.address(), device=asking.device(),
        )  # fmt: skip
    except Refusal as error:
        return _page(error=error, phone=phone, by_phone=True, sent=True), error.status
    return _go(step.token, None)


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@public
def factor() -> Response | tuple[str, int]:
    """The second factor: a code of the authenticator, or by SMS."""
    found, error = _half_way(), None
    if request.method == "POST":
        try:
            token = sign_in.by_factor(
                services().db, keys=services().keys, person=found, code=request.form.get("code", ""),
                device=asking.device(),
            )  # fmt: skip
            return _go(token, None)
        except Refusal as refusal:
            error = refusal
    kind = sign_in.factor_for(services().db, person=found)
    return _factor_page(kind, error), error.status if error else 200


@blueprint.post("/sign-in/second/send")
@public
def send_factor() -> tuple[str, int]:
    """Send the second factor's code to the phone on record."""
    try:
        sign_in.send_factor(services().db, keys=services().keys, sms=services().sms, person=_half_way())
    except Refusal as error:
        return _factor_page("sms", error), error.status
    return _factor_page("sms", None, sent=True), 200


@blueprint.route("/sign-in/enrol", methods=["GET", "POST"])
@public
def enrol() -> Response | tuple[str, int]:
    """The first time: show the authenticator's secret, and keep it once the app shows a right code."""
    found, error = _half_way(), None
    # The secret waits in the signed cookie of the very person it is shown to, and leaves with the sign-in.
    secret = session.setdefault("secret", second_factor.new_secret())
    if request.method == "POST":
        try:
            token = sign_in.by_enrolment(
                services().db, keys=services().keys, person=found, secret=secret,
                code=request.form.get("code", ""), device=asking.device(),
            )  # fmt: skip
            return _go(token, None)
        except Refusal as refusal:
            error = refusal
    return _enrolment_page(found, secret, error), error.status if error else 200


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End this session."""
    token = request.cookies.get(current_app.config["SESSION_TOKEN_COOKIE"], "")
    sign_in.sign_out(services().db, token=token, person=person())
    session.clear()
    response = redirect(url_for("sign_in.index"), 303)
    clear_cookie(response)
    return response


def _onward(wanted: str) -> str:
    """A path inside the console; the start page for anything else."""
    inside = wanted.startswith("/console/") and "//" not in wanted and "\\" not in wanted
    return wanted if inside else url_for("home.index")


def _half_way() -> SignedIn:
    found = person()
    if found is None or found.kind != "staff_step":
        raise Redirection(url_for("sign_in.index"))
    return found


def _go(token: str, page: str | None) -> Response:
    target = url_for(page) if page else _onward(session.pop("next", ""))
    if page is None:
        session.pop("secret", None)
    response = redirect(target, 303)
    set_cookie(response, token, seconds=int(LIMITS["staff_step" if page else "staff"].whole.total_seconds()))
    return response


def _page(*, error: Refusal | None = None, by_phone: bool = False, **typed: object) -> str:
    by_phone = by_phone or request.args.get("by") == "phone"
    problems = asking.sentences(error) if error else []
    return render_template("console/sign_in.html", problems=problems, by_phone=by_phone, demo=_demo(), **typed)


def _factor_page(kind: str, error: Refusal | None, *, sent: bool = False) -> str:
    problems = asking.sentences(error) if error else []
    return render_template("console/factor.html", kind=kind, problems=problems, sent=sent, demo=_demo())


def _enrolment_page(found: SignedIn, secret: str, error: Refusal | None) -> str:
    address = second_factor.enrolment_address(secret, account=found.staff_no)
    return render_template(
        "console/enrol.html",
        picture=segno.make(address, micro=False).svg_data_uri(scale=4, border=2),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        problems=asking.sentences(error) if error else [],
    )


def _demo() -> bool:
    return "demo_sms" in current_app.blueprints
