"""Halls and service points: a township fills in its own, a village keeps its own station."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import reach, staff
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Problems
from xiangtong.tenancy import places
from xiangtong.tenancy.models import Place, Tenant
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("places", __name__, url_prefix="/places")

_WORDS: dict[str, LazyString] = {
    "address": _l("地址"), "hours": _l("开放时间"), "phone": _l("电话"), "agent_name": _l("代办员"),
    "agent_phone": _l("代办员电话"),
}  # fmt: skip


@blueprint.get("/")
@access.staff("places.edit")
def index() -> str:
    """Every place within reach, with what is still missing of each."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = _township(session, found)
        mine = [place for place in places.listed(session, tenant_id=tenant.id) if _mine(found, place)]
        groups = [(kind, [_line(place) for place in mine if place.kind == kind]) for kind in places.KINDS]
        whole = reach.covers(found.reach, tenant.division_code)
    return render_template(
        "console/places.html",
        groups=groups, whole=whole, done=request.args.get("done", ""),
        missing=sum(bool(places.missing(place)) for place in mine), demo=sum(place.demo for place in mine),
    )  # fmt: skip


@blueprint.route("/new", methods=["GET", "POST"])
@access.staff("places.edit")
def new() -> Response | tuple[str, int]:
    """Add a sub-centre; only whoever keeps the whole township may."""
    found, error, entry = asking.staff(), None, _typed()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = _township(session, found)
        if not reach.covers(found.reach, tenant.division_code):
            raise NotFound
        if request.method == "POST":
            try:
                place = places.add_sub_centre(session, tenant=tenant, entry=entry)
            except Problems as problems:
                error = problems
            else:
                _note(session, found, "place.added", place, [])
                return redirect(url_for("places.index", done="added"), 303)
    return _form(entry, "sub_centre", _("添加分中心"), error), 422 if error else 200


@blueprint.route("/<uuid:place_id>", methods=["GET", "POST"])
@access.staff("places.edit")
def edit(place_id: UUID) -> Response | tuple[str, int]:
    """Fill in one place."""
    found, error = asking.staff(), None
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        place = _place(session, found, place_id)
        entry = _typed() if request.method == "POST" else places.known(place)
        if request.method == "POST":
            try:
                changed = places.edit(session, place=place, entry=entry)
            except Problems as problems:
                error = problems
            else:
                _note(session, found, "place.edited", place, changed)
                return redirect(url_for("places.index", done="edited"), 303)
        page = _form(entry, place.kind, place.name, error, place)
    return page, 422 if error else 200


@blueprint.post("/<uuid:place_id>/remove")
@access.staff("places.edit")
def remove(place_id: UUID) -> Response:
    """Take a sub-centre away."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        place = _place(session, found, place_id)
        places.remove_sub_centre(session, place=place)
        _note(session, found, "place.removed", place, [])
    return redirect(url_for("places.index", done="removed"), 303)


def _township(session: ScopedSession, found: SignedIn) -> Tenant:
    tenant = session.get(Tenant, found.tenant_id)
    if tenant is None or tenant.kind != "township":
        raise NotFound
    return tenant


def _place(session: ScopedSession, found: SignedIn, place_id: UUID) -> Place:
    place = places.get(session, tenant_id=_township(session, found).id, place_id=place_id)
    if not _mine(found, place):
        raise NotFound
    return place


def _mine(found: SignedIn, place: Place) -> bool:
    return reach.covers(found.reach, place.division_code)


def _line(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "said": "　".join(
            value for value in (place.address, place.agent_name, place.agent_phone or place.phone) if value
        ),
        "missing": "、".join(str(_WORDS[name]) for name in places.missing(place)),
        "demo": place.demo,
    }


def _typed() -> places.Entry:
    return places.Entry(**{item.name: request.form.get(item.name, "")[:200] for item in fields(places.Entry)})


def _note(session: ScopedSession, found: SignedIn, action: str, place: Place, changed: list[str]) -> None:
    """Which facts changed, never what they are: an agent's number is somebody's."""
    audit.record(
        session, actor=staff.actor_of(found), action=action, subject=f"place:{place.kind}:{place.division_code}",
        detail={"changed": changed},
    )  # fmt: skip


def _form(entry: places.Entry, kind: str, title: str, error: Problems | None, place: Place | None = None) -> str:
    return render_template(
        "console/place_form.html",
        entry=entry, kind=kind, title=title, standing=place, by_field=asking.by_field(error),
        problems=asking.sentences(error) if error else [],
    )  # fmt: skip
