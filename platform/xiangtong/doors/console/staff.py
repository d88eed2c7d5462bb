"""The people of a township: list, add, edit, stop, and print a slip for a first sign-in or a reset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from xiangtong.doors.console import role_words
from xiangtong.doors.shared import access, asking, slip
from xiangtong.doors.shared.services import services
from xiangtong.identity import handover, roles, staff
from xiangtong.identity.models import Staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problems
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

STATES = {"invited": ("还没登录过", "soon"), "active": ("在用", "done"), "disabled": ("已停用", "")}


@blueprint.get("/")
@access.staff("staff.view")
def index() -> str:
    """Everybody within reach; `q` narrows."""
    found, words = asking.staff(), request.args.get("q", "").strip()[:40]
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        members = [_line(member) for member in staff.list_staff(session, person=found, words=words)]
    return render_template("console/staff_list.html", members=members, words=words)


def _line(member: Staff) -> dict[str, Any]:
    words, look = STATES[member.state]
    seen = member.last_sign_in_at
    return {
        "id": member.id, "staff_no": member.staff_no, "name": member.name, "dept": member.dept_name,
        "roles": "、".join(roles.ROLE_NAMES[role] for role in member.roles), "state": words, "look": look,
        "seen": clock.local(seen).strftime("%Y-%m-%d %H:%M") if seen else "", "demo": member.demo,
    }  # fmt: skip


@blueprint.get("/roles")
@access.staff("staff.view")
def list_roles() -> str:
    """Which role may do what, as a table to read."""
    rows = [[roles.ROLE_NAMES[role], role_words.said(held)] for role, held in roles.PERMISSIONS.items()]
    return render_template("console/roles.html", rows=rows)


@blueprint.route("/new", methods=["GET", "POST"])
@access.staff("staff.manage")
def new() -> Response | tuple[str, int]:
    """Add somebody."""
    found, error = asking.staff(), None
    entry = _typed("") if request.method == "POST" else _blank(found)
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = session.get_one(Tenant, found.tenant_id)
        if request.method == "POST":
            try:
                with session.begin_nested():
                    member = staff.add(session, keys=services().keys, tenant=tenant, entry=entry, giver=found)
                return redirect(url_for("staff.show", staff_id=member.id, done="added"), 303)
            except Problems as problems:
                error = problems
        return _form(session, found, entry, error, title=_("添加人员")), 422 if error else 200


@blueprint.get("/<uuid:staff_id>")
@access.staff("staff.view")
def show(staff_id: UUID) -> str:
    """One person, with what can be done."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        member = staff.get(session, staff_id=staff_id, person=found)
        tenant = session.get_one(Tenant, found.tenant_id)
        facts = _facts(session, member, tenant)
    governs = staff.governs(found, member)
    return render_template(
        "console/staff_show.html", member=_line(member), facts=facts, raw_state=member.state,
        done=request.args.get("done", ""), by_phone=roles.signs_in_by_phone(member.roles),
        mine=member.id == found.subject_id,
        governs=governs,
    )  # fmt: skip


def _facts(session: ScopedSession, member: Staff, tenant: Tenant) -> list[tuple[str, str]]:
    line = _line(member)
    names = dict(_places(session, member.reach))
    return [
        (_("工号"), member.staff_no),
        (_("登录账号"), staff.account_of(tenant, member.staff_no)),
        (_("手机号"), staff.masked_phone(services().keys, member) or _("没有填")),
        (_("部门"), f"{member.dept_name} {member.dept_code}".strip() or _("没有填")),
        (_("角色"), line["roles"]),
        (_("管理范围"), "、".join(names.get(prefix, prefix) for prefix in member.reach)),
        (_("最近登录"), line["seen"] or _("还没登录过")),
    ]


@blueprint.route("/<uuid:staff_id>/edit", methods=["GET", "POST"])
@access.staff("staff.manage")
def edit(staff_id: UUID) -> Response | tuple[str, int]:
    """Change what is known of somebody."""
    found, error = asking.staff(), None
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        member = staff.get(session, staff_id=staff_id, person=found)
        entry = _typed(member.staff_no) if request.method == "POST" else _known(member)
        if request.method == "POST":
            try:
                with session.begin_nested():
                    staff.edit(session, keys=services().keys, staff_id=staff_id, entry=entry, giver=found)
                return redirect(url_for("staff.show", staff_id=staff_id, done="edited"), 303)
            except Problems as problems:
                error = problems
        page = _form(session, found, entry, error, title=_("修改资料"), member=member)
    return page, 422 if error else 200


@blueprint.post("/<uuid:staff_id>/disable")
@access.staff("staff.manage")
def disable(staff_id: UUID) -> Response:
    """Stop an account, or let it be used again."""
    found, stopping = asking.staff(), request.form.get("disabled") == "1"
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        staff.set_disabled(session, staff_id=staff_id, disabled=stopping, giver=found)
    return redirect(url_for("staff.show", staff_id=staff_id, done="disabled" if stopping else "enabled"), 303)


@blueprint.post("/<uuid:staff_id>/slip", endpoint="slip")
@access.staff("staff.hand_over")
def print_slip(staff_id: UUID) -> str:
    """A slip to print; the old password and second factor stop working at once."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        printed = handover.issue(session, keys=services().keys, staff_id=staff_id, giver=found)
    return slip.page(printed, back=url_for("staff.show", staff_id=staff_id))


def _blank(found: SignedIn) -> staff.Entry:
    return staff.Entry("", "", "", (), found.reach[:1])


def _known(member: Staff) -> staff.Entry:
    return staff.Entry(
        member.staff_no, member.name, staff.phone_of(services().keys, member), tuple(member.roles),
        tuple(member.reach), member.dept_name, member.dept_code,
    )  # fmt: skip


def _typed(staff_no: str) -> staff.Entry:
    form = request.form
    return staff.Entry(
        staff_no=staff_no or form.get("staff_no", "").strip(), name=form.get("name", "").strip(),
        phone=form.get("phone", "").strip(), roles=tuple(form.getlist("roles")), reach=tuple(form.getlist("reach")),
        dept_name=form.get("dept_name", "").strip()[:60], dept_code=form.get("dept_code", "").strip()[:40],
    )  # fmt: skip


def _form(
    session: ScopedSession, found: SignedIn, entry: staff.Entry, error: Problems | None, *, title: str,
    member: Staff | None = None,
) -> str:  # fmt: skip
    offered = roles.grantable(found.roles) | set(member.roles if member else ())
    return render_template(
        "console/staff_form.html",
        title=title, entry=entry, member=member, by_field=asking.by_field(error),
        problems=asking.sentences(error) if error else [],
        roles=[(role, roles.ROLE_NAMES[role]) for role in roles.ROLES if role in offered],
        places=_places(session, found.reach),
    )  # fmt: skip


def _places(session: ScopedSession, frame: Iterable[str]) -> list[tuple[str, str]]:
    """The divisions a person may be sent to: what `frame` names, and one level below it."""
    found: dict[str, str] = {}
    for prefix in frame:
        for division in staff.divisions_of(session, prefix):
            found[division.prefix] = division.short_name or division.name
    return sorted(found.items())
