"""Doing something to a case: the form of an action in the third column, and the one write it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.cases import moves
from xiangtong.cases.clock import due
from xiangtong.cases.record import CaseChanged, OpenCase
from xiangtong.cases.supplements import Asked, AskedBefore, ask_supplement
from xiangtong.doors.console import workbench_asking as picking
from xiangtong.doors.console import workbench_print
from xiangtong.doors.console import workbench_results as results
from xiangtong.doors.console import workbench_words as words
from xiangtong.doors.console.workbench import AT, blueprint, case_page
from xiangtong.doors.console.workbench_desk import Desk, Place, actor_of, desk, opened
from xiangtong.doors.console.workbench_moves import ACTIONS, Action, Ask, decisions, offered
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.versions import form_of_case
from xiangtong.identity.staff import actor_of as audit_actor
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Conflict, NotFound, Problem, Problems
from xiangtong.tenancy.calendar import calendar

# Printing has routes of its own on the same blueprint.
__all__ = ["blueprint", "workbench_print"]

_NOTICE = "supplement_notice"
_ANSWER_DAYS = 10


@blueprint.get(f"{AT[0]}/do/<move>")
@blueprint.get(f"{AT[1]}/do/<move>", endpoint="ask")
@access.staff("cases.view")
def ask(move: str, case_no: str = "", item_id: UUID | None = None) -> str:
    """The form of an action, where it is allowed now and this person may do it."""
    action, place = _action(move), Place(case_no, item_id)
    with desk() as here:
        return _form(here, place, action, typed={})


@blueprint.post(f"{AT[0]}/do/<move>")
@blueprint.post(f"{AT[1]}/do/<move>", endpoint="act")
@access.staff("cases.view")
def act(move: str, case_no: str = "", item_id: UUID | None = None) -> Response | tuple[str, int]:
    """Do it: one event, one fact for the province, one entry in the audit log, one commit."""
    action, place = _action(move), Place(case_no, item_id)
    names: list[str] = []
    unfit = results.take(place, action)
    if unfit or results.only_files():
        return _again(place, action, unfit), 422 if unfit else 200
    try:
        with desk() as here, opened(here, place, seen_seq=_seen()) as case:
            if action not in offered(moves.allowed(case.row.state), here.who.permissions):
                raise moves.MoveRefused("这个办件现在不能这样办，可能刚才有人已经处理过。请看看最新情况")
            _do(here, case, action, names)
            _note(here, case, action)
    except Problems as error:
        found = picking.problems_by_name(error, names) if move == _NOTICE else asking.by_field(error)
        return _again(place, action, found), 422
    except (CaseChanged, moves.MoveRefused) as error:
        return _overtaken(place, action, error.message), 409
    except (AskedBefore, Conflict) as error:
        return _again(place, action, {}, warning=error.message), 409
    return redirect(place.address("show", done=move), 303)


def _do(here: Desk, case: OpenCase, action: Action, names: list[str]) -> None:
    actor = actor_of(here, case)
    if action.does is not None:
        action.does(here.session, case, actor, request.form)
        return
    asked, found = picking.read(form_of_case(here.session, case.row).plan, request.form)
    names += found
    ask_supplement(
        here.session, case=case, actor=actor, asked=asked, answer_days=_answer_days(asked),
        again=request.form.get("again") == "yes",
    )  # fmt: skip


def _answer_days(_asked: Sequence[Asked]) -> int:
    text = request.form.get("answer_days", "").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 60):
        raise Problems([Problem("/answer_days", "请填 1 到 60 之间的工作日天数", "Between 1 and 60 working days")])
    return int(text)


def _note(here: Desk, case: OpenCase, action: Action) -> None:
    audit.record(
        here.session, actor=audit_actor(here.who), action=f"case.{action.move}", subject=f"case:{case.row.case_no}",
        detail={"seq": case.row.last_seq, "state": case.row.state},
    )  # fmt: skip


def _again(place: Place, action: Action, problems: Mapping[str, str], warning: str = "") -> str:
    with desk() as here:
        return _form(here, place, action, typed=request.form, problems=problems, warning=warning)


def _overtaken(place: Place, action: Action, told: str) -> str:
    """Somebody was faster: the form as it was written, where it may still be done, else its words to be copied."""
    with desk() as here:
        try:
            warning = gettext("%(told)s。您写的还在下面，看过“经过”再交", told=told)
            return _form(here, place, action, typed=request.form, warning=warning)
        except NotFound:
            return case_page(here, place, warning=told, written=_written(action))


def _written(action: Action) -> list[str]:
    """What somebody wrote into a form by hand; what they chose is quickly chosen again."""
    areas = {one.name for one in action.asks if one.kind == "area"}
    return [
        value
        for name, value in request.form.items(multi=True)
        if value.strip() and (name in areas or name.startswith(("why:", "what-", "free-")))
    ]


def _form(
    here: Desk, place: Place, action: Action, *, typed: Mapping[str, str], problems: Mapping[str, str] | None = None,
    warning: str = "",
) -> str:  # fmt: skip
    with opened(here, place) as case:
        if action not in offered(moves.allowed(case.row.state), here.who.permissions):
            raise NotFound
        side: dict[str, Any] = {
            "asks": [(one, _options(here, one, case)) for one in action.asks],
            "preview": _preview(here, case, action),
        }
        if action.move in results.MOVES:
            side["results"] = results.waiting(here, case)
        if action.move == _NOTICE:
            side["groups"] = picking.groups(form_of_case(here.session, case.row).plan)
    return case_page(
        here, place, action=action, typed=typed, problems=problems or {}, warning=warning,
        picked=_picked(typed), free_lines=range(picking.FREE_LINES), answer_days=_ANSWER_DAYS, **side,
    )  # fmt: skip


def _options(here: Desk, one: Ask, case: OpenCase) -> Any:
    if one.name == "result" and not one.options and one.kind == "select":
        return decisions(case.row.state)
    if one.name == "step_name":
        plan = form_of_case(here.session, case.row).plan
        return [(question.title, question.title) for question in plan.by_pattern.values() if question.kind == "opinion"]
    return one.options


def _preview(here: Desk, case: OpenCase, action: Action) -> list[tuple[str, str]]:
    """What accepting today promises: both limits, before anybody presses the button."""
    if action.move != "accept":
        return []
    limits = due(case.limits.accepted(clock.today()), calendar(here.session))
    pairs = (("承诺办结", limits.promised_on), ("法定期限", limits.statutory_on))
    return [(label, words.day_words(day)) for label, day in pairs if day]


def _picked(typed: Mapping[str, str]) -> frozenset[str]:
    getlist = getattr(typed, "getlist", None)
    return frozenset(getlist("pick")) if getlist else frozenset()


def _seen() -> int:
    """The last event the page showed; a page that does not say has seen none."""
    text = request.form.get("seq", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _action(move: str) -> Action:
    found = next((one for one in ACTIONS if one.move == move), None)
    if found is None:
        raise NotFound
    return found
