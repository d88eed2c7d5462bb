"""A case as its applicant sees it: words, dates and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import format_date, gettext

from xiangtong.cases import moves
from xiangtong.cases.models import NO_DAY
from xiangtong.cases.record import OpenCase
from xiangtong.cases.timeline import Happening
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.services import services
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.calendar import calendar


def case_address(code: str, case_no: str) -> str:
    """The page of a case; a case number says nothing of a person."""
    return url_for("cases.show", code=code, case_no=case_no)


def print_address(code: str, case_no: str) -> str:
    """The filed form as it is printed."""
    return f"{case_address(code, case_no)}/print"


def english_of(official: str) -> str:
    """What an official name means, for readers of English; nothing for readers of Chinese, or where nobody has said."""
    return services().library.vocabulary.english.get(official, "") if language() == "en" else ""


def state_words(state: str, outcome: str | None = None) -> tuple[str, str]:
    """What a state is called to the applicant, and the look of its tag; `outcome` as `timeline.outcome` gives it."""
    ended = _outcome_words().get(outcome or "") if state in (moves.DECIDED, moves.DELIVERED) else None
    if ended is not None:
        return ended
    words = {
        moves.SUBMITTED: (gettext("已提交，等工作人员看"), ""),
        moves.REVIEWED: (gettext("初步看过，等受理"), ""),
        moves.UNFIT: (gettext("初步看过，有些问题"), "soon"),
        moves.ASKED: (gettext("请您补充材料"), "soon"),
        moves.ASKED_MIDWAY: (gettext("请您补充材料"), "soon"),
        moves.HANDLING: (gettext("正在办理"), ""),
        moves.SUSPENDED: (gettext("需要额外的时间，正在办理"), ""),
        moves.DECIDED: (gettext("办好了"), "done"),
        moves.DELIVERED: (gettext("办好了，结果已送出"), "done"),
        moves.REJECTED: (gettext("没有受理"), "late"),
        moves.WITHDRAWN: (gettext("您撤回了"), ""),
        moves.VOIDED: (gettext("已作废"), ""),
        moves.TRANSFERRED: (gettext("转到别处办理"), ""),
    }
    return words.get(state, (gettext("正在办理"), ""))


def _outcome_words() -> dict[str, tuple[str, str]]:
    """A decision that is no grant is never called “done”."""
    return {
        "refused": (gettext("没有批准"), "late"),
        "terminated": (gettext("终止办理了"), "late"),
        "returned": (gettext("退回来了"), "late"),
        "reported_up": (gettext("转报上级办理"), ""),
        "supplement_expired": (gettext("没有按时补充材料，已经结束"), "late"),
    }


def what_next(session: ScopedSession, *, case: OpenCase, outcome: str | None = None) -> str:
    """What happens next and by when, in one sentence; empty when nothing does."""
    row = case.row
    if row.state in (moves.DECIDED, moves.DELIVERED) and outcome == "supplement_expired":
        return str(gettext("还需要办的话，可以重新申请。"))
    if row.state in (moves.SUBMITTED, moves.REVIEWED, moves.UNFIT) and row.due_on != NO_DAY:
        return str(gettext("工作人员会在 %(day)s 前告诉您是否受理，您不用跑。", day=day_words(row.due_on)))
    if row.state == moves.HANDLING and row.due_on != NO_DAY:
        return str(gettext("正在办理，承诺在 %(day)s 前办完。", day=day_words(row.due_on)))
    if row.state in (moves.ASKED, moves.ASKED_MIDWAY):
        return _asked_words(session, case.limits.asked_until)
    if row.state == moves.SUSPENDED:
        return str(gettext("这一段时间不算在办理时间里，好了会继续办。"))
    return ""


def _asked_words(session: ScopedSession, until: date | None) -> str:
    """By when the supplement has to come, how long that is, and what happens otherwise."""
    today = clock.today()
    if until is None:
        return str(gettext("请按下面写的补齐；补齐之前，办理时间先不算。"))
    if until < today:
        return str(gettext("补充材料的最后一天已经过了，这份申请马上会结束。还需要办的话，可以重新申请。"))
    left, day = calendar(session).between(today, until), day_words(until)
    if not left:
        return str(gettext("今天是补充材料的最后一天，请今天就补齐，不然这份申请会结束。"))
    return str(
        gettext(
            "请按下面写的补齐，最晚 %(day)s（还有 %(count)s 个工作日）；补齐之前，办理时间先不算。"
            "过了这一天还没有补，这份申请就会结束。",
            day=day, count=left,
        )
    )  # fmt: skip


def day_words(day: date) -> str:
    """A day as the reader's language writes it: 2026年11月27日."""
    return str(format_date(day, "long"))


def told(happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """The lines of the 经过, the latest first."""
    return [
        {
            "at": f"{clock.local(one.at):%Y-%m-%d %H:%M}",
            "title": one.title,
            "details": one.details,
            "push": one.push_words,
            "latest": place == 0,
        }
        for place, one in enumerate(reversed(happenings))
    ]
