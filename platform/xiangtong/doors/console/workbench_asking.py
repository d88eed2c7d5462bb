"""一次性告知: everything of the form that can be asked for, what was picked, and why; asked in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from xiangtong.cases.supplements import Asked
from xiangtong.dialect.plan import Plan, Question, Step
from xiangtong.kernel.errors import Problem, Problems

#: Lines for what no question of the form names.
FREE_LINES = 3
_UNASKED = frozenset({"notice", "consent", "opinion"})


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing that may be asked for: `key` in the page, its words, and whether it is a paper."""

    key: str
    words: str
    pointer: str
    material_code: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What one step of the form asks: a heading and its picks."""

    title: str
    picks: Sequence[Pick]


def groups(plan: Plan) -> list[Group]:
    """Papers first, because they are what is missing most; then the questions, step by step."""
    papers = [pick for step in plan.steps for pick in _picks(plan, step) if pick.material_code]
    asked = [Group(step.title, [pick for pick in _picks(plan, step) if not pick.material_code]) for step in plan.steps]
    return [one for one in (Group(gettext("材料"), papers), *asked) if one.picks]


def read(plan: Plan, form: MultiDict[str, str]) -> tuple[list[Asked], list[str]]:
    """What was picked or written freely, and beside it the name of each one's reason on the page."""
    known = {pick.key: pick for group in groups(plan) for pick in group.picks}
    found, names = [], []
    for key in form.getlist("pick"):
        pick = known.get(key)
        if pick is not None:
            reason = form.get(f"why:{key}", "").strip()
            found.append(Asked(pick.words, reason, pick.pointer, pick.material_code or None))
            names.append(f"why:{key}")
    for line in range(FREE_LINES):
        what, reason = form.get(f"what-{line}", "").strip(), form.get(f"free-{line}", "").strip()
        if what or reason:
            found.append(Asked(what, reason))
            names.append(f"free-{line}")
    return found, names


def problems_by_name(error: Problems, names: Sequence[str]) -> Mapping[str, str]:
    """The problems of a notice by the name of the input that mends them."""
    return {_name(problem, names): problem.message for problem in error.problems}


def _name(problem: Problem, names: Sequence[str]) -> str:
    parts = problem.where.split("/")
    if len(parts) == 4 and parts[2].isdigit():
        name = names[int(parts[2])]
        return name.replace("free-", "what-") if parts[3] == "what" else name
    return "pick" if problem.where == "/asked" else problem.where.lstrip("/")


def _picks(plan: Plan, step: Step) -> list[Pick]:
    return [pick for question in plan.questions_of(step) for pick in _of(question, "")]


def _of(question: Question, over: str) -> list[Pick]:
    if question.office or question.is_derived or question.kind in _UNASKED:
        return []
    if question.is_group:
        return [pick for child in question.children for pick in _of(child, question.title)]
    code = question.material.code if question.material else ""
    name = question.material.name if question.material else question.title
    words = f"{over}：{name}" if over and not code else name
    return [Pick(question.pattern, words, question.pattern, code)]
