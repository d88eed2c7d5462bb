"""推送: what waits to be told to the province, why, and since when; and what an operator does about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.console import pushing_view as view
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity.sessions import SignedIn
from xiangtong.identity.staff import actor_of
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Refusal
from xiangtong.push import breaker, differences, replay
from xiangtong.push.ports import Unreachable
from xiangtong.push.reconcile import Report, reconcile
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope, within

blueprint = Blueprint("push", __name__, url_prefix="/city/push")

_PAUSES = {"1": timedelta(hours=1), "4": timedelta(hours=4), "24": timedelta(hours=24)}


@blueprint.get("/")
@access.staff("push.view")
def index() -> str:
    """What waits within reach."""
    return _page()


@blueprint.get("/<uuid:fact_id>")
@access.staff("push.view")
def show(fact_id: UUID) -> str:
    """One message: digests, attempts, receipt; never its body."""
    return _message(asking.staff(), fact_id)


@blueprint.get("/<uuid:fact_id>/try")
@access.staff("push.operate")
def dry_run(fact_id: UUID) -> str:
    """What today's mapping would make of it; nothing is written, nothing is sent."""
    who = asking.staff()
    found = view.message(who, fact_id)
    tried = replay.dry_run(services(), tenant_id=found.tenant_id, fact_id=fact_id)
    return _message(who, fact_id, tried=tried)


@blueprint.post("/<uuid:fact_id>/replay", endpoint="replay")
@access.staff("push.operate")
def replay_one(fact_id: UUID) -> Response | tuple[str, int]:
    """Send the same bytes again."""
    who = asking.staff()
    found = view.message(who, fact_id)
    try:
        _replay(who, found.tenant_id, fact_id)
    except Refusal as refusal:
        return _message(who, fact_id, warning=refusal.message), refusal.status
    return redirect(url_for("push.show", fact_id=fact_id, done="replay"), 303)


@blueprint.post("/<uuid:fact_id>/remap")
@access.staff("push.operate")
def remap(fact_id: UUID) -> Response | tuple[str, int]:
    """Build it anew by today's mapping, once the province has said that it holds nothing under this number."""
    who = asking.staff()
    found = view.message(who, fact_id)
    try:
        replay.remap(services(), tenant_id=found.tenant_id, fact_id=fact_id)
    except Refusal as refusal:
        _noted(who, "push.remap_refused", f"fact:{fact_id}", {"code": refusal.code})
        return _message(who, fact_id, warning=refusal.message), refusal.status
    _noted(who, "push.remapped", f"fact:{fact_id}", {"tenant": found.tenant_id})
    return redirect(url_for("push.show", fact_id=fact_id, done="remap"), 303)


@blueprint.post("/replay")
@access.staff("push.operate")
def replay_all() -> Response:
    """Send everything again that stopped for one reason."""
    who, code = asking.staff(), request.form.get("code", "")[:40]
    sent = 0
    for one in view.parked_of(who, code=code) if code else ():
        try:
            _replay(who, one.tenant_id, one.fact_id)
            sent += 1
        except Refusal:
            continue  # Somebody else was faster with this one.
    return redirect(url_for("push.index", done="replay", count=sent), 303)


@blueprint.post("/pause")
@access.staff("push.operate")
def pause() -> Response:
    """Send nothing to the province for a while."""
    who, span = asking.staff(), _PAUSES.get(request.form.get("hours", ""))
    if span is None:
        raise NotFound
    with _mine(who) as session:
        for destination in _destinations(session, who):
            breaker.pause(session, destination=destination, until=clock.now() + span)
            _note(session, who, "push.paused", f"destination:{destination}", {"hours": request.form["hours"]})
    return redirect(url_for("push.index", done="pause"), 303)


@blueprint.post("/resume")
@access.staff("push.operate")
def resume() -> Response:
    """Go on, slowly at first."""
    who, destination = asking.staff(), request.form.get("destination", "")
    with _mine(who) as session:
        if destination not in _destinations(session, who):
            raise NotFound
        breaker.close(session, destination=destination)
        _note(session, who, "push.resumed", f"destination:{destination}", {})
    return redirect(url_for("push.index", done="resume"), 303)


@blueprint.post("/reconcile")
@access.staff("push.operate")
def compare() -> tuple[str, int]:
    """Compare one day with the province, now."""
    who = asking.staff()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _page(day_problem=gettext("请选一天")), 422
    try:
        with _mine(who) as session:
            city = session.get_one(Tenant, who.tenant_id).city_code
        report = reconcile(services(), day, city_code=city)
    except Unreachable:
        return _page(warning=gettext("现在联系不上省网，没有对成，过一会儿再试")), 503
    except Refusal as refusal:
        return _page(day_problem=refusal.message), refusal.status
    _noted(who, "push.reconciled", f"day:{day}", {"equal": report.equal, "re_sent": report.re_sent})
    return _page(report=report), 200


@blueprint.post("/differences/<uuid:difference_id>")
@access.staff("push.operate")
def settle(difference_id: UUID) -> Response | tuple[str, int]:
    """Close what the two sides do not agree on, with a reason; what either side holds stays as it is."""
    who, why = asking.staff(), request.form.get("why", "")
    tenant_id = view.township_of_difference(who, difference_id)
    try:
        with services().db.scope(Scope(tenant_id=tenant_id)) as session:
            case_no = differences.settle(
                session, tenant_id=tenant_id, difference_id=difference_id, by=who.staff_no, why=why
            )
            with within(session, tenant_id=who.tenant_id):
                _note(session, who, "push.settled", f"case:{case_no}", {"tenant": tenant_id, "reason": why.strip()})
    except differences.NoReason as refusal:
        return _page(asked=difference_id, why=why, why_problem=refusal.message), refusal.status
    except Refusal as refusal:
        return _page(warning=refusal.message), refusal.status
    return redirect(url_for("push.index", done="settle", _anchor="closed"), 303)


def _replay(who: SignedIn, tenant_id: int, fact_id: UUID) -> None:
    with services().db.scope(Scope(tenant_id=tenant_id)) as session:
        replay.replay(session, tenant_id=tenant_id, fact_id=fact_id)
        # The log is the operator's own body's: that is where their deeds are looked for.
        with within(session, tenant_id=who.tenant_id):
            _note(session, who, "push.replayed", f"fact:{fact_id}", {"tenant": tenant_id})


def _mine(who: SignedIn) -> Any:
    return services().db.scope(Scope(tenant_id=who.tenant_id))


def _noted(who: SignedIn, action: str, subject: str, detail: dict[str, Any]) -> None:
    with _mine(who) as session:
        _note(session, who, action, subject, detail)


def _note(session: ScopedSession, who: SignedIn, action: str, subject: str, detail: dict[str, Any]) -> None:
    audit.record(session, actor=actor_of(who), action=action, subject=subject, detail=detail)


def _destinations(session: ScopedSession, who: SignedIn) -> set[str]:
    city = session.scalars(select(Tenant.city_code).where(Tenant.id == who.tenant_id)).one()
    return {services().transport.line(city).destination}


def _page(
    *, report: Report | None = None, warning: str = "", day_problem: str = "",
    asked: UUID | None = None, why: str = "", why_problem: str = "",
) -> str:  # fmt: skip
    who, code = asking.staff(), request.args.get("code", "")[:40]
    return render_template(
        "console/push/index.html", screen=view.screen(who, code=code), code=code, report=report, warning=warning,
        day_problem=day_problem, done=_done(), states=view.STATES, cause=view.cause_words, age=view.age_words,
        yesterday=clock.today() - timedelta(days=1), local=clock.local, kinds=view.KINDS, asked=asked, why=why,
        why_problem=why_problem,
    )  # fmt: skip


def _message(who: SignedIn, fact_id: UUID, *, tried: replay.DryRun | None = None, warning: str = "") -> str:
    return render_template(
        "console/push/message.html", message=view.message(who, fact_id), tried=tried, warning=warning, done=_done(),
        states=view.STATES, steps=view.STEPS, cause=view.cause_words, ending=view.ending_words, local=clock.local,
    )  # fmt: skip


def _done() -> str:
    count = request.args.get("count", "")
    words = {
        "replay": gettext("已经重新排上队，马上会发"),
        "remap": gettext("已重新生成，马上会发；原来的那一条留着备查"),
        "pause": gettext("已停发。消息都留着，到时间或点“恢复”后接着发"),
        "settle": gettext("已关掉，谁关的、为什么都记下了"),
        "resume": gettext("已恢复，先慢后快"),
    }
    said = words.get(request.args.get("done", ""), "")
    return f"{said}（{gettext('%(count)s 条', count=count)}）" if said and count.isdigit() else str(said)
