"""What the citizen told us in an earlier case of theirs, put into a fresh draft: only when they ask for it.

Only where they live and where money goes, only for themselves, and only answers to the very same question. Nothing of
it is certain, so nothing is locked; the page says where each came from, and asks to look at it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from xiangtong.cases.citizen import cases_of, own_case
from xiangtong.cases.models import CitizenCase
from xiangtong.dialect.plan import Plan, Question
from xiangtong.doors.citizen._visit import Visit
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_case
from xiangtong.drafts.typed import Raw, Typed
from xiangtong.fields.kinds import KINDS
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Refusal
from xiangtong.tenancy.walls import as_tenant

_EARLIER = "/_earlier"
_PARTS = ("/applicant/", "/bank/")


def latest(here: Visit) -> CitizenCase | None:
    """The case that would be taken from; a guest has none."""
    found = [] if here.guest else cases_of(here.session, citizen_id=here.citizen_id, limit=1)
    return found[0] if found else None


def taken(here: Visit, plan: Plan, begun: Typed) -> Typed:
    """A draft that was just begun, with what the latest case says of the same questions."""
    case = latest(here)
    told = _told(here, case, plan) if case is not None else {}
    fresh = {pointer: raw for pointer, raw in told.items() if not begun.values.get(pointer)}
    if case is None or not fresh:
        return begun
    day = clock.local(case.submitted_at).strftime("%Y-%m-%d")
    remembered = {"name": case.item_name, "day": day, "of": fresh}
    return begun.changed({**fresh, _EARLIER: remembered})


def sources(typed: Typed) -> dict[str, str]:
    """Where such answers came from, in words, by pointer, as long as they stand as they were taken."""
    memory: Mapping[str, Any] = typed.values.get(_EARLIER, {})
    words = gettext("来自您 %(day)s 办的“%(name)s”，请再看一眼", day=memory.get("day", ""), name=memory.get("name", ""))
    return {pointer: words for pointer, raw in memory.get("of", {}).items() if typed.values.get(pointer) == raw}


def _told(here: Visit, pointer: CitizenCase, plan: Plan) -> dict[str, Raw]:
    try:
        with as_tenant(here.session, pointer.tenant_id):
            case = own_case(
                here.session, keys=services().keys, tenant_id=pointer.tenant_id, case_id=pointer.case_id,
                citizen_id=here.citizen_id,
            )  # fmt: skip
            before = form_of_case(here.session, case.row).plan
    except Refusal:
        return {}  # Erased since, or its form is gone: then everything is typed anew.
    answers = case.body["answers"]
    return {} if answers.get("by_agent") else dict(_same(plan, before, answers))


def _same(plan: Plan, before: Plan, answers: Mapping[str, Any]) -> Iterator[tuple[str, Raw]]:
    for pattern, question in plan.by_pattern.items():
        then = before.by_pattern.get(pattern)
        if then is None or not pattern.startswith(_PARTS) or not _is_told(question):
            continue
        value = _at(answers, pattern)
        if value is not None and (then.kind, then.title) == (question.kind, question.title):
            yield pattern, KINDS[question.kind].typed(value)


def _is_told(question: Question) -> bool:
    special = question.children or question.office or question.is_derived or question.locked
    return not special and question.kind not in ("notice", "consent", "declaration")


def _at(answers: Any, pattern: str) -> Any:
    for name in pattern[1:].split("/"):
        answers = answers.get(name) if isinstance(answers, Mapping) else None
    return None if isinstance(answers, Mapping | list) else answers
