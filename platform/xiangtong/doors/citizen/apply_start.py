"""The first page of a filing: what it is, what to have at hand, for whom it is; go on with a draft, or begin one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.dialect.plan import Material
from xiangtong.doors.citizen import _earlier, _known, _licences
from xiangtong.doors.citizen._licences import Consented
from xiangtong.doors.citizen._page import helping
from xiangtong.doors.citizen._terminal import is_terminal, lasting
from xiangtong.doors.citizen._visit import Visit, visit, visit_as
from xiangtong.doors.shared.access import citizen, public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.person import person, set_cookie
from xiangtong.doors.shared.services import services
from xiangtong.drafts import opening
from xiangtong.drafts.models import CitizenDraft
from xiangtong.drafts.opening import FormRef
from xiangtong.drafts.pointers import drafts_of
from xiangtong.forms.library import Form
from xiangtong.identity import citizens, sessions, throttle
from xiangtong.identity.throttle import Limit
from xiangtong.items.models import Item
from xiangtong.items.offer import item_of_form
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Conflict

# A second tap on “开始填表” finds the draft of the first.
_SAME_TAP = timedelta(seconds=15)
_MOST_DRAFTS = 5
_TOO_MANY = "这里刚才开始填的太多了，请过 {minutes} 分钟再试，或者登录后再填"
_TOO_MANY_EN = "Too many were begun here: wait {minutes} minutes, or sign in"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule("/<string(length=9):code>/apply/<form_code>", "start", start)
    blueprint.add_url_rule("/<string(length=9):code>/apply/<form_code>", "begin", begin, methods=["POST"])
    blueprint.add_url_rule("/<string(length=9):code>/apply/<form_code>/guest", "guest", start_as_guest)
    blueprint.add_url_rule(
        "/<string(length=9):code>/apply/<form_code>/guest", "begin_as_guest", begin_as_guest, methods=["POST"]
    )


@citizen(assurance=2)
def start(code: str, form_code: str) -> str:
    """What will be asked, which draft is waiting, and the choice of for whom it is."""
    with visit(code) as here:
        return _start(here, form_code)


@public
def start_as_guest(code: str, form_code: str) -> Response | str:
    """The same without signing in: that comes at the end, before it is filed."""
    if _signed_in():
        return redirect(url_for("apply.start", code=code, form_code=form_code), 303)
    who = _guest()
    with visit_as(code, who or uuid4(), kind="guest") as here:
        return _start(here, form_code)


def _signed_in() -> bool:
    found = person()
    return found is not None and found.kind == "citizen"


def _guest() -> UUID | None:
    found = person()
    return found.subject_id if found is not None and found.kind == "guest" else None


def _start(here: Visit, form_code: str) -> str:
    if here.tenant.state != "open":
        return closed_page(here)
    form = services().library.form(form_code)
    item = item_of_form(here.session, tenant_id=here.tenant.id, form_code=form_code)
    return _page(here, form, item) if item.item_code else closed_page(here, registered=False)


@citizen(assurance=2)
def begin(code: str, form_code: str) -> Response | str:
    """Mint a draft with what is known already, and go to its first page."""
    told = _licences.ask(code, services().library.form(form_code), fits=_fits)
    with visit(code) as here:
        return _begin(here, code, form_code, told)


def _fits(here: Visit) -> bool:
    who, village = request.form.get("who", ""), request.form.get("village", "")
    return here.tenant.state == "open" and not _problems(here, who, village)


@public
def begin_as_guest(code: str, form_code: str) -> Response | str:
    """The same for whoever has not signed in: they get a name for what they began, and nothing else."""
    if _signed_in():
        return redirect(url_for("apply.start", code=code, form_code=form_code), 307)
    who = _guest()
    _count_guest(who)
    with visit_as(code, who or uuid4(), kind="guest") as here:
        answer = _begin(here, code, form_code)
        if who is not None or isinstance(answer, str):
            return answer
        token = sessions.open_session(here.session, kind="guest", subject_id=here.citizen_id, assurance=0)
    set_cookie(answer, token, seconds=lasting(int(sessions.LIMITS["guest"].whole.total_seconds())))
    return answer


def _count_guest(who: UUID | None) -> None:
    """Count what a guest begins: a known one for themselves, a new one for the address they come from.

    An address is no person: behind a carrier's gateway, or in a village hall, many begin at once.
    """
    drafts, browsers = services().settings.guests_at_once
    name, most, subject = ("guest_drafts", drafts, str(who)) if who else ("guests", browsers, request.remote_addr or "")
    throttle.spend(services().db, Limit(name, most, timedelta(hours=1), _TOO_MANY, _TOO_MANY_EN), subject)


def _begin(here: Visit, code: str, form_code: str, told: Consented | None = None) -> Response | str:
    if here.tenant.state != "open":
        return closed_page(here)
    form = services().library.form(form_code)
    item = item_of_form(here.session, tenant_id=here.tenant.id, form_code=form_code)
    if not item.item_code:
        return closed_page(here, registered=False)
    who, village = request.form.get("who", ""), request.form.get("village", "")
    problems = _problems(here, who, village)
    if problems:
        return _page(here, form, item, problems=problems, who=who, village=village)
    waiting = _waiting(here, form_code)
    twin = next((one for one in waiting if clock.now() - one.updated_at < _SAME_TAP and one.state == "open"), None)
    if twin is not None:
        draft_id = twin.draft_id
    else:
        draft_id = _mint(here, form, item, waiting, for_other=who == "other", village=village, told=told)
    return redirect(url_for("apply.resume", code=code, form_code=form_code, draft_id=draft_id), 303)


def closed_page(here: Visit, *, registered: bool = True) -> str:
    """The township takes no filings: suspended, or merged into another; or this one item is not `registered` yet."""
    return render_template(
        "citizen/closed.html", tenant=here.tenant, successor=here.town.successor, hands=helping(here),
        registered=registered,
    )  # fmt: skip


def _mint(
    here: Visit, form: Form, item: Item, waiting: list[CitizenDraft], *, for_other: bool, village: str,
    told: Consented | None,
) -> UUID:  # fmt: skip
    if len(waiting) >= _MOST_DRAFTS:
        raise Conflict(
            f"这项申请您已经有 {len(waiting)} 份没有交的，请先接着填其中一份，或到“我的申请”里删掉不要的",
            "There are too many unfinished drafts of this form; go on with one of them or delete some",
            code="DRAFT_COUNT",
        )
    claims = citizens.load(here.session, keys=services().keys, citizen_id=here.citizen_id)
    typed = _known.prefilled(form.plan, claims, for_other=for_other, village=village)
    if told is not None:
        typed = _licences.taken(form.plan, typed, told)
    if request.form.get("reuse") == "yes" and not for_other:
        typed = _earlier.taken(here, form.plan, typed)
    draft = opening.start(
        here.session, keys=services().keys, tenant_id=here.tenant.id, holder=here.holder,
        form=FormRef(item.item_code or "", form.code, form.version, form.hash, form.title),
        channel="mobile" if "Mobi" in request.user_agent.string else "web", village_code=village or None,
        agent_mode="agent" if for_other else "self",
        typed=typed,
    )  # fmt: skip
    if told is not None:
        _licences.note(here, draft, told)
    return draft.id


def _page(
    here: Visit, form: Form, item: Item, *, problems: dict[str, str] | None = None, who: str = "", village: str = ""
) -> str:
    # On a terminal nobody knows whether who comes now is the guest who began it.
    waiting = [] if here.guest and is_terminal() else _waiting(here, form.code)
    drafts = [
        (url_for("apply.resume", code=here.tenant.code, form_code=form.code, draft_id=one.draft_id), one)
        for one in waiting
    ]
    english = language() == "en"
    return render_template(
        "citizen/start.html", form_title=form.title_en if english else form.title, official=form.title if english else "",
        drafts=drafts, earlier=_earlier.latest(here), reuse=request.form.get("reuse", ""),
        materials=[_wanted(one, english=english) for one in form.materials],
        steps=form.plan.steps, licences="" if here.guest else _licences.names(_licences.wanted(form.plan)),
        look=request.form.get("licences", ""),
        villages=list(here.around.villages.items()), may_be_agent=_known.BY_AGENT in form.plan.by_pattern,
        who=who, village=village or request.args.get("village", ""), problems=problems or {},
        local=clock.local, hands=helping(here), guest=here.guest, demo=item.demo,
        blank_url=f"/{here.tenant.code}/print/{form.code}",
    )  # fmt: skip


def _wanted(material: Material, *, english: bool) -> Material:
    """The material in the reader's words."""
    if not english:
        return material
    return replace(material, name=material.name_en or material.name, when=material.when_en or material.when)


def _problems(here: Visit, who: str, village: str) -> dict[str, str]:
    problems = {}
    if who not in ("self", "other"):
        problems["who"] = gettext("请选是给自己办，还是替别人办")
    if here.around.villages and village not in here.around.villages:
        problems["village"] = gettext("请选是哪个村（社区）")
    return problems


def _waiting(here: Visit, form_code: str) -> list[CitizenDraft]:
    mine = drafts_of(here.session, citizen_id=here.citizen_id)
    return [
        one
        for one in mine
        if one.tenant_id == here.tenant.id and one.form_code == form_code and one.state in ("open", "handed")
    ]
