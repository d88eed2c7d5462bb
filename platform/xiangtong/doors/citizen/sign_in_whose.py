"""Somebody signs in on a phone on which forms were begun without an account: it asks whose they are.

The form from whose page they went to sign in goes along with them, since they were about to file it. Of everything else
nobody knows: a family shares a phone. What is not theirs stays with the guest, whose session waits in a cookie of its own
and comes back when they sign out.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.doors.citizen._case import english_of
from xiangtong.doors.citizen._guests import take_over
from xiangtong.doors.citizen._onward import WHOSE, safe_onward
from xiangtong.doors.citizen._terminal import lasting
from xiangtong.doors.shared.access import citizen as needs_citizen
from xiangtong.doors.shared.person import CITIZEN_COOKIE, citizen, set_cookie
from xiangtong.doors.shared.services import services
from xiangtong.drafts.models import CitizenDraft
from xiangtong.drafts.pointers import drafts_of
from xiangtong.identity import citizens, sessions
from xiangtong.identity.ports import Claims
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.scope import NOBODY

COOKIE = "xiangtong_guest"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever began something in this browser without an account, and the token of their session."""

    token: str
    id: UUID


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(WHOSE, "whose", whose)
    blueprint.add_url_rule(WHOSE, "told_whose", told_whose, methods=["POST"])


def guest_here() -> Guest | None:
    """The guest of this browser: the one who is using it, or the one who waits for somebody to sign out."""
    for name in (CITIZEN_COOKIE, COOKIE):
        token = request.cookies.get(name, "")
        found = sessions.resolve(services().db, token=token) if token.startswith(sessions.GUEST_MARK) else None
        # Who came by a code is asked for nothing: they proved the code and the phone, and it opens one draft.
        if found is not None and found.kind == "guest":
            return Guest(token, found.subject_id)
    return None


def take_along(session: ScopedSession, *, guest: Guest, citizen_id: UUID, claims: Claims, onward: str) -> bool:
    """Give the citizen the form they came from; True when something is left of which nobody knows whose it is."""
    mine = [one.draft_id for one in _open(session, guest) if str(one.draft_id) in onward]
    for draft_id in mine:
        take_over(session, guest_id=guest.id, citizen_id=citizen_id, claims=claims, only=draft_id)
    return bool(_open(session, guest))


def whose_address() -> str | None:
    """Where to say whose the forms are that wait in this browser; None where none wait."""
    return url_for("sign_in.whose", next="/mine") if request.cookies.get(COOKIE) else None


def keep(response: Response, guest: Guest) -> None:
    """The guest waits in a cookie of their own while somebody else is signed in."""
    seconds = lasting(int(sessions.LIMITS["guest"].whole.total_seconds()))
    response.set_cookie(
        COOKIE, guest.token, max_age=seconds, httponly=True, samesite="Lax", path="/", secure=services().settings.https
    )


def give_back(response: Response) -> None:
    """Somebody signed out: the browser is the guest's again, if one waits."""
    waiting = request.cookies.get(COOKIE, "")
    found = sessions.resolve(services().db, token=waiting) if waiting else None
    if found is not None and found.kind == "guest":
        set_cookie(response, waiting, seconds=lasting(int(sessions.LIMITS["guest"].whole.total_seconds())))
    response.delete_cookie(COOKIE, path="/")


@needs_citizen(assurance=1)
def whose() -> Response | str:
    """这台手机上有一份没填完的申请，是您的吗？"""
    guest = guest_here()
    with services().db.scope(NOBODY) as session:
        left = _open(session, guest) if guest else []
    return _page(left) if left else redirect(_onward(), 303)


@needs_citizen(assurance=1)
def told_whose() -> Response | str:
    """What is theirs is theirs now; what is not stays as it was."""
    guest, answer, chosen = guest_here(), request.form.get("answer"), set(request.form.getlist("draft"))
    response = redirect(_onward(), 303)
    if guest is None or answer not in ("mine", "other"):
        return response
    with services().db.scope(NOBODY) as session:
        left = _open(session, guest)
        if answer == "mine" and not chosen and left:
            return _page(left, gettext("请勾选是您的那几份；都不是的，按“都不是我的”"))
        if answer == "mine" and _gave_all(session, guest, [one for one in left if str(one.draft_id) in chosen]):
            sessions.close_session(session, token=guest.token)
            response.delete_cookie(COOKIE, path="/")
    return response


def _gave_all(session: ScopedSession, guest: Guest, mine: list[CitizenDraft]) -> bool:
    """Give these to the citizen; True when nothing is left."""
    citizen_id = citizen().subject_id
    claims = citizens.load(session, keys=services().keys, citizen_id=citizen_id)
    for one in mine:
        take_over(session, guest_id=guest.id, citizen_id=citizen_id, claims=claims, only=one.draft_id)
    return not _open(session, guest)


def _open(session: ScopedSession, guest: Guest) -> list[CitizenDraft]:
    return [one for one in drafts_of(session, citizen_id=guest.id) if one.state == "open"]


def _onward() -> str:
    return safe_onward(request.args.get("next"))


def _page(left: list[CitizenDraft], problem: str | None = None) -> str:
    return render_template(
        "citizen/whose.html", drafts=left, problem=problem, local=clock.local, english=english_of,
        action=url_for("sign_in.told_whose", next=_onward()),
    )  # fmt: skip
