"""The start page: what is left to do on the first days, and what this person may open."""

from __future__ import annotations

from flask import Blueprint, render_template

from xiangtong.doors.console import checklist, kept, navigation
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity.roles import ROLE_NAMES
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access.staff("account.own")
def index() -> str:
    """The checklist for whoever runs a township; the way on for everybody."""
    found = asking.staff()
    steps: list[checklist.Step] = []
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = session.get_one(Tenant, found.tenant_id)
        if tenant.kind == "township" and "staff.manage" in found.permissions:
            steps = [] if tenant.successor_id else checklist.steps(session, tenant=tenant)
        heir = session.get(Tenant, tenant.successor_id) if tenant.successor_id else None
    return render_template(
        "console/home.html",
        steps=steps, left=sum(not step.done for step in steps), tenant=tenant,
        roles="、".join(ROLE_NAMES[role] for role in found.roles), doors=list(navigation.doors(found)), heir=heir,
        unsent=kept.waits(),
    )  # fmt: skip
