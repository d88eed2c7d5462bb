"""What an operator does to a township after it was provisioned: suspend, reopen, rename, merge.

Renaming and merging are also written into the city's list of changes, so that provisioning from the files again does
not undo them. All verbs run in scope `city`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from xiangtong.kernel import clock
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.tenancy.models import City, Division, Tenant
from xiangtong.tenancy.names import pinyin

# From which states a verb may be used, and the state it leads to.
_MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "suspend": (frozenset({"open"}), "suspended"),
    "reopen": (frozenset({"suspended"}), "open"),
    "merge": (frozenset({"open", "suspended"}), "closed"),
}
_STATES = {"open": "正常", "suspended": "已暂停", "closed": "已合并或撤销"}
_LONGEST_NAME = 60


def suspend(session: Session, *, code: str) -> Tenant:
    """Take no new filings; what was filed goes on."""
    return _move(session, code, "suspend")


def reopen(session: Session, *, code: str) -> Tenant:
    """Take filings again."""
    return _move(session, code, "reopen")


def rename(session: Session, *, code: str, name: str) -> Tenant:
    """Give a township its new name; codes stay. Its halls get their new names when the city is provisioned next."""
    name = name.strip()
    if not 0 < len(name) <= _LONGEST_NAME:
        raise Conflict("请写新的名称，最多 60 个字", "Give the new name, 60 characters at most")
    tenant = _tenant(session, code)
    division = session.get_one(Division, tenant.division_code)
    _refuse_known(session, division, name)
    tenant.hall_name = tenant.hall_name.replace(tenant.short_name, name)
    tenant.name = tenant.short_name = division.name = division.short_name = name
    division.pinyin, division.initials = pinyin(name)
    _remember(session, tenant, "rename", name=name)
    session.flush()
    return tenant


def _refuse_known(session: Session, division: Division, name: str) -> None:
    """Two of one name in one county could not be told apart; in two counties of a city they can."""
    others = select(Division.code).where(
        Division.parent_code == division.parent_code, Division.code != division.code, Division.successor_code.is_(None),
        or_(Division.name == name, Division.short_name == name),
    )  # fmt: skip
    if session.scalar(others.limit(1)) is not None:
        raise Conflict(f"同一个区县里已经有“{name}”了，请换一个名称", "The county has another of this name already")


def merge(session: Session, *, code: str, into: str) -> Tenant:
    """Close a township in favour of another: its address redirects, its open cases finish where they are."""
    tenant, heir = _tenant(session, code), _tenant(session, into)
    if heir.id == tenant.id or heir.state == "closed" or heir.city_code != tenant.city_code:
        raise Conflict("要并入同一个城市里另一个仍在使用的乡镇", "Choose another open township of the same city")
    tenant = _move(session, code, "merge")
    tenant.successor_id = heir.id
    division = session.get_one(Division, tenant.division_code)
    division.valid_to, division.successor_code = clock.today(), heir.division_code
    _remember(session, tenant, "merge", new_code=heir.division_code)
    session.flush()
    return tenant


def _move(session: Session, code: str, verb: str) -> Tenant:
    tenant = _tenant(session, code)
    allowed, state = _MOVES[verb]
    if tenant.state not in allowed:
        raise Conflict(f"{tenant.name}现在是“{_STATES[tenant.state]}”，不能这样做", "Not possible in its present state")
    tenant.state = state
    session.flush()
    return tenant


def _tenant(session: Session, code: str) -> Tenant:
    found = session.scalars(select(Tenant).where(Tenant.code == code, Tenant.kind == "township").with_for_update())
    tenant = found.first()
    if tenant is None:
        raise NotFound("没有这个乡镇", "There is no such township")
    return tenant


def _remember(session: Session, tenant: Tenant, kind: str, *, new_code: str = "", name: str = "") -> None:
    city = session.get_one(City, tenant.city_code)
    change = [clock.today().isoformat(), kind, tenant.division_code, new_code, name]
    # A new list, because a JSON value that is changed in place is not seen as changed.
    city.config = city.config | {"changes": [*city.config.get("changes", []), change]}
