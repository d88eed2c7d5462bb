"""The verdict of a drill: what was acknowledged against what the province holds.

It compares content, never only keys: a run once reported nothing lost while the province held an empty body under a
good key. What must arrive is written down here by hand from contract §1, and not by the mapping that is on trial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiangtong.kernel.crypto import sm3_hex
from xiangtong.province.canonical import canonical

_MATERIAL = ("material_code", "name", "source", "digest", "media_type", "size", "licence_id")
_MAY_BE_NULL = ("promised_due_on", "statutory_due_on")
#: What a case holds at the province: the stored messages in order, each under `body`.
Held = Callable[[str], Sequence[Mapping[str, Any]]]


@dataclass
class Figures:
    """What a trial ends with. Anything but zeros after the first number is a defect."""

    acknowledged: int = 0
    lost: int = 0
    wrong: int = 0
    doubled: int = 0
    phantom: int = 0
    left: int = 0
    absorbed: int = 0

    def __str__(self) -> str:
        """One line for the log of a proof."""
        return (
            f"acknowledged {self.acknowledged}, lost {self.lost}, wrong {self.wrong}, doubled {self.doubled},"
            f" phantom {self.phantom}, not drained {self.left}; duplicates absorbed {self.absorbed}"
        )

    @property
    def clean(self) -> bool:
        """Whether everything acknowledged arrived, once and as it was."""
        return self.acknowledged > 0 and not (self.lost or self.wrong or self.doubled or self.phantom or self.left)


@dataclass
class Journal:
    """What was acknowledged, by case number and seq: nothing is written in before the commit returned."""

    contents: dict[tuple[str, int], str] = field(default_factory=dict)

    def enter(self, facts: Mapping[str, Any]) -> None:
        """An event whose transaction was committed, as its facts document says it."""
        message = expected(facts)
        self.contents[message["case_no"], message["seq"]] = content_of(message)

    def compare(self, held: Held) -> Figures:
        """Everything acknowledged against what is held; `phantom` counts what is held of these cases and was not."""
        figures, found = Figures(acknowledged=len(self.contents)), dict[tuple[str, int], list[str]]()
        for case_no in {number for number, _ in self.contents}:
            for message in held(case_no):
                found.setdefault((case_no, message["body"]["seq"]), []).append(content_of(message["body"]))
        for key, content in self.contents.items():
            figures.lost += key not in found
            figures.wrong += key in found and found[key][0] != content
            figures.doubled += len(found.get(key, ())) > 1
        figures.phantom = len(found.keys() - self.contents.keys())
        return figures


def content_of(message: Mapping[str, Any]) -> str:
    """The digest of what a message says, whatever id it travels under."""
    return sm3_hex(canonical({name: message[name] for name in ("case_no", "seq", "type", "payload")}))


def expected(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the province must hold of these facts."""
    event, case = facts["event"], facts["case"]
    kind, payload = event["type"], _said(event["payload"])
    materials = [{name: one[name] for name in _MATERIAL if one.get(name) is not None} for one in facts["materials"]]
    if kind == "apply":
        payload = _apply(facts) | {"materials": materials}
    elif kind == "supplement":
        payload |= {"materials": materials}
    elif kind not in ("withdraw", "rate"):
        payload |= {"actor": facts["actor"]} | ({"materials": materials} if materials else {})
    return {"case_no": case["case_no"], "seq": event["seq"], "type": kind, "payload": payload}


def _apply(facts: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        "channel": facts["case"]["channel"], "applicant": _party(facts["applicant"]),
        "form_code": facts["form"]["code"], "form_version": facts["form"]["version"], "data": facts["answers"],
    }  # fmt: skip
    if facts["co_applicants"]:
        said["co_applicants"] = [_party(one) for one in facts["co_applicants"]]
    return said | ({"agent": _party(facts["agent"])} if facts["agent"] else {})


def _party(party: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in party.items() if value not in (None, "")}


def _said(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if value is not None or name in _MAY_BE_NULL}
