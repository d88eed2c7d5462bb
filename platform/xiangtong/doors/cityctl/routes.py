"""The city's townships: the list, one township, and what an operator may do to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.cityctl import _survey
from xiangtong.doors.shared import access, asking, slip
from xiangtong.doors.shared.services import services
from xiangtong.identity import handover, staff
from xiangtong.identity.models import Staff
from xiangtong.identity.roles import ROLE_NAMES
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Problem, Problems, Refusal
from xiangtong.tenancy import lifecycle
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import CITY, Scope, within

blueprint = Blueprint("city", __name__, url_prefix="/city")

STATES = {"open": ("正常", "done"), "suspended": ("已暂停", "soon"), "closed": ("已并入别处", "")}
_VERBS = ("suspend", "reopen", "rename", "merge")
# Where on the page a problem of a form stands: two of the forms ask for a name.
_FIELDS = {"admin": {"name": "admin-name"}, "rename": {"main": "new-name"}, "merge": {"main": "into"}}


@blueprint.get("/")
@access.staff("tenants.provision")
def index() -> str:
    """Every township within reach, with its people."""
    words = request.args.get("q", "").strip()[:40]
    lines = _survey.townships(services().db, person=asking.staff(), words=words)
    unmanned = sum(not line.people and line.state == "open" for line in lines)
    return render_template(
        "cityctl/index.html", lines=lines, words=words, states=STATES, moment=_moment, unmanned=unmanned
    )


@blueprint.get("/waiting")
@access.staff("oversight.view")
def waiting() -> str:
    """Who has not signed in yet."""
    rows = [
        [line.township, line.staff_no, line.name, _roles(line.roles), _moment(line.since)]
        for line in _survey.waiting(services().db, person=asking.staff())
    ]
    return render_template("cityctl/waiting.html", rows=rows)


@blueprint.get("/<code>/")
@access.staff("tenants.provision")
def show(code: str) -> str:
    """One township: its state, its administrators, what can be done."""
    return _page(code)


@blueprint.post("/<code>/<verb>")
@access.staff("tenants.provision")
def change(code: str, verb: str) -> Response | tuple[str, int]:
    """Suspend, reopen, rename or merge."""
    if verb not in _VERBS:
        raise NotFound
    found = asking.staff()
    try:
        with services().db.scope(CITY) as session:
            _survey.township(session, code=code, person=found)
            detail = _change(session, code, verb)
            _note(session, found, f"tenant.{verb}", code, detail)
    except NotFound:
        raise
    except Refusal as error:
        return _page(code, error, asked=verb), error.status
    return redirect(url_for("city.show", code=code, done=verb), 303)


def _change(session: ScopedSession, code: str, verb: str) -> dict[str, Any]:
    if verb == "rename":
        name = "".join(char for char in request.form.get("name", "") if char.isprintable()).strip()
        lifecycle.rename(session, code=code, name=name)
        return {"name": name}
    if verb == "merge":
        into = _heir(session)
        lifecycle.merge(session, code=code, into=into)
        return {"into": into}
    lifecycle.suspend(session, code=code) if verb == "suspend" else lifecycle.reopen(session, code=code)
    return {}


def _heir(session: ScopedSession) -> str:
    """The township to go into; raises everything that is not said yet, because nobody can take this step back."""
    into, problems = request.form.get("into", "").strip(), []
    try:
        _survey.township(session, code=into, person=asking.staff())
    except NotFound:
        problems.append(Problem("/into", gettext("请选要并入的乡镇"), "Choose the township to merge into", "INTO"))
    if request.form.get("sure") != "yes":
        problems.append(Problem("/sure", gettext("请先核对，再勾选"), "Please confirm first", "SURE"))
    if problems:
        raise Problems(problems)
    return into


def _note(session: ScopedSession, found: SignedIn, action: str, code: str, detail: dict[str, Any]) -> None:
    with within(session, city=False, tenant_id=found.tenant_id):
        audit.record(session, actor=staff.actor_of(found), action=action, subject=f"tenant:{code}", detail=detail)


@blueprint.post("/<code>/first-admin")
@access.staff("staff.hand_over")
def first_admin(code: str) -> str | tuple[str, int]:
    """Add an administrator to a township and print the slip."""
    found = asking.staff()
    tenant = _tenant(code, found)
    try:
        with services().db.scope(Scope(tenant_id=tenant.id)) as session:
            member = staff.add(session, keys=services().keys, tenant=tenant, entry=_entry(tenant), giver=found)
            printed = handover.issue(session, keys=services().keys, staff_id=member.id, giver=found)
    except Refusal as error:
        return _page(code, error, asked="admin"), error.status
    return slip.page(printed, back=url_for("city.show", code=code))


@blueprint.post("/<code>/<uuid:staff_id>/slip")
@access.staff("staff.hand_over")
def print_slip(code: str, staff_id: UUID) -> str:
    """Another slip for an administrator who lost theirs."""
    found = asking.staff()
    tenant = _tenant(code, found)
    with services().db.scope(Scope(tenant_id=tenant.id)) as session:
        member = session.get(Staff, (tenant.id, staff_id))
        if member is None or "township_admin" not in member.roles:
            raise NotFound
        printed = handover.issue(session, keys=services().keys, staff_id=staff_id, giver=found)
    return slip.page(printed, back=url_for("city.show", code=code))


def _entry(tenant: Tenant) -> staff.Entry:
    form = request.form
    return staff.Entry(
        staff_no=form.get("staff_no", "").strip(), name=form.get("name", "").strip(),
        phone=form.get("phone", "").strip(), roles=("township_admin",), reach=(tenant.code,),
    )  # fmt: skip


def _tenant(code: str, found: SignedIn) -> Tenant:
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        return _survey.township(session, code=code, person=found)


def _page(code: str, error: Refusal | None = None, *, asked: str = "") -> str:
    found = asking.staff()
    tenant = _tenant(code, found)
    with services().db.scope(Scope(tenant_id=tenant.id)) as session:
        members = session.scalars(select(Staff).where(Staff.tenant_id == tenant.id).order_by(Staff.staff_no)).all()
        successor = session.get(Tenant, tenant.successor_id) if tenant.successor_id else None
    admins = [member for member in members if "township_admin" in member.roles]
    names = _FIELDS.get(asked, {})
    problems = [(names.get(field, field), sentence) for field, sentence in asking.sentences(error)] if error else []
    return render_template(
        "cityctl/township.html",
        tenant=tenant, state=STATES[tenant.state], admins=admins, people=len(members), successor=successor,
        kit=_survey.kit_titles().get(tenant.kit, tenant.kit), heirs=_heirs(tenant, found), moment=_moment,
        typed=request.form, asked=asked, done=request.args.get("done", ""), problems=problems, by_field=dict(problems),
    )  # fmt: skip


def _heirs(tenant: Tenant, found: SignedIn) -> list[tuple[str, str]]:
    """The townships that this one may go into, with their counties."""
    lines = _survey.townships(services().db, person=found)
    return [
        (line.code, f"{line.name}（{line.county}，{line.code}）")
        for line in lines
        if line.state != "closed" and line.code != tenant.code
    ]


def _roles(roles: tuple[str, ...]) -> str:
    return "、".join(ROLE_NAMES[role] for role in roles)


def _moment(value: Any) -> str:
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""
