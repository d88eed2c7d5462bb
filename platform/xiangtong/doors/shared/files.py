"""Files of a draft, for every door where a form is filled: take, offer, confirm, drop, send back.

Bytes travel while no transaction is open. A file is in the draft's answers as soon as it was looked at, so a page that
is loaded again shows it; should a process die in between, the file waits or is purged, and no answer names it.
"""

from __future__ import annotations

import io
import mimetypes
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from xiangtong import attachments
from xiangtong.attachments import Offer, Pending, Rules, Stored, Verdict, watermark
from xiangtong.attachments.kinds import Examined
from xiangtong.attachments.models import Attachment
from xiangtong.attachments.photos import Broken, thumbnail
from xiangtong.dialect.plan import Question
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft, form_of_page
from xiangtong.drafts import filling, moving, opening
from xiangtong.drafts.opening import Holder, OpenDraft
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.tenancy.keys import OpenKey
from xiangtong.tenancy.scope import Scope

_KINDS = frozenset({"file", "photo", "signature"})
_MOST_FILES = 9
# What was uploaded is shown, never run, whatever it claims to be.
_HARMLESS = "default-src 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose draft, in which township, held by whom."""

    tenant_id: int
    draft_id: UUID
    holder: Holder

    @property
    def scope(self) -> Scope:
        """The scope that sees the draft, and the citizen's pointer to it."""
        return Scope(tenant_id=self.tenant_id, citizen_id=self.holder.citizen_id)


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was taken, and how often anything of its draft was saved by then (pages keep count)."""

    file: Stored
    revision: int


def take(place: Place, *, pointer: str, upload: FileStorage, name: str = "", page: str = "") -> Staged:
    """Take a file that was posted to us for the question at `pointer`; raises Unfit, Conflict, NotFound.

    `name` is what the page calls this upload: sent again under the same name, the file that is there is answered.
    `page` is the version that the page shows, by its plan's digest: the draft may have moved on since.
    """
    identity = uuid5(place.draft_id, name) if name else None
    with services().db.scope(place.scope) as session:
        draft = _to_write(session, place)
        shown = form_of_page(session, draft.row, page)
        pointer = moving.place_of(pointer, old=shown, new=form_of_draft(session, draft.row))
        question = _question(session, draft, pointer)
        purpose = _purpose(session, draft, question)
    rules = rules_of(question)
    examined = attachments.examine(upload.stream.read(), rules=rules)
    if purpose:
        examined = _marked(examined, purpose)
    with services().db.scope(place.scope) as session:
        draft = _to_write(session, place)  # Locked: the same upload may come twice at once.
        earlier = _earlier(session, place, identity)
        if earlier is not None and earlier.state != "quarantined":
            return Staged(attachments.reopen(earlier, key=draft.key), _revision(draft))
        file = attachments.pending(earlier) if earlier else attachments.receive(
            session, key=draft.key, tenant_id=place.tenant_id, owner_id=place.draft_id, question=pointer,
            name=upload.filename or "", examined=examined, rules=rules, material_code=_material(question),
            identity=identity,
        )  # fmt: skip
    verdict = attachments.settle_here(
        services().storage, services().scanner, key=draft.key, file=file, examined=examined
    )
    return _conclude(place, key=draft.key, file=file, verdict=verdict)


def offer(place: Place, *, pointer: str, name: str, media_type: str, size: int, sha256: str) -> tuple[Pending, Offer]:
    """An address in the store itself for one file; `confirm` follows when it is there. Raises as `take`."""
    with services().db.scope(place.scope) as session:
        draft = _to_write(session, place)
        question = _question(session, draft, pointer)
        if _purpose(session, draft, question):
            raise Conflict(
                "这张照片要先加上用途水印，请直接在页面上传", "Post this one through the page", code="UPLOAD_HERE"
            )
        file = attachments.begin(
            session,
            key=draft.key,
            tenant_id=place.tenant_id,
            owner_id=place.draft_id,
            question=pointer,
            name=name,
            # Old browsers name no type; then the name's ending is the browser's word.
            media_type=media_type or mimetypes.guess_type(name)[0] or "",
            size=size,
            sha256=sha256,
            rules=rules_of(question),
            material_code=_material(question),
        )
    key = f"{attachments.QUARANTINE}/{file.object_key}"
    return file, services().storage.offer(key, media_type=file.media_type, size=file.size, sha256=file.sha256)


def confirm(place: Place, *, file_id: UUID) -> Staged:
    """Look at a file that was sent to an offered address; raises Unfit, and NotFound when nothing came."""
    with services().db.scope(place.scope) as session:
        draft = _to_write(session, place)
        row = attachments.find(session, tenant_id=place.tenant_id, attachment_id=file_id, owner_id=place.draft_id)
        file, waiting = attachments.pending(row), row.state == "quarantined"
        known = attachments.reopen(row, key=draft.key)
    if known.refusal:
        raise attachments.Unfit.of(known.refusal)
    if not waiting:
        return Staged(known, _revision(draft))
    verdict = attachments.settle(services().storage, services().scanner, key=draft.key, file=file)
    if verdict is None:
        raise NotFound("这个文件还没有传到，请再选一次", "The file has not arrived")
    return _conclude(place, key=draft.key, file=file, verdict=verdict)


def drop(session: ScopedSession, *, draft: OpenDraft, pointer: str, file_id: UUID) -> None:
    """Take one file out of the answers and back; `draft` comes from `load_to_write`. Raises NotFound."""
    attachments.discard(session, tenant_id=draft.row.tenant_id, owner_id=draft.id, attachment_id=file_id)
    left = [one for one in entries(draft, pointer) if one.get("id") != str(file_id)]
    filling.set_files(session, draft=draft, pointer=pointer, files=left)


def entries(draft: OpenDraft, pointer: str) -> list[dict[str, Any]]:
    """The files that the answers name at `pointer`."""
    value = draft.typed.values.get(pointer)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def rules_of(question: Question) -> Rules:
    """What a file question takes: its types, and as many as its schema says."""
    items = question.schema.get("items", {})
    types = items.get("properties", {}).get("media_type", {}).get("enum") or Rules().media_types
    return Rules(max_files=int(question.schema.get("maxItems", _MOST_FILES)), media_types=frozenset(types))


def send(file: Stored, *, key: OpenKey, small: bool = False) -> Response:
    """The bytes for a browser: pictures to look at (`small`: a thumbnail), everything else to save."""
    data = attachments.read(services().storage, key=key, file=file)
    picture = file.media_type.startswith("image/")
    if picture and small:
        data = thumbnail(data)
    response = send_file(
        io.BytesIO(data),
        mimetype="image/jpeg" if picture and small else file.media_type,
        as_attachment=not picture,
        download_name=file.name,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = _HARMLESS
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _earlier(session: ScopedSession, place: Place, identity: UUID | None) -> Attachment | None:
    """What came under this name before; raises NotFound for what was taken back since, Unfit for what was refused."""
    row = session.get(Attachment, (place.tenant_id, identity)) if identity else None
    if row is None:
        return None
    row = attachments.find(session, tenant_id=place.tenant_id, attachment_id=row.id, owner_id=place.draft_id)
    if row.refusal:
        raise attachments.Unfit.of(row.refusal)
    return row


def _to_write(session: ScopedSession, place: Place) -> OpenDraft:
    return opening.load_to_write(
        session,
        keys=services().keys,
        tenant_id=place.tenant_id,
        draft_id=place.draft_id,
        holder=place.holder,
    )


def _question(session: ScopedSession, draft: OpenDraft, pointer: str) -> Question:
    question = form_of_draft(session, draft.row).plan.question_at(pointer)
    if question is None or question.kind not in _KINDS or question.office:
        raise NotFound("这里不能传文件", "No file is asked for here")
    return question


def _purpose(session: ScopedSession, draft: OpenDraft, question: Question) -> str:
    """What a copy of an identity card is for, to be written across it; nothing for any other file."""
    wanted = "id_card" in _material(question) and question.kind == "photo"
    return form_of_draft(session, draft.row).title if wanted else ""


def _marked(examined: Examined, purpose: str) -> Examined:
    day = clock.today().isoformat()
    try:
        return watermark.marked(examined, words=f"仅用于办理{purpose} {day}", plain=f"ONLY FOR ONE APPLICATION {day}")
    except Broken as error:
        raise attachments.Unfit.of("FILE_DAMAGED") from error


def _material(question: Question) -> str:
    return question.material.code if question.material else ""


def _conclude(place: Place, *, key: OpenKey, file: Pending, verdict: Verdict) -> Staged:
    """Write down what looking came to; a file that fits is named in the answers in the same transaction."""
    with services().db.scope(place.scope) as session:
        row = attachments.finish(session, file=file, verdict=verdict)
        stored, draft = attachments.reopen(row, key=key), _to_write(session, place)
        if verdict.examined and stored.state in ("clean", "quarantined"):
            answer = stored.answer() | {
                "digest": verdict.examined.sm3,
                "size": len(verdict.examined.data),
                "media_type": verdict.examined.media_type,
            }
            others = [one for one in entries(draft, row.question) if one.get("id") != answer["id"]]
            filling.set_files(session, draft=draft, pointer=row.question, files=[*others, answer])
    attachments.tidy(services().storage, file=file, verdict=verdict)
    if verdict.refusal:
        raise verdict.refusal
    return Staged(stored, _revision(draft))


def _revision(draft: OpenDraft) -> int:
    return filling.latest(draft.row.revisions)
