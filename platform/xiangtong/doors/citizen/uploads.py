"""Photos and files of a citizen's own draft, staged as soon as they are picked.

`POST …/files` takes a file through us (form fields `pointer`, `file`); with JSON it gives an address in the store
instead, and `POST …/files/<id>/done` says that the file is there. `POST /uploads` is that address for a local folder.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy import select

from xiangtong import attachments
from xiangtong.attachments import UPLOAD_PATH, LocalStorage
from xiangtong.doors.citizen import _covered
from xiangtong.doors.shared import files
from xiangtong.doors.shared.access import citizen, signed
from xiangtong.doors.shared.frame import csrf
from xiangtong.doors.shared.person import citizen as signed_in_citizen
from xiangtong.doors.shared.services import services
from xiangtong.drafts import opening
from xiangtong.drafts.opening import Holder
from xiangtong.kernel.errors import NotFound, Refusal
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY

blueprint = Blueprint("uploads", __name__)


@blueprint.post("/<code>/drafts/<uuid:draft_id>/files")
@citizen(assurance=0)
def add(code: str, draft_id: UUID) -> Response:
    """A file through us, or, asked with JSON, an address in the store for it."""
    place = _place(code, draft_id)
    if request.is_json:
        return _offered(place, code)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise _nothing_chosen()
    told = request.form
    staged = files.take(
        place, pointer=told.get("pointer", ""), upload=upload, name=told.get("upload_id", "")[:64],
        page=told.get("_form", ""),
    )  # fmt: skip
    return _described(staged, code, draft_id, 201)


@blueprint.post("/<code>/drafts/<uuid:draft_id>/files/<uuid:file_id>/done")
@citizen(assurance=0)
def done(code: str, draft_id: UUID, file_id: UUID) -> Response:
    """The file is in the store: look at it now."""
    return _described(files.confirm(_place(code, draft_id), file_id=file_id), code, draft_id, 200)


@blueprint.post("/<code>/drafts/<uuid:draft_id>/files/<uuid:file_id>/drop")
@citizen(assurance=0)
def drop(code: str, draft_id: UUID, file_id: UUID) -> Response:
    """Take the file back."""
    place = _place(code, draft_id)
    with services().db.scope(place.scope) as session:
        row = attachments.find(session, tenant_id=place.tenant_id, attachment_id=file_id, owner_id=draft_id)
        draft = opening.load_to_write(
            session, keys=services().keys, tenant_id=place.tenant_id, draft_id=draft_id, holder=place.holder
        )
        files.drop(session, draft=draft, pointer=row.question, file_id=file_id)
    return Response(status=204)


@blueprint.get("/<code>/drafts/<uuid:draft_id>/files/<uuid:file_id>")
@citizen(assurance=0)
def show(code: str, draft_id: UUID, file_id: UUID) -> Response:
    """The file itself; `?small=1` a thumbnail of a photo. A device that reopened a draft by a code sees none."""
    if signed_in_citizen().kind == "revisit":
        raise NotFound
    place = _place(code, draft_id)
    with services().db.scope(place.scope) as session:
        draft = opening.load(
            session, keys=services().keys, tenant_id=place.tenant_id, draft_id=draft_id, holder=place.holder
        )
        row = attachments.find(session, tenant_id=place.tenant_id, attachment_id=file_id, owner_id=draft_id)
        if signed_in_citizen().kind == "citizen" and str(file_id) in _covered.files(draft.typed):
            raise NotFound
        stored = attachments.reopen(row, key=draft.key)
    if not stored.ready:
        raise NotFound("这个文件还在检查，请过一会儿再看", "The file is still being looked at")
    return files.send(stored, key=draft.key, small="small" in request.args)


@blueprint.post(UPLOAD_PATH)
@signed
def store() -> Response:
    """The upload address of a local folder; the signed policy among the fields is the permission."""
    storage = services().storage
    upload = request.files.get("file")
    if not isinstance(storage, LocalStorage):
        raise NotFound
    if upload is None:
        raise _nothing_chosen()
    storage.accept(request.form, upload.stream.read())
    return Response(status=204)


csrf.exempt(store)


def _offered(place: files.Place, code: str) -> Response:
    told = request.get_json(silent=True)
    told = told if isinstance(told, dict) else {}
    file, offer = files.offer(
        place,
        pointer=_text(told, "pointer"),
        name=_text(told, "name"),
        media_type=_text(told, "media_type"),
        size=told["size"] if isinstance(told.get("size"), int) else 0,
        sha256=_digest(told),
    )
    done_url = url_for("uploads.done", code=code, draft_id=place.draft_id, file_id=file.id)
    response = jsonify(id=str(file.id), url=offer.url, fields=offer.fields, done=done_url)
    response.status_code = 201
    return response


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name, "")
    return value if isinstance(value, str) else ""


def _digest(told: dict[str, Any]) -> str:
    """64 lowercase hex characters; anything else is no checksum, which is refused where the file is announced."""
    value = _text(told, "sha256").lower()
    return value if len(value) == 64 and all(char in "0123456789abcdef" for char in value) else ""


def _place(code: str, draft_id: UUID) -> files.Place:
    with services().db.scope(NOBODY) as session:
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.code == code))
    if tenant_id is None:
        raise NotFound
    if signed_in_citizen().draft_id not in (None, draft_id):
        raise NotFound
    return files.Place(tenant_id, draft_id, Holder(citizen_id=signed_in_citizen().subject_id))


def _described(staged: files.Staged, code: str, draft_id: UUID, status: int) -> Response:
    stored = staged.file
    address = url_for("uploads.show", code=code, draft_id=draft_id, file_id=stored.id)
    more = {"state": stored.state, "scan_state": stored.scan_state, "url": address, "revision": staged.revision}
    response = jsonify(stored.answer() | more)
    response.status_code = status
    return response


def _nothing_chosen() -> Refusal:
    return Refusal("还没有选文件，请先拍照或选一个文件", "No file was chosen", code="FILE_MISSING", status=422)
