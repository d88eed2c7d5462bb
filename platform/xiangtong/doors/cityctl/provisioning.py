"""Provisioning on the screen: upload the files, read what would change, choose a kit, then do it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext

from xiangtong import audit
from xiangtong.channels import founding
from xiangtong.doors.cityctl import _survey
from xiangtong.doors.cityctl.routes import blueprint
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import reach, staff
from xiangtong.kernel.errors import NotAllowed, NotFound, Problems, Refusal
from xiangtong.tenancy import uploads
from xiangtong.tenancy.city_file import FILE, read_city
from xiangtong.tenancy.folder import Folder, MemoryFolder, PathFolder
from xiangtong.tenancy.provision import Report
from xiangtong.tenancy.scope import Scope
from xiangtong.tenancy.sheet import BadFiles, BadRow
from xiangtong.wiring import ROOT

_NAME = re.compile(r"(?:city\.toml|divisions\.csv|units\.csv|changes\.csv|[0-9]{9}\.toml)\Z")
_KIT_LINE = re.compile(r"(?m)^kit\s*=.*$")
_MOST_FILES = 120
_DIVISIONS = "divisions.csv"


@dataclass(frozen=True, slots=True)
class Overlay:
    """The uploaded files in front of the files that the city was provisioned from."""

    front: MemoryFolder
    behind: Folder

    def names(self) -> list[str]:
        """The names of both."""
        return sorted({*self.front.names(), *self.behind.names()})

    def read(self, name: str) -> bytes | None:
        """The uploaded file, else the standing one."""
        found = self.front.read(name)
        return self.behind.read(name) if found is None else found


@blueprint.route("/provision", methods=["GET", "POST"])
@access.staff("tenants.provision")
def provision() -> str | tuple[str, int]:
    """Upload, and see what would change. Nothing is changed here."""
    if request.method == "GET":
        return _page()
    found = asking.staff()
    try:
        files = _uploaded()
        folder = _folder(files, found.reach)
        report = founding.provision_city(services().db, services().keys, folder, dry_run=True)
        with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
            upload_id = uploads.keep(session, tenant_id=found.tenant_id or 0, files=files)
    except Refusal as error:
        return _page(error), error.status
    return _page(report=report, upload_id=upload_id)


@blueprint.get("/provision/files/<name>")
@access.staff("tenants.provision")
def standing_file(name: str) -> Response:
    """A file the city stands on, to be edited and uploaded again."""
    folder = standing(asking.staff().reach)
    data = _divisions(folder) if name == _DIVISIONS else folder.read(name) if _NAME.match(name) else None
    if data is None:
        raise NotFound
    # Spreadsheet programs take a CSV file without its mark for one of another encoding.
    marked = data if not name.endswith(".csv") or data.startswith(BOM_UTF8) else BOM_UTF8 + data
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(marked, mimetype="text/csv" if name.endswith(".csv") else "text/plain", headers=headers)


@blueprint.post("/provision/<uuid:upload_id>")
@access.staff("tenants.provision")
def confirm(upload_id: UUID) -> str | tuple[str, int]:
    """Do what the dry run said; the files are checked once more, because the world may have moved."""
    found = asking.staff()
    scope = Scope(tenant_id=found.tenant_id)
    try:
        with services().db.scope(scope) as session:
            files = uploads.take(session, tenant_id=found.tenant_id or 0, upload_id=upload_id).files
        folder = _folder(files, found.reach)
        report = founding.provision_city(services().db, services().keys, folder)
    except Refusal as error:
        return _page(error), error.status
    with services().db.scope(scope) as session:
        uploads.stand(session, tenant_id=found.tenant_id or 0, files=folder.front.files)
        detail = {"city": report.city, "changes": len(report.lines), "tenants": report.tenants_touched}
        audit.record(
            session, actor=staff.actor_of(found), action="tenants.provisioned", subject=f"upload:{upload_id}",
            detail=detail,
        )  # fmt: skip
    return _page(report=report)


def _uploaded() -> dict[str, bytes]:
    given = [upload for upload in request.files.getlist("files") if upload.filename][:_MOST_FILES]
    bad = [
        BadRow(
            upload.filename or "",
            0,
            "",
            "",
            "文件名要是 divisions.csv、units.csv、changes.csv、city.toml，或 9 位代码.toml",
        )
        for upload in given
        if not _NAME.match(upload.filename or "")
    ]
    if not given:
        sentence = gettext("还没有选文件，请选择区划文件 divisions.csv")
        raise Refusal(sentence, "No file was chosen", code="NO_FILE", status=422)
    if bad:
        raise BadFiles(bad)
    files = {upload.filename or "": upload.read() for upload in given}
    kit = request.form.get("kit", "")
    return files | ({".kit": kit.encode()} if kit in _survey.kit_titles() else {})


def _folder(files: Mapping[str, bytes], allowed: tuple[str, ...]) -> Overlay:
    """The uploaded files over the standing ones, with the chosen kit; raises when the city is out of reach."""
    given = MemoryFolder({name: data for name, data in files.items() if name != ".kit"})
    overlay = Overlay(given, standing(allowed))
    bad: list[BadRow] = []
    city = read_city(overlay, bad)
    if city is None:
        raise BadFiles(bad)
    if not reach.covers(allowed, city.prefix):
        raise NotAllowed("这个城市不在您管理的范围里", "This city is outside your reach")
    kit = files.get(".kit", b"").decode()
    if not kit:
        return overlay
    chosen = _with_kit((overlay.read(FILE) or b"").decode(), kit).encode()
    return Overlay(MemoryFolder({**overlay.front.files, FILE: chosen}), overlay.behind)


def _with_kit(document: str, kit: str) -> str:
    line = f'kit = "{kit}"'
    return _KIT_LINE.sub(line, document) if _KIT_LINE.search(document) else f"{line}\n{document}"


def standing(allowed: Sequence[str]) -> Folder:
    """The files the operator's city stands on: what was uploaded last, before what came with this deployment."""
    who = asking.staff()
    with services().db.scope(Scope(tenant_id=who.tenant_id)) as session:
        return Overlay(uploads.standing(session, tenant_id=who.tenant_id or 0), _delivered(allowed))


def _divisions(folder: Folder) -> bytes | None:
    """The city's part of the divisions it stands on: its file may be that of the whole province."""
    city = read_city(folder, [])
    data = folder.read(city.divisions) if city else None
    if city is None or data is None:
        return None
    head, *lines = data.removeprefix(BOM_UTF8).splitlines()
    province = city.prefix[:2].ljust(12, "0")
    mine = (line for line in lines if line.startswith((city.prefix.encode(), province.encode())))
    return b"\r\n".join((head, *mine, b""))


def _delivered(allowed: Sequence[str]) -> Folder:
    for path in sorted((ROOT / "tenants").glob(f"*/{FILE}")):
        city = read_city(PathFolder(path.parent), [])
        if city is not None and city.prefix in allowed:
            return PathFolder(path.parent)
    return MemoryFolder({})


def _page(error: Refusal | None = None, report: Report | None = None, upload_id: UUID | None = None) -> str:
    bad = asking.lines(error.problems) if isinstance(error, Problems) else []
    return render_template(
        "cityctl/provision.html", error=error.message if error else "", bad=bad[:500], report=report, upload_id=upload_id,
        files=sorted({_DIVISIONS, *filter(_NAME.match, standing(asking.staff().reach).names())}),
        kits=list(_survey.kit_titles().items()), lines=[_line(line) for line in report.lines[:500]] if report else [],
    )  # fmt: skip


def _line(line: object) -> list[str]:
    words = {"added": "新增", "renamed": "改名", "merged": "合并", "closed": "撤销", "altered": "更改"}
    kind, was = getattr(line, "kind", ""), getattr(line, "was", "")
    return [words.get(kind, kind), getattr(line, "code", ""), getattr(line, "name", ""), was]
