"""Go on with a draft on another phone: by QR code, or by short code, phone number and a message; without an account.

Who has an account signs in on the other phone and finds the draft in the list. A device that came by a code sees what
is sensitive as masks, and files only after signing in, as everybody does.
"""

from __future__ import annotations

from uuid import UUID

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.doors.citizen._filing import Filing, open_filing
from xiangtong.doors.citizen._guests import remember, take_over
from xiangtong.doors.citizen._page import title_of
from xiangtong.doors.citizen._terminal import lasting
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared.access import citizen, public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.person import person, set_cookie
from xiangtong.doors.shared.services import services
from xiangtong.drafts import returning
from xiangtong.drafts.returning import Found
from xiangtong.fields.kinds import KINDS
from xiangtong.identity import citizens, sessions, throttle
from xiangtong.kernel.errors import NotFound, Refusal, TooMany
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY

_AT = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/elsewhere"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(_AT, "elsewhere", show)
    blueprint.add_url_rule(_AT, "name_phone", name_phone, methods=["POST"])
    blueprint.add_url_rule("/back", "come_back", come_back)
    blueprint.add_url_rule("/back", "ask_back", ask_back, methods=["POST"])
    blueprint.add_url_rule("/back/<token>", "picture", picture)
    blueprint.add_url_rule("/back/<token>", "use_picture", use_picture, methods=["POST"])


@citizen(assurance=0)
def show(code: str, form_code: str, draft_id: UUID) -> str:
    """The QR code; for a guest also the short code, once a phone was named."""
    with visit(code) as here:
        return _page(open_filing(here, form_code, draft_id))


@citizen(assurance=0)
def name_phone(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """Let the short code lead back, together with a message to this phone."""
    phone = _phone_of(request.form.get("phone", ""))
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        if here.reopened or not here.guest:
            raise NotFound
        if not phone:
            return _page(filing, problem=gettext("请写 11 位的手机号，以 1 开头"))
        returning.by_phone(here.session, keys=services().keys, draft=filing.draft, phone=phone)
        return redirect(filing.at("apply.elsewhere"), 303)


@public
def come_back() -> str:
    """Where the short code is typed on the other phone."""
    return _asking()


@public
def ask_back() -> Response | str:
    """Send the one-time code; or, with it, go on with the draft."""
    told = request.form
    code, phone, digits = (
        told.get("code", "")[:20],
        _phone_of(told.get("phone", "")),
        told.get("digits", "").strip()[:8],
    )
    missing = _missing(code, phone)
    if missing:
        return _asking(missing=missing)
    try:
        if not digits:
            returning.send_code(
                services().db, keys=services().keys, sms=services().sms, code=code, phone=phone,
                address=request.remote_addr or "",
            )  # fmt: skip
            return _asking(sent=True)
        found = returning.use_code(services().db, keys=services().keys, code=code, phone=phone, digits=digits)
    except (NotFound, TooMany) as refusal:
        return _asking(sent=bool(digits), problem=_sentence(refusal))
    return _let_in(found)


@public
def picture(token: str) -> str:
    """What the QR code opens. Looking uses nothing up: messengers look at every address they are sent."""
    return render_template("citizen/back_picture.html", token=token)


@public
def use_picture(token: str) -> Response | tuple[str, int]:
    """Use the QR code up and go on with the draft; a code that leads nowhere says where else to go."""
    throttle.spend(services().db, throttle.SIGN_IN_ADDRESS, f"back:{request.remote_addr or ''}")
    try:
        with services().db.scope(NOBODY) as session:
            found = returning.use_picture(session, keys=services().keys, token=token[:64])
    except NotFound as refusal:
        return render_template("citizen/back_picture.html", problem=_sentence(refusal)), 404
    return _let_in(found)


def _page(filing: Filing, *, problem: str = "") -> str:
    here, open_ = filing.visit, filing.visit.guest and filing.draft.row.state == "open"
    if here.reopened:
        raise NotFound  # A way back leads one step, and no further.
    address, short, named = filing.at("apply.resume"), "", False
    if open_:
        named = returning.is_open(here.session, keys=services().keys, draft=filing.draft)
        short = returning.code_of(filing.draft) if named else ""
        token = returning.by_picture(here.session, keys=services().keys, draft=filing.draft)
        address = url_for("apply.picture", token=token)
    drawn = segno.make(_base() + address, error="m", micro=False).svg_data_uri(scale=5, border=3, light="#fff")
    return render_template(
        "citizen/elsewhere.html", form_title=title_of(filing), guest=open_, picture=drawn, problem=problem,
        phone=request.form.get("phone", "")[:20], short=f"{short[:4]} {short[4:]}" if short else "",
        back=filing.at("apply.resume"),
        back_url=_base() + url_for("apply.come_back"),
    )  # fmt: skip


def _base() -> str:
    settings = services().settings
    return settings.base_url.rstrip("/") if settings.production else request.host_url.rstrip("/")


def _missing(code: str, phone: str) -> dict[str, str]:
    missing = {}
    if not code.strip():
        missing["code"] = gettext("请写短码，一共 8 个字母和数字")
    if not phone:
        missing["phone"] = gettext("请写当时留的手机号，一共 11 位数字")
    return missing


def _asking(*, sent: bool = False, problem: str = "", missing: dict[str, str] | None = None) -> str:
    told = request.form
    return render_template(
        "citizen/back.html", sent=sent, problem=problem, missing=missing or {}, code=told.get("code", "")[:20],
        phone=told.get("phone", "")[:20],
    )  # fmt: skip


def _sentence(refusal: Refusal) -> str:
    return refusal.message_en if language() == "en" else refusal.message


def _phone_of(raw: str) -> str:
    """A mobile number in its normal form; nothing where it is none."""
    phone = str(KINDS["mobile-phone"].parse(raw[:30]))
    return phone if len(phone) == 11 and phone.isascii() and phone.isdecimal() and phone[0] == "1" else ""


def _let_in(found: Found) -> Response:
    """A session of the guest on this device; who is signed in here takes the draft over instead."""
    who, db = person(), services().db
    with db.scope(NOBODY) as session:
        tenant = session.get_one(Tenant, found.tenant_id)
        onward = url_for("apply.resume", code=tenant.code, form_code=found.form_code, draft_id=found.draft_id)
        response = redirect(onward, 303)
        remember(session, tenant_id=found.tenant_id, draft_id=found.draft_id)
        if who is not None and who.kind == "citizen":
            claims = citizens.load(session, keys=services().keys, citizen_id=who.subject_id)
            take_over(
                session, guest_id=found.guest_id, citizen_id=who.subject_id, claims=claims, came_by_code=found.draft_id
            )
            return response
        if who is not None and who.kind == "guest" and who.subject_id == found.guest_id:
            return response
        token = sessions.open_session(
            session, kind="revisit", subject_id=found.guest_id, assurance=0, draft_id=found.draft_id
        )
    set_cookie(response, token, seconds=lasting(int(sessions.LIMITS["revisit"].whole.total_seconds())))
    return response
