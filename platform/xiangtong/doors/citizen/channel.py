"""The public pages: find your township, its channel, its villages, guides and notices. Nobody needs to sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.channels import pages
from xiangtong.channels.blocks import arrange, footer_facts, item_line, place_facts, village_line
from xiangtong.channels.guides import guide_page
from xiangtong.doors.citizen._local_words import FILTERS, local_facts, local_material
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.person import Redirection
from xiangtong.doors.shared.services import services
from xiangtong.items import offer
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.search import entries
from xiangtong.tenancy import finding
from xiangtong.tenancy.finding import Township
from xiangtong.tenancy.models import Place
from xiangtong.tenancy.scope import NOBODY, within

blueprint = Blueprint("channel", __name__)
for _name, _filter in FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)
# A city with more townships than this lists its counties first.
_ON_ONE_PAGE = 150
_KEY = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Visit:
    session: ScopedSession
    town: Township


@blueprint.get("/")
@public
def city() -> str:
    """Find your township: by name, pinyin, initials or village, or from the list."""
    query = entries.tidy(request.args.get("q", ""))
    with services().db.scope(NOBODY) as session:
        if query:
            found = finding.search_townships(session, query=query)
            return render_template("citizen/city.html", query=request.args.get("q", "").strip(), found=found)
        title, groups, links = _listed(session, request.args.get("in", ""))
    g.site = {"name": gettext("乡通"), "subtitle": title or gettext("乡镇政务服务"), "home_url": "/"}
    return render_template("citizen/city.html", query="", groups=groups, links=links, title=title)


@blueprint.get("/<string(length=9):code>/")
@public
def home(code: str) -> str:
    """The channel page of a township."""
    with _visit(code) as here:
        blocks = pages.channel(here.session, here.town)
        foot = next((block.model["facts"] for block in blocks if block.type == "footer"), None)
        g.site["footer"] = local_facts(foot) if foot else g.site["footer"]
        moved = _moved_from(here)
    shown = arrange([block for block in blocks if block.type != "footer"])
    return _page("channel", here, sections=shown, moved=moved)


@blueprint.get("/<string(length=9):code>/items")
@public
def items(code: str) -> str:
    """Every item the township offers."""
    with _visit(code) as here:
        lines = [item_line(item) for item in offer.offered(here.session, tenant_id=here.town.tenant.id)]
    return _page("list", here, title=gettext("我要办"), lines=lines, nothing=gettext("这里的事项还在整理"))


@blueprint.get("/<string(length=9):code>/items/<item_code>")
@public
def guide(code: str, item_code: str) -> str:
    """The guide of one item."""
    _plain(item_code)
    with _visit(code) as here:
        found = offer.guide(here.session, tenant_id=here.town.tenant.id, code=item_code)
    form = services().library.forms.get(found.item.form_code or "")
    materials = [local_material(one) for one in form.materials] if form else []
    return _page("guide", here, guide=guide_page(found, materials), can_file=form is not None)


@blueprint.get("/<string(length=9):code>/villages")
@public
def villages(code: str) -> str:
    """Every village of the township."""
    with _visit(code) as here:
        lines = [village_line(village) for village in pages.villages(here.session, here.town)]
    return _page("villages", here, lines=lines)


@blueprint.get("/<string(length=9):code>/v/<string(length=12):village_code>/")
@public
def village(code: str, village_code: str) -> str | Response:
    """A village's column; a village that was merged leads on to where it went."""
    with _visit(code) as here:
        found = finding.village(here.session, code=village_code)
        if found.valid_to is not None:
            heir = found.successor_code
            return redirect(f"/{heir[:9]}/v/{heir}/" if heir else f"/{code}/villages", 303)
        column = pages.village_column(here.session, here.town, found)
    return _page("village", here, column=column, village_code=village_code)


@blueprint.get("/<string(length=9):code>/notices")
@public
def notices(code: str) -> str:
    """The newest notices of the township and its villages."""
    with _visit(code) as here:
        lines = pages.notices(here.session, here.town)
    return _page("list", here, title=gettext("公示公告"), lines=lines, nothing=gettext("还没有公示公告"))


@blueprint.get("/<string(length=9):code>/notices/<key>")
@public
def notice(code: str, key: str) -> str:
    """One notice."""
    _plain(key)
    with _visit(code) as here:
        found = pages.notice(here.session, here.town, key)
    return _page("notice", here, notice=found)


@blueprint.get("/<string(length=9):code>/contact")
@public
def contact(code: str) -> str:
    """Where the hall is, whom to call, how to ask and how to complain."""
    with _visit(code) as here:
        hall = pages.hall(here.session, here.town)
        others = [(other.name, place_facts(other)) for other in pages.sub_centres(here.session, here.town)]
    return _page("contact", here, hall=hall, facts_of_hall=place_facts(hall) if hall else [], others=others)


@blueprint.get("/<string(length=9):code>/search")
@public
def search(code: str) -> str:
    """Search within the township."""
    asked = request.args.get("q", "").strip()[:80]
    with _visit(code) as here:
        found = entries.find(here.session, tenant_id=here.town.tenant.id, query=asked)
    return _page("search", here, query=asked, found=found)


def _plain(key: str) -> None:
    """What names no document looks like a page that is not there, whatever it is made of."""
    if not _KEY.fullmatch(key):
        raise NotFound


@contextmanager
def _visit(code: str) -> Iterator[_Visit]:
    """A transaction in the township's scope; a township that was merged away sends on to its successor."""
    with services().db.scope(NOBODY) as session:
        town = finding.township(session, code=code)
        _send_on(town)
        g.site = _site(town)
        with within(session, tenant_id=town.tenant.id):
            yield _Visit(session, town)


def _send_on(town: Township) -> None:
    if town.tenant.state != "closed":
        return
    if town.successor is None:
        name = town.tenant.name
        raise NotFound(f"{name}已经撤销，请从首页找现在的乡镇", f"{name} no longer exists")
    raise Redirection(f"/{town.successor.code}/?from={town.tenant.code}")


def _moved_from(here: _Visit) -> str:
    """The name of the township whose old address led here, if it truly was merged into this one."""
    code = request.args.get("from", "")
    if not code:
        return ""
    try:
        old = finding.township(here.session, code=code)
    except NotFound:
        return ""
    return old.tenant.name if old.tenant.successor_id == here.town.tenant.id else ""


def _site(town: Township, hall: Place | None = None) -> dict[str, object]:
    place = f"{town.city}{town.county}" if town.county != town.city else town.city
    footer = local_facts(footer_facts(town, hall)) + (
        [(gettext("说明"), gettext("演示数据"))] if town.tenant.demo else []
    )
    return {
        "name": town.tenant.short_name,
        "subtitle": gettext("政务服务 · %(place)s", place=place),
        "home_url": f"/{town.tenant.code}/",
        "footer": footer,
    }


def _page(name: str, here: _Visit, **model: object) -> str:
    tenant = here.town.tenant
    return render_template(
        f"citizen/{name}.html", town=tenant, home=f"/{tenant.code}/", suspended=tenant.state == "suspended", **model
    )


def _listed(
    session: ScopedSession, within_code: str
) -> tuple[str, list[tuple[str, list[finding.Found]]], list[tuple[str, str]]]:
    """What the city page lists: (title, townships by county, links to narrower lists)."""
    cities = finding.cities(session)
    chosen = next((row for row in cities if within_code.startswith(row.code)), None)
    if chosen is None and len(cities) != 1:
        return "", [], [(row.code, row.name) for row in cities]
    row = chosen or cities[0]
    prefix = within_code if chosen and within_code.isascii() and within_code.isdigit() else row.code
    found = finding.townships_of(session, county=prefix, limit=_ON_ONE_PAGE + 1)
    if len(found) > _ON_ONE_PAGE:
        return row.name, [], finding.counties(session, city=row.code)
    groups: dict[str, list[finding.Found]] = {}
    for each in found:
        groups.setdefault(each.county, []).append(each)
    return row.name, list(groups.items()), []
