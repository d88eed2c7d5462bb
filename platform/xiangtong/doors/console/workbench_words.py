"""What the window calls things: states, channels, figures, days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from xiangtong.cases import moves
from xiangtong.cases.clock import Light
from xiangtong.cases.models import NO_DAY
from xiangtong.cases.worklist import MOST_COUNTED, Counts, Filters
from xiangtong.kernel import clock

WAITING = (moves.SUBMITTED, moves.REVIEWED, moves.UNFIT)
AT_WORK = (moves.HANDLING, moves.ASKED, moves.ASKED_MIDWAY, moves.SUSPENDED)
SETTLED = (moves.DECIDED, moves.DELIVERED)

STATES = {
    moves.SUBMITTED: _("待受理"),
    moves.REVIEWED: _("预审通过"),
    moves.UNFIT: _("预审没通过"),
    moves.ASKED: _("等补正"),
    moves.ASKED_MIDWAY: _("等补正"),
    moves.HANDLING: _("办理中"),
    moves.SUSPENDED: _("特别程序"),
    moves.DECIDED: _("已办结"),
    moves.DELIVERED: _("已送达"),
    moves.REJECTED: _("不予受理"),
    moves.WITHDRAWN: _("已撤回"),
    moves.VOIDED: _("已作废"),
    moves.TRANSFERRED: _("已转出"),
}
CHANNELS = {
    "web": _("电脑"),
    "mobile": _("手机"),
    "window": _("窗口"),
    "agent": _("代办"),
    "terminal": _("自助终端"),
}
LOOKS: dict[Light, str] = {"red": "late", "gold": "soon", "green": "", "still": ""}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on top: what it shows when pressed, how many, its words, its look."""

    show: str
    count: str
    words: str
    look: str


def figures(found: Counts, decided_today: int) -> list[Figure]:
    """The five numbers of a day."""
    state = found.by_state
    return [
        Figure("waiting", _capped(sum(state.get(one, 0) for one in WAITING)), gettext("待受理"), ""),
        Figure("soon", _capped(found.gold), gettext("快到期"), "soon" if found.gold else ""),
        Figure("late", _capped(found.red), gettext("已超时"), "late" if found.red else ""),
        Figure("handling", _capped(sum(state.get(one, 0) for one in AT_WORK)), gettext("办理中"), ""),
        Figure("settled", _capped(decided_today), gettext("今天办结"), "done" if decided_today else ""),
    ]


def filters(show: str, **more: object) -> Filters:
    """What a figure shows when it is pressed; everything open for any other word."""
    chosen: dict[str, object] = {
        "waiting": {"states": WAITING},
        "soon": {"light": "gold"},
        "late": {"light": "red"},
        "handling": {"states": AT_WORK},
        "settled": {"states": SETTLED},
    }.get(show, {})  # type: ignore[assignment]
    return Filters(**chosen, **more)  # type: ignore[arg-type]


def days_words(days_left: int | None) -> str:
    """How long there is left, in working days; empty where nothing is due."""
    if days_left is None:
        return ""
    if days_left < 0:
        return str(gettext("超 %(count)s 天", count=-days_left))
    return str(gettext("剩 %(count)s 天", count=days_left)) if days_left else str(gettext("今天到期"))


def asked_words(days_left: int) -> str:
    """How long the applicant still has to supply what was asked for, in working days."""
    if days_left < 0:
        return str(gettext("补正超期"))
    return str(gettext("等补正，剩 %(count)s 天", count=days_left)) if days_left else str(gettext("等补正，今天到期"))


def moment_words(moment: datetime) -> str:
    """A moment as an office says it: today by the hour, else by the day."""
    here = clock.local(moment)
    if here.date() == clock.today():
        return str(gettext("今天 %(time)s", time=f"{here:%H:%M}"))
    return f"{here:%Y-%m-%d}" if here.year != clock.today().year else f"{here:%m-%d %H:%M}"


def day_words(day: date | None) -> str:
    """A day, or nothing where none is set."""
    return "" if day is None or day == NO_DAY else f"{day:%Y-%m-%d}"


def sentence(parts: Sequence[str]) -> str:
    """Words beside one another, those that are there."""
    return "　".join(part for part in parts if part)


def _capped(count: int) -> str:
    return f"{MOST_COUNTED}+" if count >= MOST_COUNTED else str(count)
