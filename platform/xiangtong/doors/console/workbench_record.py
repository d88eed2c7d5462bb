"""The middle of the workbench: what somebody filed, as the window reads it. Ids and phones are masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from xiangtong import attachments
from xiangtong.cases import moves
from xiangtong.cases.detail import Detail
from xiangtong.cases.timeline import Happening
from xiangtong.dialect.plan import Plan, Step, pattern_of
from xiangtong.dialect.rules import broken_rules
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.console import workbench_words as words
from xiangtong.doors.console.workbench_desk import Place
from xiangtong.doors.shared.versions import facts_of_case, form_of_case
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.ledger.models import Receipt
from xiangtong.printing import glyphs
from xiangtong.rendering.answers import Answer, answers
from xiangtong.rendering.context import RenderContext
from xiangtong.tenancy.calendar import calendar
from xiangtong.validation.wording import parameter_words, rule_words

_FILES = frozenset({"file", "photo", "signature"})
_SHORT = 8  # The end of a receipt's number tells receipts apart at a glance.


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: `masked` when it may be looked at with a reason, `limit` its ceiling, `wrong` what is amiss now."""

    pointer: str
    label: str
    value: str
    over: str
    masked: bool
    limit: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Part:
    """The answers of one step of the form."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Paper:
    """One material: its name, how it came, the file behind it, whether it was scanned for viruses."""

    name: str
    file_name: str
    file_id: UUID | None
    picture: bool
    tag: str
    look: str


@dataclass(frozen=True)
class Record:
    """One case, ready to be shown."""

    place: Place
    detail: Detail
    title: str
    state: str
    state_look: str
    due: str
    limits: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    papers: Sequence[Paper]
    happenings: Sequence[dict[str, Any]]
    receipt: str
    undrawn: Sequence[str]  # characters the printer has no glyph for, with their codes

    @property
    def case_no(self) -> str:
        """Its number."""
        return self.detail.row.case_no

    @property
    def seq(self) -> int:
        """The last event this page shows."""
        return self.detail.row.last_seq


def record_of(
    session: ScopedSession, *, detail: Detail, place: Place, facts: Facts, shown: Sequence[str] = ()
) -> Record:
    """The case as the window sees it; `shown` are the pointers somebody asked to see in full."""
    row = detail.row
    plan = form_of_case(session, row).plan
    return Record(
        place=place, detail=detail, title=row.item_name,
        state=str(words.STATES.get(row.state, row.state)), state_look=_look(row.state),
        due=_due_words(session, detail.due_on), limits=_limits(detail),
        parts=_parts(plan, detail.body["answers"], facts_of_case(plan, row, facts), shown), papers=_papers(session, detail),
        happenings=[_told(one) for one in detail.happenings], receipt=_receipt(session, detail),
        undrawn=_undrawn(plan, detail.body["answers"]),
    )  # fmt: skip


def _undrawn(plan: Plan, stored: Mapping[str, Any]) -> list[str]:
    """What no font here can print of the answers; where nothing is printed here, nothing is said."""
    if not glyphs.ready():
        return []
    return [glyphs.named(char) for char in glyphs.unprintable(one.value for one in answers(plan, stored, masked=False))]


def _look(state: str) -> str:
    if state in words.SETTLED:
        return "done"
    return "soon" if state in (moves.ASKED, moves.ASKED_MIDWAY, moves.SUSPENDED) else ""


def _due_words(session: ScopedSession, due_on: date | None) -> str:
    if due_on is None:
        return ""
    days, today = calendar(session), clock.today()
    late = due_on < today
    return words.days_words(-max(days.between(due_on, today), 1) if late else days.between(today, due_on))


def _limits(detail: Detail) -> list[tuple[str, str]]:
    row = detail.row
    found = [
        (gettext("交来的时间"), f"{clock.local(row.submitted_at):%Y-%m-%d %H:%M}"),
        (gettext("承诺办结"), words.day_words(row.promised_due_on)),
        (gettext("法定期限"), words.day_words(row.statutory_due_on)),
    ]
    if row.state in words.WAITING:
        found.append((gettext("最晚答复"), words.day_words(row.due_on)))
    if row.state in (moves.ASKED, moves.ASKED_MIDWAY):
        found.append((gettext("补正最后一天"), words.day_words(detail.case.limits.asked_until)))
    if detail.case.limits.standing_still:
        found.append((gettext("计时"), gettext("停着，补齐或程序结束后接着算")))
    return [(label, value) for label, value in found if value]


def _parts(plan: Plan, stored: Mapping[str, Any], facts: Facts, shown: Sequence[str]) -> list[Part]:
    ctx = RenderContext(options=facts.options)
    masked = answers(plan, stored, masked=True, ctx=ctx)
    plain = {one.pointer: one.value for one in answers(plan, stored, masked=False, ctx=ctx)}
    wrong = {
        one.pointer: rule_words(plan, one.rule, one.pointer, facts)
        for one in broken_rules(plan, stored, facts, frozenset())
    }
    marks = _Marks(plain, wrong, _ceilings(plan, facts), shown)
    lines = [marks.line(one) for one in masked if not _is_file(plan, one.pointer)]
    parts = [Part(step.title, [line for line in lines if _asked_on(step, line.pointer)]) for step in plan.steps]
    return [part for part in parts if part.lines]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands beside answers: their full words, what is wrong, ceilings, and which may be shown in full."""

    plain: Mapping[str, str]
    wrong: Mapping[str, str]
    limits: Mapping[str, str]
    shown: Sequence[str]

    def line(self, answer: Answer) -> Line:
        full = self.plain.get(answer.pointer, answer.value)
        hidden = full != answer.value and answer.pointer not in self.shown
        return Line(
            answer.pointer, answer.label, answer.value if hidden else full, answer.over, hidden,
            self.limits.get(pattern_of(answer.pointer), ""), self.wrong.get(answer.pointer, ""),
        )  # fmt: skip


def _ceilings(plan: Plan, facts: Facts) -> dict[str, str]:
    """The township's ceiling of each answer that has one, in words, by the answer's pattern."""
    found = {}
    for question in (plan.root, *plan.by_pattern.values()):
        for rule in question.rules:
            of = rule.spec.get("of", ())
            if rule.op == "at_most" and len(of) == 2 and isinstance(of[1], Mapping) and "param" in of[1]:
                found[rule.at] = parameter_words(plan, of[1]["param"], facts)
    return found


def _is_file(plan: Plan, pointer: str) -> bool:
    question = plan.question_at(pointer)
    return question is not None and question.kind in _FILES


def _asked_on(step: Step, pointer: str) -> bool:
    pattern = pattern_of(pointer)
    return any(f"{pattern}/".startswith(f"{asked}/") for asked in step.asks)


def _papers(session: ScopedSession, detail: Detail) -> list[Paper]:
    case = detail.case
    files = {
        file.id: file
        for file in attachments.of_case(session, key=case.key, tenant_id=case.row.tenant_id, case_id=case.row.id)
    }
    papers = []
    for material in detail.materials:
        file = files.get(material.attachment_id) if material.attachment_id else None
        tag, look = _scan_words(file.scan_state) if file else (gettext("纸质或证照"), "")
        papers.append(
            Paper(
                material.name, file.name if file else "", file.id if file else None,
                bool(file and file.media_type.startswith("image/")), tag, look,
            )
        )  # fmt: skip
    return papers


def _scan_words(scan_state: str) -> tuple[str, str]:
    if scan_state == "clean":
        return gettext("已查毒"), "done"
    return gettext("未查毒"), "soon"


def _told(one: Happening) -> dict[str, Any]:
    return {
        "at": words.moment_words(one.at), "title": one.title, "details": one.details, "actor": one.actor or "",
        "push": one.push_words, "stuck": one.push == "stuck", "told": one.push == "told",
    }  # fmt: skip


def _receipt(session: ScopedSession, detail: Detail) -> str:
    row = detail.row
    mine = select(Receipt.receipt_no).where(Receipt.tenant_id == row.tenant_id, Receipt.case_id == row.id)
    found = session.scalar(mine.order_by(Receipt.seq.desc()).limit(1))
    return found[-_SHORT:] if found else ""
