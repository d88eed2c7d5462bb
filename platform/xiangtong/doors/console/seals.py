"""The seals of the audit log, computed again on request of the audit administrator."""

from __future__ import annotations

from flask import Blueprint, render_template

from xiangtong import audit
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("seals", __name__)


@blueprint.get("/audit/seals")
@access.staff("audit.view")
def index() -> str:
    """Whether everything that was sealed is still as it was written."""
    found = asking.staff()
    tenant_id = found.tenant_id or 0
    with services().db.scope(Scope(tenant_id=tenant_id)) as session:
        breaks = audit.verify(session, tenant_id=tenant_id)
    return render_template("console/seals.html", rows=[[str(broken.seq), broken.what] for broken in breaks])
