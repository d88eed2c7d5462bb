"""办理结果: the files that go out with a decision or a delivery, taken together with its form.

Each is looked at while no transaction is open and waits at the case; the action hands all of them out at once. So a
form that has to be mended keeps what was chosen, and a page without script needs nothing more than its file field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from xiangtong import attachments, audit
from xiangtong.attachments import Stored, Unfit
from xiangtong.cases import moves, results
from xiangtong.cases.record import OpenCase
from xiangtong.doors.console.workbench_desk import Desk, Place, desk, opened
from xiangtong.doors.console.workbench_moves import Action, offered
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.services import services
from xiangtong.identity.staff import actor_of as audit_actor
from xiangtong.kernel.errors import Conflict, NotFound

#: The actions that may hand out results.
MOVES = frozenset({"decide", "deliver"})
FIELD = "results"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file that waits: its id and name, and whether somebody still has to look at it."""

    id: UUID
    name: str
    ready: bool


def take(place: Place, action: Action) -> dict[str, str]:
    """Drop and add what this request says; the sentences about files that cannot be taken, at their field."""
    if action.move not in MOVES:
        return {}
    _drop(place, action, request.form.getlist("drop"))
    wrong = [_add(place, action, upload) for upload in request.files.getlist(FIELD) if upload.filename]
    told = "；".join(one for one in wrong if one)
    return {FIELD: told} if told else {}


def only_files() -> bool:
    """Whether this request wants its files kept, and nothing decided yet."""
    return "add" in request.form


def waiting(here: Desk, case: OpenCase) -> Sequence[Waiting]:
    """What the form of the action shows."""
    return [Waiting(file.id, file.name, file.ready) for file in results.waiting(here.session, case=case)]


def _add(place: Place, action: Action, upload: FileStorage) -> str:
    """Take one file; a sentence where it cannot be taken."""
    try:
        _taken(place, action, upload)
    except (Unfit, Conflict) as refusal:
        return f"{upload.filename}：{refusal.message_en if language() == 'en' else refusal.message}"
    return ""


def _taken(place: Place, action: Action, upload: FileStorage) -> None:
    examined = attachments.examine(upload.stream.read(), rules=results.RULES)
    with desk() as here, opened(here, place) as case:
        _refuse_strangers(here, case, action)
        file = attachments.receive(
            here.session, key=case.key, tenant_id=case.row.tenant_id, owner_id=case.row.id, question=results.PLACE,
            name=upload.filename or "", examined=examined, rules=results.RULES,
        )  # fmt: skip
        _note(here, case, "case.result_added", file.id)
        key = case.key
    verdict = attachments.settle_here(services().storage, services().scanner, key=key, file=file, examined=examined)
    with desk() as here, opened(here, place):
        attachments.finish(here.session, file=file, verdict=verdict)
    attachments.tidy(services().storage, file=file, verdict=verdict)
    if verdict.refusal:
        raise verdict.refusal


def _drop(place: Place, action: Action, wanted: Sequence[str]) -> None:
    if not wanted:
        return
    with desk() as here, opened(here, place) as case:
        _refuse_strangers(here, case, action)
        gone: list[Stored] = [file for file in results.waiting(here.session, case=case) if str(file.id) in wanted]
        for file in gone:
            attachments.discard(here.session, tenant_id=case.row.tenant_id, owner_id=case.row.id, attachment_id=file.id)
            _note(here, case, "case.result_dropped", file.id)


def _refuse_strangers(here: Desk, case: OpenCase, action: Action) -> None:
    if action not in offered(moves.allowed(case.row.state), here.who.permissions):
        raise NotFound


def _note(here: Desk, case: OpenCase, what: str, file_id: UUID) -> None:
    audit.record(
        here.session, actor=audit_actor(here.who), action=what, subject=f"case:{case.row.case_no}",
        detail={"file": str(file_id)},
    )  # fmt: skip
