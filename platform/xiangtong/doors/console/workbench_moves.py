"""What the window may do to a case: one table. Who may (permission), the letter on the button, what is asked, the verb.

A move is offered where the table of moves allows it (cases.moves) and the person holds the permission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from xiangtong.cases import moves, results, window
from xiangtong.cases.facts import Actor
from xiangtong.cases.record import OpenCase
from xiangtong.cases.window import SPECIAL_KINDS
from xiangtong.fields.normal import scrub
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problem, Problems

Words: TypeAlias = LazyString | str
Typed: TypeAlias = Mapping[str, str]
Options: TypeAlias = Sequence[tuple[str, Words]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of an action's form; `name` is the last part of the pointer a problem about it has."""

    name: str
    label: Words
    kind: Literal["text", "area", "select", "days"] = "text"
    options: Options = ()
    hint: Words = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One button: the move (a type of the contract), its words, its letter, who may, what is asked, what is done."""

    move: str
    words: Words
    key: str
    permission: str
    done: Words
    asks: Sequence[Ask] = ()
    look: str = "second"
    does: Callable[[ScopedSession, OpenCase, Actor, Typed], object] | None = None


_REASON = Ask("reason", _("理由"), "area", hint=_("申请人会看到这句话"))
_REVIEWS = (("pass", _("通过")), ("fail", _("不通过")), ("supplement", _("还需要补充")))
_STEPS = (("pass", _("同意")), ("fail", _("不同意")), ("return", _("退回上一步")))
_DELIVERIES = (
    ("window", _("到窗口领取")),
    ("post", _("邮寄")),
    ("online", _("网上领取")),
    ("agent", _("代办员送上门")),
)
_DECISIONS = {
    "granted": _("准予"),
    "refused": _("不予批准"),
    "terminated": _("终止办理"),
    "returned": _("退件"),
    "reported_up": _("已转报上级"),
    "supplement_expired": _("超过期限没有补正"),
}


def _pre_review(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    result: Any = _one_of(typed, "result", dict(_REVIEWS))
    return window.pre_review(session, case=case, actor=actor, result=result, reason=typed.get("reason", ""))


def _accept(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    return window.accept(session, case=case, actor=actor, window=_line(typed, "window"))


def _reject(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    return window.reject(session, case=case, actor=actor, reason=typed.get("reason", ""))


def _step(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    result: Any = _one_of(typed, "result", dict(_STEPS))
    name = _line(typed, "step_name")
    if not name:
        raise Problems([Problem("/step_name", "请写是哪个环节", "Name the step", "missing")])
    # The step began when the last thing happened to the case: nobody has to look at a watch.
    step = window.Step(
        code=f"S{case.row.last_seq}", name=name, result=result, opinion=typed.get("opinion", "").strip(),
        started_at=case.row.updated_at,
    )  # fmt: skip
    return window.record_step(session, case=case, actor=actor, step=step)


def _decide(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    result: Any = _one_of(typed, "result", dict(decisions(case.row.state)))
    return window.decide(
        session, case=case, actor=actor, result=result, reason=typed.get("reason", ""),
        document_no=_line(typed, "document_no"), materials=results.claim(session, case=case),
    )  # fmt: skip


def _deliver(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    method: Any = _one_of(typed, "method", dict(_DELIVERIES))
    results.hand_out_late(session, case=case, actor=actor)
    return window.deliver(session, case=case, actor=actor, method=method, tracking_no=_line(typed, "tracking_no"))


def _start_special(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    return window.start_special(
        session, case=case, actor=actor, kind=typed.get("kind", ""), legal_basis=typed.get("legal_basis", ""),
        promised_working_days=_number(typed, "promised_working_days"),
    )  # fmt: skip


def _end_special(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    return window.end_special(session, case=case, actor=actor, result=typed.get("result", ""))


def _extend(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    return window.extend(
        session, case=case, actor=actor, working_days=_number(typed, "working_days"),
        reason=typed.get("reason", ""), approved_by=typed.get("approved_by", ""),
    )  # fmt: skip


def _void(session: ScopedSession, case: OpenCase, actor: Actor, typed: Typed) -> object:
    return window.void(session, case=case, actor=actor, reason=typed.get("reason", ""))


ACTIONS: Sequence[Action] = (
    Action(
        "accept", _("受理"), "A", "cases.accept", _("已受理，开始计时。申请人马上能看到。"),
        (Ask("window", _("窗口"), optional=True, hint=_("比如“3 号窗口”")),), look="", does=_accept,
    ),
    Action("supplement_notice", _("一次性告知补正"), "B", "cases.accept", _("已告知申请人补正，计时停下。")),
    Action("reject", _("不予受理"), "R", "cases.accept", _("已告知申请人不予受理。"), (_REASON,), does=_reject),
    Action(
        "pre_review", _("网上预审"), "P", "cases.review", _("预审意见已记下。"),
        (Ask("result", _("预审结果"), "select", _REVIEWS),
         Ask("reason", _("理由"), "area", hint=_("通过时可以不写"), optional=True)), does=_pre_review,
    ),
    Action(
        "step", _("记录环节"), "S", "cases.step", _("环节已记下。"),
        (Ask("step_name", _("环节")), Ask("result", _("结果"), "select", _STEPS),
         Ask("opinion", _("意见"), "area", optional=True)), look="", does=_step,
    ),
    Action(
        "decide", _("办结"), "D", "cases.decide", _("已办结。申请人马上能看到结果。"),
        (Ask("result", _("办理结果"), "select"),
         Ask("reason", _("理由"), "area", hint=_("准予时可以不写；其他结果要写清楚，申请人会看到"), optional=True),
         Ask("document_no", _("文书编号"), optional=True)), look="", does=_decide,
    ),
    Action(
        "deliver", _("送达"), "L", "cases.deliver", _("已记下送达。"),
        (Ask("method", _("怎样送到"), "select", _DELIVERIES), Ask("tracking_no", _("快递单号"), optional=True)),
        look="", does=_deliver,
    ),
    Action(
        "special_start", _("特别程序开始"), "T", "cases.step", _("特别程序已开始，计时停下。"),
        (Ask("kind", _("哪一种"), "select", tuple(SPECIAL_KINDS.items())),
         Ask("legal_basis", _("依据"), "area", hint=_("哪部法规的哪一条")),
         Ask("promised_working_days", _("大约需要多少个工作日"), "days")), does=_start_special,
    ),
    Action(
        "special_end", _("特别程序结束"), "T", "cases.step", _("特别程序已结束，接着计时。"),
        (Ask("result", _("结果"), "area", hint=_("申请人会看到这句话")),), look="", does=_end_special,
    ),
    Action(
        "extend", _("延长审批"), "Y", "cases.review", _("期限已延长，已告知申请人。"),
        (Ask("working_days", _("延长多少个工作日"), "days"), _REASON, Ask("approved_by", _("批准人"))), does=_extend,
    ),
    Action("void", _("作废"), "", "cases.review", _("已作废。"), (_REASON,), look="stop", does=_void),
)  # fmt: skip


def offered(allowed: frozenset[str], permissions: frozenset[str]) -> list[Action]:
    """The buttons of this person for a case whose state allows these moves."""
    return [one for one in ACTIONS if one.move in allowed and one.permission in permissions]


def decisions(state: str) -> Options:
    """The results a case in this state may be closed with."""
    possible = moves.MOVES.get(state, {})
    return [(result, words) for result, words in _DECISIONS.items() if f"decide:{result}" in possible]


def _one_of(typed: Typed, name: str, options: Mapping[str, Any]) -> str:
    chosen = typed.get(name, "")
    if chosen not in options:
        raise Problems([Problem(f"/{name}", "请选一项", "Choose one", "choice")])
    return chosen


def _line(typed: Typed, name: str) -> str:
    return scrub(typed.get(name, "")).strip()[:50]


def _number(typed: Typed, name: str) -> int:
    text = typed.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Problems([Problem(f"/{name}", "请填工作日天数，比如 10", "Give a number of working days", "number")])
    return int(text)
