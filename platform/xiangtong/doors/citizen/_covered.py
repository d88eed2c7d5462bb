"""What was typed before a draft came here by a code: whoever brought the code sees that it is there, and no more.

It stays so when they sign in, unless they are the one whom the draft names: a code may have been found. The draft
remembers it as digests under a name of no question, so no page can post it; what is typed anew is shown as ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from xiangtong.dialect.plan import Plan, Question, pattern_of
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.fields.kinds import KINDS

NOTE = "/_covered"
#: What stands for an answer of which nothing may be shown.
UNREADABLE = "******"
FILES = frozenset({"file", "photo", "signature"})
#: Kinds that say who somebody is or how to reach them, whether or not the form calls them sensitive.
SECRET = frozenset(
    {"resident-id", "bank-card", "certificate-no", "disability-certificate", "person-name", "document-no"}
    | {"phone", "mobile-phone", "landline", "email"}
    | FILES
)  # fmt: skip


def secrets(plan: Plan, typed: Typed) -> frozenset[str]:
    """The pointers of everything sensitive that was typed."""
    return frozenset(pointer for pointer, _, _ in _secret(plan, typed))


def is_secret(question: Question) -> bool:
    """Whether an answer says what only its owner should read."""
    return question.sensitive or question.kind in SECRET or (question.kind == "lines" and question.line_kind in SECRET)


def noted(plan: Plan, typed: Typed) -> Typed:
    """The draft as a code leads to it: what stood there first is remembered as such, whatever is typed later."""
    return typed.changed({NOTE: _marks(plan, typed) | dict(_note(typed))})


def noted_anew(plan: Plan, typed: Typed) -> Typed:
    """The draft, remembering everything sensitive that stands in it by now."""
    return typed.changed({NOTE: dict(_note(typed)) | _marks(plan, typed)})


def forgotten(typed: Typed) -> Typed:
    """The draft of whoever is known to have begun it."""
    return typed.changed({NOTE: {}}) if _note(typed) else typed


def names(plan: Plan, typed: Typed, pointers: Mapping[str, Any], number: str) -> bool:
    """Whether what was remembered says this number at one of the pointers."""
    note = _note(typed)
    at = [(pointer, plan.question_at(pointer)) for pointer in pointers]
    return any(question and note.get(pointer) == _mark(question, number) for pointer, question in at)


def still(plan: Plan, typed: Typed) -> frozenset[str]:
    """The pointers of what stands there as it was typed before; rows may have moved since."""
    known: dict[str, list[Any]] = {}
    for pointer, mark in _note(typed).items():
        known.setdefault(pattern_of(pointer), []).append(mark)
    if not known:
        return frozenset()
    return frozenset(
        pointer
        for pointer, question, raw in _secret(plan, typed)
        if question.kind not in FILES and _mark(question, raw) in known.get(pattern_of(pointer), ())
    )


def files(typed: Typed) -> frozenset[str]:
    """The ids of the files that were handed in before."""
    return frozenset(one for mark in _note(typed).values() if isinstance(mark, list) for one in mark)


def _secret(plan: Plan, typed: Typed) -> Iterator[tuple[str, Question, Raw]]:
    for pointer, raw in typed.values.items():
        question = plan.question_at(pointer) if raw and pointer[:1] == "/" else None
        if question is not None and is_secret(question):
            yield pointer, question, raw


def _marks(plan: Plan, typed: Typed) -> dict[str, Any]:
    return {pointer: _mark(question, raw) for pointer, question, raw in _secret(plan, typed)}


def _note(typed: Typed) -> Mapping[str, Any]:
    note: Mapping[str, Any] = typed.values.get(NOTE, {})
    return note


def _mark(question: Question, raw: Raw) -> str | list[str]:
    """Of files their ids, of everything else a digest of what it means."""
    if question.kind in FILES:
        listed = raw if isinstance(raw, list) else []
        return [str(one["id"]) for one in listed if isinstance(one, Mapping) and "id" in one]
    value = KINDS[question.kind].parse(raw) if isinstance(raw, str) else raw
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
