"""事项: what the township offers; where the city's catalogue says something newer, what would differ, and taking it over."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from xiangtong import audit
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.services import services
from xiangtong.identity.sessions import SignedIn
from xiangtong.identity.staff import actor_of
from xiangtong.items import newer, offer
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Refusal
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

blueprint = Blueprint("items", __name__, url_prefix="/items")

#: The members of a guide that may differ, in the words of the guide.
MEMBERS = {
    "name": _("名称"), "short": _("简称"), "words": _("别的叫法"), "who": _("谁能办"), "conditions": _("条件"),
    "flow": _("流程"), "fee": _("费用"), "basis": _("依据"), "promised": _("承诺工作日"),
    "statutory": _("法定工作日"), "visits": _("跑几次"), "visits_reason": _("为什么要跑"), "result": _("办理结果"),
    "form": _("申请表"), "case_type": _("办件类型"), "item_type": _("事项类型"), "basic_code": _("基本编码"),
    "online": _("能网上办"), "sample": _("期限是示例"),
}  # fmt: skip
_MOST = 500


@blueprint.get("/")
@access.staff("items.publish")
def index() -> str:
    """Everything the township offers; what has a newer text comes first."""
    found = asking.staff()
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = session.get_one(Tenant, found.tenant_id)
        offered = offer.offered(session, tenant_id=tenant.id, limit=_MOST)
        fresh = newer.keys_with_newer(session, tenant_id=tenant.id)
        return render_template(
            "console/items.html", fresh=fresh, done=request.args.get("done", ""),
            rows=sorted(offered, key=lambda item: item.key not in fresh),
        )  # fmt: skip


@blueprint.get("/<item_code>")
@access.staff("items.publish")
def show(item_code: str) -> str:
    """One item: what stands, and what the newest text would change."""
    return _page(asking.staff(), item_code)


@blueprint.post("/<item_code>")
@access.staff("items.publish")
def take_over(item_code: str) -> Response | tuple[str, int]:
    """Stand on the text that was just looked at."""
    found, version = asking.staff(), request.form.get("version", "")
    try:
        with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
            tenant = session.get_one(Tenant, found.tenant_id)
            key = offer.guide(session, tenant_id=tenant.id, code=item_code).item.key
            looked_at = int(version) if version.isascii() and version.isdigit() and len(version) < 7 else 0
            newer.take_over(session, tenant_id=tenant.id, township=tenant.code, key=key, version=looked_at)
            _note(session, found, key, looked_at)
    except (newer.MovedOn, newer.Taken) as refusal:
        return _page(found, item_code, refusal), refusal.status
    # The code may have changed with the text; the key has not.
    return redirect(url_for("items.show", item_code=key, done="taken"), 303)


def _note(session: ScopedSession, found: SignedIn, key: str, version: int) -> None:
    detail = {"number": version}
    audit.record(session, actor=actor_of(found), action="item.taken_over", subject=f"item:{key}", detail=detail)


def _place(line: newer.Line) -> int:
    """In the order of the guide; what nobody has a word for comes last."""
    return list(MEMBERS).index(line.member) if line.member in MEMBERS else len(MEMBERS)


def _page(found: SignedIn, item_code: str, refusal: Refusal | None = None) -> str:
    with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
        tenant = session.get_one(Tenant, found.tenant_id)
        guide = offer.guide(session, tenant_id=tenant.id, code=item_code)
        fresh = newer.newer_text(session, tenant_id=tenant.id, key=guide.item.key)
        return render_template(
            "console/item.html", item=guide.item, kind=guide.case_type_name, words=MEMBERS,
            fresh=fresh, lines=sorted(fresh.lines, key=_place) if fresh else [],
            address=f"/{tenant.code}/items/{guide.item.item_code or guide.item.key}",
            warning=refusal.message if refusal else "", done=request.args.get("done", ""),
        )  # fmt: skip
