"""Numbers that identify a person or reach into a purse: once they are in, pages show enough to recognise them.

The page posts the mask back; a mask stands for what is stored. Who wants another number empties the field and types.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.doors.citizen._covered import FILES, is_secret
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.fields.kinds import KINDS
from xiangtong.validation.form_data import put_value

_KINDS = frozenset({"resident-id", "bank-card", "certificate-no", "disability-certificate"})
#: What is written and not chosen, and so can be shown as a mask.
_WRITTEN = _KINDS | {
    "person-name",
    "phone",
    "mobile-phone",
    "landline",
    "email",
    "address",
    "text",
    "document-no",
    "lines",
}


def masks(plan: Plan, typed: Typed, *, wrong: Collection[str] = (), covered: Collection[str] = ()) -> dict[str, str]:
    """The mask of every such number in a draft, by pointer; what is wrong with a `wrong` one has to be seen.

    What is `covered` stays masked, whatever is wrong with it.
    """
    found = {pointer: mask_of(plan, pointer, raw, strict=pointer in covered) for pointer, raw in typed.values.items()}
    return {pointer: mask for pointer, mask in found.items() if mask and (pointer not in wrong or pointer in covered)}


def mask_of(plan: Plan, pointer: str, raw: Raw, *, strict: bool = False) -> str:
    """The mask of what was typed there; nothing where it is no such number, or too short to be one."""
    question = plan.question_at(pointer)
    if question is None or not isinstance(raw, str):
        return ""
    sensitive = strict and is_secret(question) and question.kind in _WRITTEN
    if not sensitive and (question.kind not in _KINDS or len(raw.strip()) < 8):
        return ""
    return KINDS[question.kind].mask(KINDS[question.kind].parse(raw))


def stands_for(plan: Plan, pointer: str, stored: Raw, posted: Raw) -> bool:
    """Whether what was posted is the mask of what is stored."""
    return (
        isinstance(posted, str)
        and "*" in posted
        and posted
        in (
            mask_of(plan, pointer, stored),
            mask_of(plan, pointer, stored, strict=True),
        )
    )


def shown(
    plan: Plan, data: Mapping[str, Any], masks: Mapping[str, str], *, covered: Collection[str] = ()
) -> dict[str, Any]:
    """The answers as a page shows them; what is covered and cannot be masked is as if nobody had answered."""
    copy: dict[str, Any] = _copied(data)
    for pointer in covered:
        question = plan.question_at(pointer)
        if pointer not in masks and question is not None and question.kind not in FILES:
            put_value(plan, copy, pointer, "")
    for pointer, mask in masks.items():
        put_value(plan, copy, pointer, mask)
    return copy


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(inner) for name, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value
