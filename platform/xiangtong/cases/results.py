"""办理结果: the files that the office hands out with a decision (批复, 证照), byte for byte as it wrote them.

They are put to the case beforehand and wait; the decision claims them, and the province is sent the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from xiangtong import attachments
from xiangtong.attachments.kinds import MB, OFD, Rules
from xiangtong.cases.facts import Actor
from xiangtong.cases.materials import claim_results
from xiangtong.cases.models import CaseEvent, NewMaterial
from xiangtong.cases.record import OpenCase, read_event
from xiangtong.cases.window import correct
from xiangtong.kernel.db import ScopedSession

#: Where a result stands instead of a question; a question's pointer begins with a slash.
PLACE = "result"
RULES = Rules(
    max_bytes=10 * MB, max_files=5, exact=True,
    media_types=frozenset({"application/pdf", OFD, "image/jpeg", "image/png"}),
)  # fmt: skip
#: A material of the contract, out of what an event keeps (facts.material_facts).
_MATERIAL = ("material_code", "name", "source", "digest", "media_type", "size", "licence_id")
_REASON = "补上办理结果文件"


def waiting(session: ScopedSession, *, case: OpenCase) -> list[attachments.Stored]:
    """What was put to the case and not handed out yet; each waits a day."""
    row = case.row
    files = attachments.of_owner(session, key=case.key, tenant_id=row.tenant_id, owner_id=row.id)
    return [file for file in files if file.question == PLACE and file.state in ("quarantined", "clean")]


def handed_out(files: Sequence[attachments.Stored]) -> list[attachments.Stored]:
    """The results among the files of a case."""
    return [file for file in files if file.question == PLACE and file.state == "claimed"]


def claim(session: ScopedSession, *, case: OpenCase) -> list[NewMaterial]:
    """Hand out everything that waits, with the event that is being written; raises attachments.NotReady."""
    ids = [file.id for file in waiting(session, case=case)]
    return claim_results(session, key=case.key, tenant_id=case.row.tenant_id, case_id=case.row.id, ids=ids)


def hand_out_late(session: ScopedSession, *, case: OpenCase, actor: Actor) -> CaseEvent | None:
    """Hand out what waits at a case that is decided already; None when nothing waits.

    Only a decision carries results, so it is told again whole, with them (`correct` of the contract).
    """
    materials = claim(session, case=case)
    if not materials:
        return None
    seq, whole = _decision(session, case)
    return correct(session, case=case, actor=actor, seq=seq, payload=whole, reason=_REASON, materials=materials)


def _decision(session: ScopedSession, case: OpenCase) -> tuple[int, dict[str, Any]]:
    """The decision's place in the stream, and its payload as it was last told, materials included."""
    told = select(CaseEvent).where(
        CaseEvent.tenant_id == case.row.tenant_id,
        CaseEvent.case_id == case.row.id,
        CaseEvent.type.in_(("decide", "correct")),
    )
    seq, whole = 0, dict[str, Any]()
    for event in session.scalars(told.order_by(CaseEvent.seq)):
        kept = read_event(case, event)
        if event.type == "decide":
            seq, whole = event.seq, _whole(kept["payload"], kept["materials"])
        elif kept["payload"]["seq"] == seq:
            whole = _whole(kept["payload"]["payload"], kept["materials"])
    return seq, whole


def _whole(payload: Mapping[str, Any], materials: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    added = [{name: one[name] for name in _MATERIAL if one[name] is not None} for one in materials]
    return {**payload, "materials": [*payload.get("materials", ()), *added]}
