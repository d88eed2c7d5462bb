"""申请表: every form with its versions, what is live since when, what waits as a draft. Looking, never writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.vocabulary import DialectError, Facts
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.forms import versions
from xiangtong.forms.difference import Line, differences
from xiangtong.forms.library import Form, NoSuchForm, read_back
from xiangtong.forms.models import FormSheet, FormVersion
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_step
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.neighbourhood import neighbourhood
from xiangtong.tenancy.scope import Scope
from xiangtong.validation.validate import decide

blueprint = Blueprint("forms", __name__, url_prefix="/forms")
DRAFT = "draft"
_MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """A reading transaction of whoever looks after the forms."""

    session: ScopedSession
    who: SignedIn
    tenant: Tenant

    @property
    def publishes(self) -> bool:
        """Whether this person may put forms before the public: they are one for the whole city."""
        return "library.publish" in self.who.permissions


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk of whoever is signed in."""
    who = asking.staff()
    with services().db.scope(Scope(tenant_id=who.tenant_id)) as session:
        yield Desk(session, who, session.get_one(Tenant, who.tenant_id))


@blueprint.get("/")
@access.staff("forms.view")
def index() -> str:
    """Every form, its state, and whether a draft waits."""
    return listed()


def listed(problems: Any = (), problem_lines: Any = ()) -> str:
    """The list; `problems` are what stood in the way of an upload."""
    with desk() as here:
        rows = versions.overview(here.session)
        drafts = {row.code: row for row in rows if row.number is None}
        published = {row.code: row for row in rows if row.number is not None}
        codes = sorted({*drafts, *published}, key=lambda code: _called(published.get(code) or drafts[code]))
        lines = [(code, published.get(code), drafts.get(code)) for code in codes]
        return render_template(
            "console/forms/index.html", lines=lines, state=state_words, day=day, publishes=here.publishes,
            problems=problems, problem_lines=problem_lines,
        )  # fmt: skip


@blueprint.get("/<form_code>/")
@access.staff("forms.view")
def show(form_code: str) -> str:
    """One form: the draft with what stands against it, the live version, and the history."""
    return shown(form_code)


def shown(form_code: str, *, warning: str = "") -> str:
    """The page of one form; `warning` is why something was not done."""
    with desk() as here:
        history = list(versions.history(here.session, code=form_code))[:_MOST_HISTORY]
        draft = versions.draft_of(here.session, code=form_code)
        if not history and draft is None:
            raise NotFound
        return render_template(
            "console/forms/show.html", code=form_code, title=_called(draft or history[0]), history=history,
            draft=draft, findings=findings(draft) if draft else [], state=state_words, day=day,
            publishes=here.publishes, exports="cases.export" in here.who.permissions, warning=warning,
            sheet=here.session.get(FormSheet, draft.id) if draft else None, done=done_words(),
        )  # fmt: skip


@blueprint.get("/<form_code>/preview/<version>")
@access.staff("forms.view")
def preview(form_code: str, version: str) -> str:
    """A version as citizens see it; nothing here is saved."""
    with desk() as here:
        row = version_of(here.session, form_code, version)
        if findings(row):
            raise NotFound("这一版还有要改的地方，改好才能预览", "This version has problems and cannot be shown")
        form = form_of_row(row)
        return render_template(
            "console/forms/preview.html", code=form_code, form_title=form.title, version=_numbered(row),
            steps=_rendered(here, form),
        )  # fmt: skip


@blueprint.get("/<form_code>/difference/<version>")
@access.staff("forms.view")
def difference(form_code: str, version: str) -> str:
    """What a version changed, against the one before it (a draft: against the live one)."""
    with desk() as here:
        row = version_of(here.session, form_code, version)
        before = _before(here.session, row)
        return render_template(
            "console/forms/difference.html", code=form_code, title=row.title, version=_numbered(row),
            before=_numbered(before) if before else "", lines=lines_between(before, row),
        )  # fmt: skip


def lines_between(before: FormVersion | None, row: FormVersion) -> list[Line]:
    """The differences between two versions that can both be read."""
    if before is None or findings(row):
        return []
    return differences(form_of_row(before).plan, form_of_row(row).plan)


def version_of(session: ScopedSession, code: str, version: str) -> FormVersion:
    """The version of an address: a number, or the draft; raises NotFound."""
    if version == DRAFT:
        found = versions.draft_of(session, code=code)
        if found is None:
            raise NotFound("没有等着发布的草稿", "There is no draft")
        return found
    if not (version.isascii() and version.isdigit() and len(version) < 7):
        raise NotFound
    return versions.get(session, code=code, number=int(version))


def form_of_row(row: FormVersion) -> Form:
    """The form of a row."""
    return read_back(
        row.body, row.parts, services().library.vocabulary, code=row.code, number=row.number or 0, digest=row.hash
    )


def findings(row: FormVersion) -> list[tuple[str, str]]:
    """What stands against a draft: (pointer, sentence). Published versions were looked at before."""
    if row.number is not None:
        return []
    try:
        return [(one.pointer or "/", one.sentence) for one in versions.findings(form_of_row(row))]
    except (DialectError, NoSuchForm) as error:
        return [("/", str(error))]


def state_words(row: FormVersion) -> tuple[str, str]:
    """A version's state and its look."""
    words = {
        "live": (_("正在用"), "done"), "past": (_("以前的，填到一半的还能交"), ""), "withdrawn": (_("已停用"), "late"),
        "draft": (_("草稿，没发布"), "soon"),
    }  # fmt: skip
    return words.get(row.state, ("", ""))


def day(moment: Any) -> str:
    """A moment as people write it."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def done_words() -> str:
    """What was just done, from the address."""
    words = {
        "saved": _("已存成草稿。先预览和看检查结果，再看发布单。"),
        "published": _("已发布。从现在起新填的都用这一版；填到一半的会看到提醒，由本人选换还是不换。"),
        "withdrawn": _("已停用。填在这一版上的，要换到新表才能提交。"),
        "dropped": _("草稿已删掉。"),
    }
    return str(words.get(request.args.get("done", ""), ""))


def _before(session: ScopedSession, row: FormVersion) -> FormVersion | None:
    history = versions.history(session, code=row.code)
    if row.number is None:
        return next((one for one in history if one.state == "live"), history[0] if history else None)
    return next((one for one in history if one.number is not None and one.number < (row.number or 0)), None)


def _rendered(here: Desk, form: Form) -> list[tuple[str, str, Markup]]:
    """(title, hint, fields) of every step, as it stands before anybody has answered."""
    villages = neighbourhood(here.session, tenant=here.tenant).villages if here.tenant.kind == "township" else {}
    lists = {"villages": villages, "divisions": Divisions(here.session, home=here.tenant.division_code)}
    facts = as_of_today(form.plan, Facts(clock.today(), here.tenant.params, lists))
    counted = decide(form.plan, {}, facts).effective
    context = RenderContext(
        options=facts.options, params=facts.params, visible=frozenset(counted.visible),
        required=frozenset(counted.required), derived=counted.derived, gettext=_,
    )  # fmt: skip
    return [(step.title, step.hint, render_step(form.plan, step, {}, (), context)) for step in form.plan.steps]


def _called(row: FormVersion) -> str:
    return row.title


def _numbered(row: FormVersion) -> str:
    return str(_("草稿") if row.number is None else _("第 %(number)s 版", number=row.number))
