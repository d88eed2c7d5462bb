"""The first day: what a township still needs before its people can be served, one step after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from xiangtong.identity.models import Staff
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.models import Division, Place, Tenant


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: whether it is done, in words, and where to do it (empty: somebody else does it)."""

    done: bool
    words: str
    hint: str = ""
    href: str = ""


def steps(session: ScopedSession, *, tenant: Tenant) -> list[Step]:
    """The steps of a township, in the order in which they are best taken."""
    members = session.scalars(select(Staff).where(Staff.tenant_id == tenant.id, Staff.state != "disabled")).all()
    return [check(session, tenant, members) for check in (_hall, _window, _reviewer, _villages, _arrived)]


def _hall(session: ScopedSession, tenant: Tenant, members: object) -> Step:
    halls = session.scalars(select(Place).where(Place.tenant_id == tenant.id, Place.kind == "hall")).all()
    known = any(hall.address and hall.phone and hall.hours and not hall.demo for hall in halls)
    words = _("填写大厅的地址、电话和开放时间")
    return Step(known, words, _("群众在首页和指南里看得到"), url_for("places.index"))


def _holding(role: str, words: Callable[[], str]) -> Callable[[ScopedSession, Tenant, object], Step]:
    def check(_session: ScopedSession, _tenant: Tenant, members: object) -> Step:
        held = any(role in member.roles for member in members)  # type: ignore[attr-defined]
        return Step(held, words(), href=url_for("staff.new"))

    return check


_window = _holding("window_clerk", lambda: _("添加窗口人员"))
_reviewer = _holding("reviewer", lambda: _("添加审核人员"))


def _villages(session: ScopedSession, tenant: Tenant, members: object) -> Step:
    below = (Division.parent_code == tenant.division_code, Division.valid_to.is_(None))
    villages = session.scalars(select(Division).where(*below)).all()
    staffed = {prefix for member in members if "village_staff" in member.roles for prefix in member.reach}  # type: ignore[attr-defined]
    missing = sum(village.prefix not in staffed for village in villages)
    hint = _("还有 %(count)s 个村没有人", count=missing) if missing else ""
    return Step(not missing, _("给每个村安排工作人员"), hint, url_for("staff_lists.take_in"))


def _arrived(session: ScopedSession, tenant: Tenant, members: object) -> Step:
    waiting = sum(member.last_sign_in_at is None for member in members)  # type: ignore[attr-defined]
    hint = _("还有 %(count)s 人没有登录过", count=waiting) if waiting else ""
    return Step(not waiting, _("请大家都登录一次"), hint, url_for("staff.index"))
