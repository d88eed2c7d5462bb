"""The facts document of an event: everything a province profile may want to know, by the names of facts.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from xiangtong.cases.models import CaseRecord, NewMaterial
from xiangtong.kernel import clock


@dataclass(frozen=True, slots=True)
class Actor:
    """The member of staff who does something, as the contract names one (§1). `staff_id` stays with us."""

    staff_id: UUID
    name: str
    staff_no: str
    dept_name: str
    dept_code: str

    def to_json(self) -> dict[str, str]:
        """As facts and events keep it."""
        return {key: str(value) for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class FiledItem:
    """The service item as it was on the day of filing. Days are working days; None where the item states none."""

    item_code: str
    name: str
    version: int
    item_type: str
    case_type: str
    unit_name: str
    unit_code: str
    promised_days: int | None = None
    statutory_days: int | None = None

    def item(self) -> dict[str, Any]:
        """The `item` member of the facts."""
        return {
            "item_code": self.item_code,
            "name": self.name,
            "version": self.version,
            "item_type": self.item_type,
            "case_type": self.case_type,
        }

    def unit(self) -> dict[str, str]:
        """The `unit` member of the facts."""
        return {"name": self.unit_name, "code": self.unit_code}


class Body(TypedDict):
    """What a case keeps sealed: the answers as they stand, and who they are about (Party of the contract)."""

    answers: dict[str, Any]
    applicant: dict[str, Any]
    co_applicants: list[dict[str, Any]]
    agent: dict[str, Any] | None


def facts_of(
    case: CaseRecord,
    body: Body,
    *,
    seq: int,
    move: str,
    occurred_at: datetime,
    payload: Mapping[str, Any],
    actor: Actor | None,
    materials: Sequence[NewMaterial],
) -> dict[str, Any]:
    """The facts of event `seq`: complete in themselves, so that nobody ever looks anything up again.

    Only the case number is not among them: it stands beside them in the ledger (see `ledger.read_facts`).
    `payload` has the contract's member names of that type without `actor` and `materials`, which stand beside it.
    """
    return {
        "case": _case(case),
        "item": case.filed["item"],
        "unit": case.filed["unit"],
        "form": case.filed["form"],
        "actor": _public(actor),
        "applicant": body["applicant"],
        "co_applicants": body["co_applicants"],
        "agent": body["agent"],
        "answers": body["answers"],
        "materials": [material_facts(material) for material in materials],
        "event": {"type": move, "seq": seq, "occurred_at": clock.rfc3339(occurred_at), "payload": dict(payload)},
        "bundle_no": None,
        "origin_case_no": None,
    }


def material_facts(material: NewMaterial) -> dict[str, Any]:
    """One entry of `materials`."""
    return {
        "material_code": material.material_code,
        "name": material.name,
        "source": material.source,
        "digest": material.digest,
        "media_type": material.media_type,
        "size": material.size,
        "attachment_id": str(material.attachment_id) if material.attachment_id else None,
        "licence_id": material.licence_id,
    }


def _case(case: CaseRecord) -> dict[str, Any]:
    return {
        "short_code": case.short_code,
        "division_code": case.division_code,
        "village_code": case.village_code,
        "channel": case.channel,
        "submitted_at": clock.rfc3339(case.submitted_at),
        "data_key_id": str(case.data_key_id),
    }


def _public(actor: Actor | None) -> dict[str, str] | None:
    if actor is None:
        return None
    return {key: value for key, value in actor.to_json().items() if key != "staff_id"}
