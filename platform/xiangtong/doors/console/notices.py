"""Notices on the screen: a village writes for its own column, the township looks, publishes and takes down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.channels import notices, pages
from xiangtong.channels.notices import Standing, Written
from xiangtong.documents.models import DocumentVersion
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import reach, staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Problem, Problems, Refusal
from xiangtong.tenancy.models import Division, Tenant
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
_KEY = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
Answer = Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Desk:
    """A transaction in the township's scope, with the columns this person writes for: code (empty: the township)."""

    session: ScopedSession
    tenant: Tenant
    found: SignedIn
    columns: dict[str, str]

    @property
    def publishes(self) -> bool:
        """True for whoever may put a notice before the public."""
        return "notices.publish" in self.found.permissions


@contextmanager
def _desk() -> Iterator[_Desk]:
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = session.get(Tenant, found.tenant_id)
        if tenant is None or tenant.kind != "township":
            raise NotFound
        yield _Desk(session, tenant, found, _columns(session, tenant, found))


def _columns(session: ScopedSession, tenant: Tenant, found: SignedIn) -> dict[str, str]:
    divisions = staff.divisions_of(session, tenant.division_code)
    mine = [row for row in divisions if reach.covers(found.reach, row.code)]
    return {"" if row.code == tenant.division_code else row.code: _called(row, tenant) for row in mine}


def _called(row: Division, tenant: Tenant) -> str:
    return _("全镇：%(name)s", name=row.short_name) if row.code == tenant.division_code else row.short_name


@blueprint.get("/")
@access.staff("notices.write")
def index() -> str:
    """The notices of the columns within reach; what waits for a review comes first."""
    with _desk() as desk:
        mine = [each for each in notices.written(desk.session, tenant_id=desk.tenant.id) if _may_see(desk, each)]
        lines = [_line(desk, each) for each in sorted(mine, key=lambda each: not each.sent)]
        waiting = sum(each.sent for each in mine)
    return render_template(
        "console/notices.html", lines=lines, waiting=waiting if desk.publishes else 0, columns=desk.columns,
        done=request.args.get("done", ""),
    )  # fmt: skip


@blueprint.route("/new", methods=["GET", "POST"])
@access.staff("notices.write")
def new() -> Answer:
    """Write a notice."""
    with _desk() as desk:
        return _write(desk, None)


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
@access.staff("notices.write")
def edit(key: str) -> Answer:
    """Write it anew; what is live stays live until the new text is published."""
    with _desk() as desk:
        return _write(desk, _get(desk, key))


def _write(desk: _Desk, standing: Standing | None) -> Answer:
    error, column = None, _column(desk, standing)
    entry = _typed() if request.method == "POST" else _known(standing)
    if request.method == "POST":
        try:
            draft = _saved(desk, standing, entry, column)
        except Problems as problems:
            error = problems
        else:
            _note(desk, "notice.written", draft.key)
            return redirect(url_for("notices.show", key=draft.key), 303)
    page = render_template(
        "console/notice_form.html",
        entry=entry, standing=standing, column=column, columns=list(desk.columns.items()), today=clock.today(),
        by_field=asking.by_field(error), problems=asking.sentences(error) if error else [],
        longest=(notices.LONGEST_TITLE, notices.LONGEST_TEXT),
    )  # fmt: skip
    return page, 422 if error else 200


def _saved(desk: _Desk, standing: Standing | None, entry: Written, column: str) -> DocumentVersion:
    if column not in desk.columns:
        raise Problems([Problem("/column", _("请选择发在哪个栏目"), "Choose a column", "COLUMN")])
    return notices.write(
        desk.session, tenant_id=desk.tenant.id, written=entry, village_code=column, author=desk.found.staff_no,
        key=standing.key if standing else "",
    )  # fmt: skip


def _column(desk: _Desk, standing: Standing | None) -> str:
    """The column: a notice keeps its own; a new one goes where the form says, at first to the first there is."""
    if standing:
        return standing.division_code
    return request.form.get("column", "-") if request.method == "POST" else next(iter(desk.columns), "")


def _typed() -> Written:
    form = request.form
    return Written(form.get("title", ""), form.get("text", ""), form.get("day", "").strip())


def _known(standing: Standing | None) -> Written:
    if standing is None:
        return Written("", "", "")
    newest = standing.newest
    return Written(newest.title, str(newest.body.get("text", "")), str(newest.body.get("day", "") or ""))


@blueprint.get("/<key>")
@access.staff("notices.write")
def show(key: str) -> str:
    """The notice as citizens will see it, and what can be done with it."""
    with _desk() as desk:
        return _shown(desk, _get(desk, key))


def _shown(desk: _Desk, standing: Standing, error: Refusal | None = None) -> str:
    line = _line(desk, standing)
    versions = [each for each in (standing.live, *standing.past) if each]
    return render_template(
        "console/notice_show.html",
        standing=standing, line=line, preview=pages.as_notice(standing.newest), publishes=desk.publishes,
        live_address=f"/{desk.tenant.code}/notices/{standing.key}" if standing.live else "",
        history=[(each.number, _moment(each), each.title, each.state) for each in versions if each.number],
        done=request.args.get("done", ""), by_field=asking.by_field(error),
        problems=asking.sentences(error) if error else [],
    )  # fmt: skip


def _doing(key: str, action: str, done: str, do: Callable[[_Desk, Standing], Any]) -> Answer:
    """One thing done to a notice, in one transaction; a refusal is told on the notice's own page."""
    with _desk() as desk:
        standing = _get(desk, key)
        try:
            with desk.session.begin_nested():
                do(desk, standing)
        except NotFound:
            raise
        except Refusal as error:
            return _shown(desk, standing, error), error.status
        _note(desk, action, key)
    where = url_for("notices.index", done=done) if done == "discarded" else url_for("notices.show", key=key, done=done)
    return redirect(where, 303)


@blueprint.post("/<key>/send")
@access.staff("notices.write")
def send(key: str) -> Answer:
    """Ask the township to look at it."""
    return _doing(key, "notice.sent", "sent", lambda desk, standing: notices.send(desk.session, notice=standing))


@blueprint.post("/<key>/discard")
@access.staff("notices.write")
def discard(key: str) -> Answer:
    """Throw the draft away."""
    return _doing(
        key, "notice.discarded", "discarded",
        lambda desk, standing: notices.discard(desk.session, notice=standing),
    )  # fmt: skip


@blueprint.post("/<key>/return")
@access.staff("notices.publish")
def send_back(key: str) -> Answer:
    """Give it back to the village, with a reason."""
    why = request.form.get("why", "")[:1000]
    return _doing(
        key, "notice.returned", "returned",
        lambda desk, standing: notices.send_back(desk.session, notice=standing, why=why),
    )  # fmt: skip


@blueprint.post("/<key>/publish")
@access.staff("notices.publish")
def publish(key: str) -> Answer:
    """Put it before the public."""
    reviewed = request.form.get("reviewed") == "1"

    def do(desk: _Desk, standing: Standing) -> None:
        notices.release(desk.session, notice=standing, township_code=desk.tenant.code, reviewed=reviewed)

    return _doing(key, "notice.published", "published", do)


@blueprint.post("/<key>/withdraw")
@access.staff("notices.publish")
def withdraw(key: str) -> Answer:
    """Take it down."""
    return _doing(
        key, "notice.withdrawn", "withdrawn",
        lambda desk, standing: notices.withdraw_notice(desk.session, tenant_id=desk.tenant.id, key=standing.key),
    )  # fmt: skip


@blueprint.post("/<key>/restore")
@access.staff("notices.publish")
def restore(key: str) -> Answer:
    """Publish an earlier version again."""
    number = request.form.get("number", "")
    if not re.fullmatch(r"[0-9]{1,6}", number):
        raise NotFound

    def do(desk: _Desk, standing: Standing) -> None:
        notices.restore(
            desk.session, notice=standing, township_code=desk.tenant.code, number=int(number),
            author=desk.found.staff_no,
        )  # fmt: skip

    return _doing(key, "notice.restored", "restored", do)


def _get(desk: _Desk, key: str) -> Standing:
    if not _KEY.match(key):
        raise NotFound
    standing = notices.get(desk.session, tenant_id=desk.tenant.id, key=key)
    if not _may_see(desk, standing):
        raise NotFound
    return standing


def _may_see(desk: _Desk, standing: Standing) -> bool:
    """A notice of a village that was merged away stays with the township."""
    return reach.covers(desk.found.reach, standing.division_code or desk.tenant.division_code)


def _line(desk: _Desk, standing: Standing) -> dict[str, Any]:
    words, look = _state(standing)
    newest = standing.newest
    return {
        "key": standing.key, "title": newest.title, "state": words, "look": look,
        "column": desk.columns.get(standing.division_code, standing.division_code), "when": _moment(newest),
        "demo": bool(newest.body.get("demo")),
    }  # fmt: skip


def _state(standing: Standing) -> tuple[str, str]:
    if standing.draft is None:
        return (_("已发布"), "done") if standing.live else (_("已撤下"), "")
    if standing.sent:
        return _("等乡镇审核"), "soon"
    if standing.returned:
        return _("被退回"), "late"
    return (_("已发布，有修改没发布"), "soon") if standing.live else (_("草稿"), "")


def _moment(version: DocumentVersion) -> str:
    return clock.local(version.published_at or version.created_at).strftime("%Y-%m-%d")


def _note(desk: _Desk, action: str, key: str) -> None:
    audit.record(desk.session, actor=staff.actor_of(desk.found), action=action, subject=f"notice:{key}")
