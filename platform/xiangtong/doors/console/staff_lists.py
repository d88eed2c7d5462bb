"""Staff lists as spreadsheets: template, export, and an import that says everything wrong at once."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import rosters
from xiangtong.kernel import clock, sheets
from xiangtong.kernel.errors import Problems, Refusal
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

# Who has a longer list of mistakes mends the kind of mistake first.
_MOST_SHOWN = 200
blueprint = Blueprint("staff_lists", __name__, url_prefix="/staff")


@blueprint.get("/template.xlsx")
@access.staff("staff.manage")
def template() -> Response:
    """The file to fill."""
    return _file(rosters.template(asking.staff()), "staff-template.xlsx")


@blueprint.get("/export.xlsx")
@access.staff("staff.view")
def export() -> Response:
    """Everybody within reach, phones masked."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        data = rosters.export(session, keys=services().keys, person=found)
    return _file(data, f"staff-{clock.today().isoformat()}.xlsx")


@blueprint.route("/import", methods=["GET", "POST"])
@access.staff("staff.manage")
def take_in() -> str | tuple[str, int]:
    """Upload a list: all rows or none."""
    if request.method == "GET":
        return _page()
    upload, found = request.files.get("file"), asking.staff()
    try:
        if upload is None or not upload.filename:
            raise sheets.SheetUnreadable(gettext("还没有选文件，请先选好填好的表格"), "No file was chosen")
        lines = rosters.read(upload.read())
        with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
            tenant = session.get_one(Tenant, found.tenant_id)
            added, edited = rosters.take_in(session, keys=services().keys, tenant=tenant, lines=lines, giver=found)
    except Refusal as error:
        return _page(error), error.status
    return _page(added=added, edited=edited)


def _page(error: Refusal | None = None, **counts: int) -> str:
    rows = asking.lines(error.problems) if isinstance(error, Problems) else []
    return render_template(
        "console/staff_import.html", error=error.message if error else "", rows=rows[:_MOST_SHOWN],
        more=max(len(rows) - _MOST_SHOWN, 0), **counts,
    )  # fmt: skip


def _file(data: bytes, name: str) -> Response:
    return Response(data, mimetype=sheets.XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
