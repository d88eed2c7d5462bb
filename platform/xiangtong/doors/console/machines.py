"""终端和部门: the machines of a body that file over the API: list, issue (the secret is shown once), stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from xiangtong import audit
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import machines, reach
from xiangtong.identity.machines import Credentials, Machine
from xiangtong.identity.sessions import SignedIn
from xiangtong.identity.staff import actor_of, divisions_of
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problem, Problems
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("machines", __name__, url_prefix="/machines")
_MAY = access.staff("machines.manage")


@blueprint.get("/")
@_MAY
def index() -> str:
    """Those of this person's own body, and the form for another one."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        return _page(session, session.get_one(Tenant, found.tenant_id))


@blueprint.post("/")
@_MAY
def issue() -> Response | tuple[str, int]:
    """Add one, and show its name and secret this once; nobody keeps the page."""
    found = asking.staff()
    try:
        with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
            tenant = session.get_one(Tenant, found.tenant_id)
            given, title = _issued(session, found, tenant)
    except Problems as problems:
        with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
            return _page(session, session.get_one(Tenant, found.tenant_id), problems), 422
    shown = make_response(
        render_template("console/machine_issued.html", given=given, title=title, api=_api_address(tenant))
    )
    shown.headers["Cache-Control"] = "no-store"
    return shown


@blueprint.post("/<uuid:machine_id>/end")
@_MAY
def end(machine_id: UUID) -> Answer:
    """From now on it is refused; a second tap finds it stopped. What it filed stays."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = session.get_one(Tenant, found.tenant_id)
        machines.end(session, machine_id=machine_id)
        _note(session, found, "machine.ended", machines.name_of(tenant, machine_id))
    return redirect(url_for("machines.index", done="ended"), 303)


def _issued(session: ScopedSession, found: SignedIn, tenant: Tenant) -> tuple[Credentials, str]:
    typed = request.form
    title, chosen = typed.get("title", "").strip(), typed.get("reach", "") or tenant.code
    if not reach.covers(found.reach, chosen):
        raise Problems([Problem("/reach", "这个范围不归您管，请另选", "This is beyond your reach", "REACH_OUTSIDE")])
    given = machines.provision(session, tenant=tenant, title=title, kind=typed.get("kind", ""), reach=[chosen])
    _note(session, found, "machine.added", given.name)
    return given, title


def _note(session: ScopedSession, found: SignedIn, action: str, name: str) -> None:
    audit.record(session, actor=actor_of(found), action=action, subject=f"machine:{name}")


def _page(session: ScopedSession, tenant: Tenant, error: Problems | None = None) -> str:
    places = _places(session, tenant)
    named = dict(places)
    return render_template(
        "console/machines.html", lines=[_line(tenant, one, named) for one in machines.machines(session)],
        kinds=[("terminal", _("自助终端")), ("department", _("部门的系统"))], places=places,
        typed=request.form, problems=asking.by_field(error), done=request.args.get("done", "") == "ended",
    )  # fmt: skip


def _line(tenant: Tenant, one: Machine, named: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id, "name": machines.name_of(tenant, one.id), "title": one.title, "active": one.state == "active",
        "kind": _("自助终端") if one.kind == "terminal" else _("部门的系统"),
        "reach": "、".join(named.get(prefix, prefix) for prefix in one.reach),
        "since": f"{clock.local(one.created_at):%Y-%m-%d}",
    }  # fmt: skip


def _places(session: ScopedSession, tenant: Tenant) -> list[tuple[str, str]]:
    """Where a machine of this body may file: all of it, or a county or a township of a city."""
    if tenant.kind == "township":
        return [(tenant.code, tenant.short_name)]
    below = {one.prefix: one.short_name or one.name for one in divisions_of(session, tenant.code)}
    towns = select(Tenant.code, Tenant.short_name).where(
        Tenant.city_code == tenant.city_code, Tenant.kind == "township", Tenant.state == "open"
    )
    below |= {code: name for code, name in session.execute(towns)}  # noqa: C416 - a dict of rows.
    return sorted((below | {tenant.code: tenant.short_name}).items())


def _api_address(tenant: Tenant) -> str:
    return f"{services().settings.base_url}/api/v1/{tenant.code if tenant.kind == 'township' else '<乡镇代码>'}/cases"
