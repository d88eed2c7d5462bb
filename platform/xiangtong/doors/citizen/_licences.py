"""What the citizen's electronic licences say, put into a fresh draft: only when they agreed, and only for themselves.

The consent (its reference, when, for which licences) and what came from which licence stay in the draft under names
of no question. What a form locks came from somewhere certain; the rest may be changed, and then no longer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext

from xiangtong import audit
from xiangtong.dialect.plan import Plan
from xiangtong.doors.citizen._known import places
from xiangtong.doors.citizen._visit import Visit, visit
from xiangtong.doors.shared.posted import KNOWN, locked_in
from xiangtong.doors.shared.services import services
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import Typed
from xiangtong.forms.library import Form
from xiangtong.identity import citizens
from xiangtong.identity.ports import Claims, Licence, LicencesUnavailable
from xiangtong.kernel import clock
from xiangtong.kernel.ids import new_id

_CONSENT, _TAKEN, _NOTHING = "/_licence_consent", "/_licences", "/_licences_nothing"
_PREFIX = "licence."


@dataclass(frozen=True, slots=True)
class Consented:
    """That somebody agreed to have these kinds looked at, and what was found."""

    kinds: Sequence[str]
    ref: str = field(default_factory=lambda: str(new_id()))
    licences: Sequence[Licence] = ()
    silent: bool = False  # their source did not answer


def wanted(plan: Plan) -> list[str]:
    """The kinds of licences that the form can use, and that can be asked for here."""
    named = {q.prefill.split(".")[1] for q in plan.by_pattern.values() if q.prefill.startswith(_PREFIX)}
    return [kind for kind in services().licences.kinds if kind in named]


def names(kinds: Iterable[str]) -> str:
    """Their names, for the box that is ticked to agree."""
    return "、".join(_name(kind) for kind in kinds)


def ask(code: str, form: Form, *, fits: Callable[[Visit], bool]) -> Consented | None:
    """Ask for what the form can use, if its box was ticked and a draft will come of it; no transaction is open then."""
    kinds = wanted(form.plan)
    if not kinds or request.form.get("licences") != "yes" or request.form.get("who") != "self":
        return None
    with visit(code) as here:
        claims = citizens.load(here.session, keys=services().keys, citizen_id=here.citizen_id)
        if claims is None or not fits(here):
            return None
    told = Consented(kinds)
    try:
        found = services().licences.of(
            claims=claims, kinds=kinds, city_code=code[:4], purpose=f"办理{form.title}", consent_ref=told.ref
        )
    except LicencesUnavailable:
        return Consented(kinds, told.ref, silent=True)
    return Consented(kinds, told.ref, usable(found, claims))


def usable(found: Iterable[Licence], claims: Claims) -> list[Licence]:
    """Those that are the person's own and have not run out."""
    today = clock.today()
    return [one for one in found if one.holder == claims.name and (one.valid_until is None or one.valid_until >= today)]


def taken(plan: Plan, begun: Typed, told: Consented) -> Typed:
    """A draft that was just begun, with what the licences say, the consent, and where each answer came from."""
    said = {
        f"{_PREFIX}{one.kind}.{name}": (value, one)
        for one in told.licences
        for name, value in {**one.fields, "number": one.number}.items()
        if value
    }
    values: dict[str, Any] = {}
    sources, locked = {}, list(locked_in(begun))
    for question, pattern, source in places(plan):
        if source in said and not begun.values.get(pattern):
            value, licence = said[source]
            values[pattern], sources[pattern] = value, [licence.kind, value, licence.demo]
            locked += [pattern] if question.locked else []
    consent = f"{told.ref} {clock.now().isoformat()} {' '.join(told.kinds)}"
    nothing = {} if told.licences else {_NOTHING: "silent" if told.silent else "none"}
    return begun.changed(values | nothing | {KNOWN: locked, _TAKEN: sources, _CONSENT: consent})


def note(here: Visit, draft: OpenDraft, told: Consented) -> None:
    """The consent and what it was used for, in the audit book: kinds, never what they say."""
    audit.record(
        here.session, actor=audit.Actor("citizen", here.citizen_id), action="licences.asked",
        subject=f"draft:{draft.id}",
        detail={"consent": told.ref, "asked": list(told.kinds), "found": [one.kind for one in told.licences]},
    )  # fmt: skip


def why_nothing(typed: Typed) -> str:
    """What to tell somebody who agreed and for whom nothing came of it; "" for everybody else."""
    told = {
        "silent": gettext("电子证照暂时没有回应，请自己填写。"),
        "none": gettext("没有查到您的电子证照，请自己填写。"),
    }
    return str(told.get(str(typed.values.get(_NOTHING, "")), ""))


def sources(typed: Typed) -> dict[str, str]:
    """Where such answers came from, in words, by pointer, as long as they stand as they were taken."""
    memory: Mapping[str, Any] = typed.values.get(_TAKEN, {})
    locked = locked_in(typed)
    return {
        pointer: _words(kind, demo=demo, locked=pointer in locked)
        for pointer, (kind, raw, demo) in memory.items()
        if typed.values.get(pointer) == raw
    }


def _words(kind: str, *, demo: bool, locked: bool) -> str:
    words = gettext("来自电子证照：%(name)s", name=_name(kind))
    words += gettext("（演示数据）") if demo else ""
    return str(words if locked else words + gettext("，请再看一眼"))


def _name(kind: str) -> str:
    named = {
        "resident_id": gettext("居民身份证"),
        "household_register": gettext("居民户口簿"),
        "disability_certificate": gettext("残疾人证"),
        "marriage_certificate": gettext("结婚证"),
    }
    return str(named.get(kind, kind))
