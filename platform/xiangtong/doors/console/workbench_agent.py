"""代办: what villagers asked the village to fill in, and filings begun for somebody at the window."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.console.workbench_desk import Desk, desk
from xiangtong.doors.console.workbench_filing import holder_of, open_filing
from xiangtong.doors.shared import access
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft
from xiangtong.drafts import expiry, handing, opening
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import FormRef
from xiangtong.drafts.typed import Typed
from xiangtong.drafts.work import work_items
from xiangtong.forms.library import Form
from xiangtong.identity import staff
from xiangtong.identity.models import Staff
from xiangtong.items.models import Item
from xiangtong.items.offer import item_of_form, offered
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound

blueprint = Blueprint("agent", __name__, url_prefix="/agent")

_BY_AGENT = "/by_agent"
_MOST_DRAFTS = 50


@blueprint.get("/")
@access.staff("cases.file_for")
def index() -> str:
    """What was handed over within reach, what one began oneself, and the forms one may begin."""
    with desk() as here:
        return agent_page(here)


@blueprint.post("/")
@access.staff("cases.file_for")
def begin() -> Response | tuple[str, int]:
    """Begin a filing for somebody who agreed to it."""
    form_code, who = request.form.get("form", ""), request.form.get("who", "")
    village = request.form.get("village", "")
    with desk() as here:
        problems = _problems(here, form_code, who, village)
        if problems:
            return agent_page(here, problems), 422
        item = item_of_form(here.session, tenant_id=here.tenant.id, form_code=form_code)
        draft_id = _mint(here, services().library.form(form_code), item, by_agent=who == "agent", village=village)
    return redirect(url_for("agent.resume", draft_id=draft_id), 303)


@blueprint.post("/<uuid:draft_id>/give-back")
@access.staff("cases.file_for")
def give_back(draft_id: UUID) -> Response:
    """Filled in: the villager looks at it and files it."""
    with desk() as here:
        filing = open_filing(here, draft_id, to_write=True)
        if not filing.handed:
            raise NotFound
        handing.give_back(here.session, draft=filing.draft)
        note(here, "draft.given_back", draft_id, {})
    return redirect(url_for("agent.index", done="back"), 303)


@blueprint.post("/<uuid:draft_id>/discard")
@access.staff("cases.file_for")
def discard(draft_id: UUID) -> Response:
    """Throw away a filing one began oneself; what a villager handed over is theirs to throw away."""
    with desk() as here:
        filing = open_filing(here, draft_id, to_write=True)
        if filing.handed:
            raise NotFound
        expiry.discard(here.session, keys=services().keys, row=filing.draft.row)
        note(here, "draft.discarded", draft_id, {})
    return redirect(url_for("agent.index", done="gone"), 303)


def _mint(here: Desk, form: Form, item: Item, *, by_agent: bool, village: str) -> UUID:
    at_window = "cases.view" in here.who.permissions
    draft = opening.start(
        here.session, keys=services().keys, tenant_id=here.tenant.id, holder=holder_of(here),
        form=FormRef(item.item_code or item.basic_code, form.code, form.version, form.hash, form.title),
        channel="window" if at_window and not by_agent else "agent", village_code=village,
        agent_mode="agent" if by_agent else "clerk", typed=_known(here, form, by_agent=by_agent, village=village),
    )  # fmt: skip
    draft.row.consented_at = clock.now()
    note(here, "draft.agency", draft.id, {"consent": request.form["consent"], "village": village, "form": form.code})
    return draft.id


def _known(here: Desk, form: Form, *, by_agent: bool, village: str) -> Typed:
    """What the desk knows already: the village, whether somebody files for another, and who that is."""
    member = here.session.get_one(Staff, (here.tenant.id, here.who.subject_id))
    known = {"citizen.village": village}
    if by_agent:
        known |= {"agent.name": here.who.name, "agent.phone": staff.phone_of(services().keys, member)}
    questions = form.plan.by_pattern
    typed: dict[str, Any] = {
        pattern: known[question.prefill] for pattern, question in questions.items() if known.get(question.prefill)
    }
    if _BY_AGENT in questions:
        typed[_BY_AGENT] = "true" if by_agent else "false"
    if by_agent and "/agent/relation" in questions:
        typed["/agent/relation"] = "village"
    return Typed().changed(typed)


def _problems(here: Desk, form_code: str, who: str, village: str) -> dict[str, str]:
    found = {}
    if form_code not in {item.form_code for item in _items(here)}:
        found["form"] = gettext("请选要办哪一项")
    if who not in ("self", "agent"):
        found["who"] = gettext("请选本人在不在场")
    if village not in here.around.villages or not here.may_see(village):
        found["village"] = gettext("请选是哪个村（社区）")
    if request.form.get("consent") not in ("in_person", "by_phone"):
        found["consent"] = gettext("没有本人同意不能代办，请先问过本人")
    return found


def _items(here: Desk) -> list[Item]:
    items = offered(here.session, tenant_id=here.tenant.id) if here.tenant.state == "open" else []
    return [item for item in items if item.form_code]


def agent_page(here: Desk, problems: dict[str, str] | None = None) -> str:
    """What waits, what one began, and the ways to begin; `problems` by the name of the input."""
    handed = work_items(here.session, tenant_id=here.tenant.id, kind="draft", village_codes=here.villages)
    mine = select(Draft).where(
        Draft.tenant_id == here.tenant.id, Draft.staff_id == here.who.subject_id, Draft.state == "open"
    )
    drafts = here.session.scalars(mine.order_by(Draft.updated_at.desc()).limit(_MOST_DRAFTS)).all()
    villages = [(code, name) for code, name in here.around.villages.items() if here.may_see(code)]
    words = {
        "back": gettext("已还给本人。本人看过没错就会提交"),
        "gone": gettext("已删掉"),
    }
    return render_template(
        "console/workbench/agent.html", handed=handed, drafts=[(form_of_draft(here.session, one).title, one) for one in drafts],
        items=[(item.form_code, item.name) for item in _items(here)], villages=villages, names=here.around.villages,
        problems=problems or {}, typed=request.form, done=words.get(request.args.get("done", ""), ""),
        local=clock.local,
    )  # fmt: skip


def note(here: Desk, action: str, draft_id: UUID | None, detail: dict[str, Any]) -> None:
    """Write into the audit book what was done about a draft."""
    audit.record(
        here.session, actor=staff.actor_of(here.who), action=action, subject=f"draft:{draft_id or '-'}", detail=detail
    )
