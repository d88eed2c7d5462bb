"""The files among the answers: which there are, claiming them for the case, and the materials they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from xiangtong import attachments
from xiangtong.attachments import Stored, Verified
from xiangtong.cases.models import NewMaterial
from xiangtong.dialect.plan import Plan, Question
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import OpenKey

_FILE_KINDS = frozenset({"file", "photo", "signature"})


@dataclass(frozen=True)
class FoundFile:
    """A file question's entry in the answers: {id, name, size, media_type, digest}."""

    question: Question
    entry: dict[str, Any]

    @property
    def id(self) -> UUID:
        """The attachment's id."""
        return UUID(self.entry["id"])


def files_in(plan: Plan, answers: Mapping[str, Any]) -> list[FoundFile]:
    """Every file among valid `answers`, in the form's order."""
    return list(_found(plan.root.children, answers))


def claim_files(
    session: ScopedSession, *, key: OpenKey, tenant_id: int, owner_id: UUID, case_id: UUID, files: Iterable[FoundFile]
) -> list[NewMaterial]:
    """Give the files of a draft to its case; raises attachments.NotReady.

    The entries among the answers take the size, type and digest that were verified when the bytes came in.
    """
    found = {file.id: file for file in files}
    claimed = attachments.claim(
        session, key=key, tenant_id=tenant_id, owner_id=owner_id, case_id=case_id, ids=found.keys()
    )
    return _materials(tenant_id, case_id, found, claimed)


def choose_files(
    ready: Iterable[Sequence[Any]] | None, *, tenant_id: int, case_id: UUID, files: Iterable[FoundFile]
) -> list[NewMaterial]:
    """As `claim_files`, of what a query gave as `attachments.READY`; the claim is left to whoever writes the case."""
    found = {file.id: file for file in files}
    return _materials(tenant_id, case_id, found, attachments.chosen(ready, ids=found.keys()))


def claim_results(
    session: ScopedSession, *, key: OpenKey, tenant_id: int, case_id: UUID, ids: Iterable[UUID]
) -> list[NewMaterial]:
    """The files that staff put to a case (owner: the case itself, under its key), as results to hand out.

    Raises attachments.NotReady.
    """
    claimed = attachments.claim(session, key=key, tenant_id=tenant_id, owner_id=case_id, case_id=case_id, ids=ids)
    return [
        NewMaterial(
            tenant_id=tenant_id, case_id=case_id, id=new_id(), seq=0, source="upload",
            material_code=stored.material_code or "RESULT", name="办理结果", digest=stored.sm3,
            media_type=stored.media_type, size=stored.size, attachment_id=stored.id, licence_id=None,
        )
        for stored in claimed
    ]  # fmt: skip


def _materials(
    tenant_id: int, case_id: UUID, found: Mapping[UUID, FoundFile], claimed: Iterable[Verified | Stored]
) -> list[NewMaterial]:
    """The materials of the files; their entries among the answers take what was verified."""
    for stored in claimed:
        found[stored.id].entry.update(size=stored.size, media_type=stored.media_type, digest=stored.sm3)
    return [_material(tenant_id, case_id, found[stored.id]) for stored in claimed]


def _material(tenant_id: int, case_id: UUID, file: FoundFile) -> NewMaterial:
    named = file.question.material
    return NewMaterial(
        tenant_id=tenant_id, case_id=case_id, id=new_id(), seq=1, source="upload",
        material_code=named.code if named else file.question.name, name=named.name if named else file.question.title,
        digest=file.entry["digest"], media_type=file.entry["media_type"], size=file.entry["size"],
        attachment_id=file.id, licence_id=None,
    )  # fmt: skip


def _found(questions: Iterable[Question], answers: Mapping[str, Any]) -> Iterator[FoundFile]:
    for question in questions:
        value = answers.get(question.name)
        if question.kind in _FILE_KINDS and isinstance(value, list):
            yield from (FoundFile(question, entry) for entry in value)
        elif question.is_rows and isinstance(value, list):
            for row in value:
                yield from _found(question.children, row)
        elif question.is_group and isinstance(value, Mapping):
            yield from _found(question.children, value)
