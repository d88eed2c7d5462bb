"""事项导入 on the screen: download the template, upload the sheet, read what would change, then do it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext

from xiangtong import audit
from xiangtong.channels.importing import Imported, import_items
from xiangtong.doors.cityctl.provisioning import standing
from xiangtong.doors.cityctl.routes import blueprint
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.items import sheet
from xiangtong.kernel import sheets
from xiangtong.kernel.errors import Problems, Refusal
from xiangtong.tenancy import uploads
from xiangtong.tenancy.scope import Scope

_NAME = "items"
_MOST_SHOWN = 200
_MAY = access.staff("tenants.provision")


@blueprint.get("/items/template.xlsx")
@_MAY
def items_template() -> Response:
    """The file to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="items-template.xlsx"'}
    return Response(sheet.template(), mimetype=sheets.XLSX, headers=headers)


@blueprint.route("/items", methods=["GET", "POST"])
@_MAY
def items() -> str | tuple[str, int]:
    """Upload, and see what would change. Nothing is changed here."""
    if request.method == "GET":
        return _page()
    who, sent = asking.staff(), request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise sheets.SheetUnreadable(gettext("还没有选文件，请先选好填好的表格"), "No file was chosen")
        data = sent.stream.read(sheets.MOST_BYTES + 1)
        found = _import(who, data, dry_run=True)
        with services().db.scope(Scope(tenant_id=who.tenant_id)) as session:
            upload_id = uploads.keep(session, tenant_id=who.tenant_id or 0, files={_NAME: data})
    except Refusal as error:
        return _page(error), error.status
    return _page(found=found, upload_id=upload_id)


@blueprint.post("/items/<uuid:upload_id>")
@_MAY
def confirm_items(upload_id: UUID) -> str | tuple[str, int]:
    """Do what the dry run said; the sheet is checked once more, because the world may have moved."""
    who = asking.staff()
    scope = Scope(tenant_id=who.tenant_id)
    try:
        with services().db.scope(scope) as session:
            kept = uploads.take(session, tenant_id=who.tenant_id or 0, upload_id=upload_id)
        done = _import(who, kept.read(_NAME) or b"", dry_run=False)
    except Refusal as error:
        return _page(error), error.status
    with services().db.scope(scope) as session:
        audit.record(
            session, actor=staff.actor_of(who), action="items.imported", subject=f"upload:{upload_id}",
            detail={"count": len(done.added), "changes": len(done.changed)},
        )  # fmt: skip
    return _page(found=done)


def _import(who: SignedIn, data: bytes, *, dry_run: bool) -> Imported:
    return import_items(services().db, services().keys, data, folder=standing(who.reach), dry_run=dry_run)


def _page(error: Refusal | None = None, *, found: Imported | None = None, upload_id: UUID | None = None) -> str:
    bad = asking.lines(error.problems) if isinstance(error, Problems) else []
    return render_template(
        "cityctl/items.html", error=error.message if error else "", bad=bad[:_MOST_SHOWN],
        more=max(len(bad) - _MOST_SHOWN, 0), found=found, upload_id=upload_id,
    )  # fmt: skip
