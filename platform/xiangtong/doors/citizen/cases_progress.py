"""Ask how a case stands without signing in. What was typed never stands in an address."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from xiangtong.cases.lookup import asked_for
from xiangtong.cases.numbers import is_case_no
from xiangtong.cases.timeline import outcome, timeline
from xiangtong.doors.citizen._case import english_of, state_words, told, what_next
from xiangtong.doors.citizen._visit import site_of
from xiangtong.doors.citizen.cases_results import proof_of
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.services import services
from xiangtong.identity import throttle
from xiangtong.identity.throttle import Limit
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.finding import Township, search_townships, township
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY

_WORDS = ("查得太频繁了，请过 {minutes} 分钟再查", "Too many tries: wait {minutes} minutes")
#: Four digits are ten thousand guesses: five an hour for one number, whoever asks; and a limit for one address.
_FOR_NUMBER = Limit("progress_number", 5, timedelta(hours=1), *_WORDS)
_FROM_ADDRESS = Limit("progress_address", 60, timedelta(hours=1), *_WORDS)


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule("/progress", "ask", ask)
    blueprint.add_url_rule("/progress", "answer", answer, methods=["POST"])
    blueprint.add_url_rule("/<string(length=9):code>/progress", "ask_here", ask)
    blueprint.add_url_rule("/<string(length=9):code>/progress", "answer_here", answer, methods=["POST"])


@public
def ask(code: str | None = None) -> str:
    """Where the number and the four digits are typed."""
    return _page(_town(code))


@public
def answer(code: str | None = None) -> Response | str:
    """How the case stands; a wrong number and wrong digits get the same sentence."""
    town = _town(code)
    number = "".join(request.form.get("number", "").split()).upper()
    digits = "".join(request.form.get("digits", "").split()).upper()
    place = request.form.get("town", "").strip()
    problems = _problems(town, number, digits, place)
    if problems:
        return make_response(_page(town, number, place, problems), 422)
    throttle.spend(services().db, _FROM_ADDRESS, request.remote_addr or "")
    throttle.spend(services().db, _FOR_NUMBER, number)
    try:
        return _found(town, number, digits, place)
    except NotFound as nothing:
        words = nothing.message_en if language() == "en" else nothing.message
        return make_response(_page(town, number, place, {"number": words}), 404)


def _found(town: Township | None, number: str, digits: str, place: str) -> str:
    with services().db.scope(NOBODY) as session:
        tenant_id = town.tenant.id if town else _named(session, place)
        with asked_for(session, keys=services().keys, asked=number, last_four=digits, tenant_id=tenant_id) as case:
            happenings = timeline(session, case=case, english=language() == "en")
            came_out = outcome(happenings)
            page = render_template(
                "citizen/progress_found.html", row=case.row, english=english_of(case.row.item_name),
                state=state_words(case.row.state, came_out), next=what_next(session, case=case, outcome=came_out),
                happenings=told(happenings),
                proof=proof_of(case) if any(one.files for one in happenings) else None, site=site_of(town) if town else {},
            )  # fmt: skip
    throttle.clear(services().db, _FOR_NUMBER, number)
    return page


def _problems(town: Township | None, number: str, digits: str, place: str) -> dict[str, str]:
    problems = {}
    if not number:
        problems["number"] = gettext("请填办件编号（22 位数字）或查询码（8 个字母和数字）")
    elif not is_case_no(number) and len(number) != 8:
        problems["number"] = gettext("编号是 22 位数字，查询码是 8 个字母和数字，请对照回执再看一遍")
    elif not is_case_no(number) and town is None and not place:
        problems["town"] = gettext("用查询码查，请写上是在哪个乡镇（街道）办的")
    if len(digits) != 4:
        problems["digits"] = gettext("请填身份证号码的最后四位")
    return problems


def _named(session: ScopedSession, place: str) -> int | None:
    """The township of this name; None where there is none, or more than one."""
    found = [one for one in search_townships(session, query=place.lower()) if one.village is None] if place else []
    if len(found) != 1:
        return None
    return session.scalar(select(Tenant.id).where(Tenant.code == found[0].code))


def _town(code: str | None) -> Township | None:
    if code is None:
        return None
    with services().db.scope(NOBODY) as session:
        return township(session, code=code)


def _page(town: Township | None, number: str = "", place: str = "", problems: dict[str, str] | None = None) -> str:
    return render_template(
        "citizen/progress.html", town=town, number=number, place=place, problems=problems or {},
        site=site_of(town) if town else {},
    )  # fmt: skip
