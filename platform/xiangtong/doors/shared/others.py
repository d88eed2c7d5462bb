"""What another page wrote into a draft before it was written over: shown beside what stands, until one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xiangtong.dialect.plan import Plan, Question, Step, pattern_of
from xiangtong.drafts import filling
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.fields.kinds import KINDS
from xiangtong.kernel.db import ScopedSession
from xiangtong.rendering.answers import value_words
from xiangtong.rendering.context import RenderContext


def _in_clear(_plan: Plan, _pointer: str, _raw: Raw) -> str:
    return ""


def shown(
    plan: Plan, typed: Typed, step: Step, ctx: RenderContext, *, mask: Callable[[Plan, str, Raw], str] = _in_clear
) -> list[tuple[str, str, str]]:  # fmt: skip
    """(pointer, question, value) of what another page wrote on this step."""
    found = []
    for pointer, raw in filling.written_over(typed).items():
        question = plan.question_at(pointer)
        if question is not None and asked_on(step, pointer):
            label = question.title_en if ctx.locale == "en" else question.title
            words = "、".join(raw) if isinstance(raw, list) else str(raw)
            value = mask(plan, pointer, raw) or value_words(question, _in_form(question, raw), masked=False, ctx=ctx)
            found.append((pointer, label, value or words))
    return found


def take(session: ScopedSession, *, draft: OpenDraft, pointer: str) -> None:
    """Choose what was typed on the other page."""
    others = filling.written_over(draft.typed)
    if pointer in others:
        filling.save_fields(session, draft=draft, fields=[filling.FieldSave(pointer, others[pointer])])


def asked_on(step: Step, pointer: str) -> bool:
    """Whether the answer at a pointer is given on this step."""
    pattern = pattern_of(pointer)
    return any(f"{pattern}/".startswith(f"{asked}/") for asked in step.asks)


def _in_form(question: Question, raw: Any) -> Any:
    return KINDS[question.kind].parse(raw) if isinstance(raw, str) and question.kind in KINDS else raw
