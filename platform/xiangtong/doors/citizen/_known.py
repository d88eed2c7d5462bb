"""What is known of the citizen already, put into a fresh draft; and which of it may not be changed.

A locked answer is remembered in the draft under `_known`, which names no question: pages cannot post it, the answers
of the form do not contain it, and it leaves the draft with the draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xiangtong.dialect.plan import Plan, Question
from xiangtong.doors.citizen import _covered
from xiangtong.doors.shared.posted import KNOWN, locked_in
from xiangtong.drafts.typed import Typed
from xiangtong.identity.ports import Claims

#: The question that says whether somebody files for another; every form with an agent has it.
BY_AGENT = "/by_agent"


def prefilled(plan: Plan, claims: Claims | None, *, for_other: bool, village: str | None) -> Typed:
    """The content a draft begins with.

    Whoever files for somebody else is the agent: what we know of them belongs there, and nothing is known of the
    applicant but the village that was chosen.
    """
    values: dict[str, str | list[str]] = {}
    locked = []
    known = _values(claims, for_other=for_other, village=village)
    for question, pattern, source in places(plan):
        if known.get(source):
            values[pattern] = known[source]
            locked += [pattern] if question.locked else []
    if BY_AGENT in plan.by_pattern:
        values[BY_AGENT] = "true" if for_other else "false"
        locked.append(BY_AGENT)
    return Typed().changed(values | {KNOWN: locked})


def recognised(plan: Plan, typed: Typed, claims: Claims | None, *, for_other: bool) -> Typed:
    """A draft begun without an account, once its owner has signed in: what is certain of them stands in it, locked."""
    fresh = prefilled(plan, claims, for_other=for_other, village=None)
    locked = locked_in(fresh)
    # What is known but not certain (a phone number) fills a gap only.
    known = {
        name: value for name, value in fresh.values.items() if name in (KNOWN, *locked) or not typed.values.get(name)
    }
    return typed.changed(known)


def is_named(plan: Plan, typed: Typed, claims: Claims | None, *, for_other: bool) -> bool:
    """Whether the draft named this very citizen, by their number, before anybody came to it by a code."""
    known = prefilled(plan, claims, for_other=for_other, village=None).values
    at = {pointer: value for pointer, value in known.items() if claims and value == claims.id_number}
    return claims is not None and bool(claims.id_number) and _covered.names(plan, typed, at, claims.id_number)


def sources(plan: Plan, typed: Typed, *, from_sign_in: str, chosen_before: str) -> dict[str, str]:
    """Where the locked answers came from, in words, by pointer."""
    return {
        pointer: chosen_before if pointer == BY_AGENT else from_sign_in
        for pointer in locked_in(typed)
        if plan.question_at(pointer)
    }


def places(plan: Plan) -> Iterator[tuple[Question, str, str]]:
    """Questions that something known may fill: where it goes, and by what name it is known.

    A document is its type and its number.
    """
    for question in plan.by_pattern.values():
        if question.prefill and question.kind == "document":
            for part in ("type", "number"):
                yield question, f"{question.pattern}/{part}", f"{question.prefill}.{part}"
        elif question.prefill:
            yield question, question.pattern, question.prefill


def _values(claims: Claims | None, *, for_other: bool, village: str | None) -> Mapping[str, str]:
    known = {"citizen.village": village or ""}
    if claims is None:
        return known
    role = "agent" if for_other else "citizen"
    told = {"name": claims.name, "phone": claims.phone}
    if claims.id_type in ("", "resident_id", "id_card"):
        told |= {"id_number": claims.id_number, "document.type": "resident_id", "document.number": claims.id_number}
    return known | {f"{role}.{name}": value for name, value in told.items()}
