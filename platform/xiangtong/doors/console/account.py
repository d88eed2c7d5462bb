"""My account: password, second factor, and where I am signed in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import accounts, handover, passwords, roles, sessions, throttle
from xiangtong.identity.models import Staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Problem, Problems, Refusal
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("/")
@access.staff("account.own")
def index() -> str:
    """The page with everything about my own account."""
    return _page()


@blueprint.post("/password")
@access.staff("account.own")
def change_password() -> Response | tuple[str, int]:
    """Choose another password; every other session ends."""
    try:
        _change(asking.staff())
    except Refusal as error:
        return _page(error), error.status
    return redirect(url_for("account.index", done="password"), 303)


def _change(found: SignedIn) -> None:
    old, new, again = (request.form.get(name, "") for name in ("old", "password", "again"))
    problems = passwords.problems_of(new, account=found.staff_no)
    if new != again:
        problems.append(Problem("/again", "两次输入的密码不一样，请再输一遍", "The two differ", "PASSWORD_TWICE"))
    # Guessing the old password at an unlocked desk is counted like any other guessing.
    throttle.spend(services().db, throttle.SIGN_IN, str(found.subject_id))
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as rows:
        if not accounts.password_matches(rows, staff_id=found.subject_id, password=old):
            problems.append(Problem("/old", "原来的密码不对，请再输一遍", "Wrong password", "PASSWORD_OLD"))
        if problems:
            raise Problems(problems)
        handover.set_password(rows, member=rows.get_one(Staff, (found.tenant_id, found.subject_id)), password=new)
        sessions.close_all(rows, kind="staff", subject_id=found.subject_id, tenant_id=found.tenant_id, keep=found.key)
    throttle.clear(services().db, throttle.SIGN_IN, str(found.subject_id))


@blueprint.post("/sessions/end")
@access.staff("account.own")
def end_session() -> Response:
    """End one of my sessions, or all but this one."""
    found, key = asking.staff(), request.form.get("key", "")
    who = {"kind": "staff", "subject_id": found.subject_id, "tenant_id": found.tenant_id}
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as rows:
        if key:
            sessions.close_one(rows, key=key, **who)  # type: ignore[arg-type]
        else:
            sessions.close_all(rows, keep=found.key, **who)  # type: ignore[arg-type]
    if key == found.key:
        session.clear()
    return redirect(url_for("account.index", done="sessions"), 303)


def _page(error: Refusal | None = None) -> str:
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as rows:
        lines = sessions.list_sessions(rows, kind="staff", subject_id=found.subject_id, tenant_id=found.tenant_id)
        member = rows.get_one(Staff, (found.tenant_id, found.subject_id))
    mine = [
        {"key": line.key, "device": line.device, "current": line.key == found.key,
         "since": clock.local(line.created_at).strftime("%m-%d %H:%M")}
        for line in lines
    ]  # fmt: skip
    return render_template(
        "console/account.html",
        mine=mine, problems=asking.sentences(error) if error else [], by_field=asking.by_field(error),
        done=request.args.get("done", ""), by_phone=roles.signs_in_by_phone(found.roles),
        has_totp=member.totp_sealed is not None,
        roles="、".join(roles.ROLE_NAMES[role] for role in found.roles),
    )  # fmt: skip
