"""Staff lists as spreadsheets: a template to fill, an import that reports every bad row together, an export."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from xiangtong import audit
from xiangtong.identity import staff
from xiangtong.identity.models import Staff
from xiangtong.identity.roles import ROLE_NAMES
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import sheets
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Problem, Problems
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant

HEAD = ("工号", "姓名", "手机号", "角色", "管理范围", "部门", "部门编码")
_COLUMN = dict(zip(("/staff_no", "/name", "/phone", "/roles", "/reach"), HEAD, strict=False))
_SPLIT = re.compile(r"[、,，;；\s]+")
_ROLE_OF = {words: role for role, words in ROLE_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file that was read: where it stands, and what it says."""

    number: int
    entry: staff.Entry


def template(person: SignedIn) -> bytes:
    """An xlsx to fill, with one row that shows how."""
    example = ("001", "张三", "", "窗口人员", person.reach[0], "为民服务中心", "")
    return sheets.write(HEAD, [example])


def export(session: ScopedSession, *, keys: KeyRing, person: SignedIn) -> bytes:
    """The staff within the person's reach, phones masked: a list on a desk is no place for them."""
    rows = [_row(keys, member) for member in staff.list_staff(session, person=person)]
    audit.record(
        session, actor=staff.actor_of(person), action="staff.exported", subject="staff", detail={"rows": len(rows)}
    )
    return sheets.write(HEAD, rows)


def _row(keys: KeyRing, member: Staff) -> tuple[str, ...]:
    roles = "、".join(ROLE_NAMES[role] for role in member.roles)
    phone = staff.masked_phone(keys, member)
    return (member.staff_no, member.name, phone, roles, "、".join(member.reach), member.dept_name, member.dept_code)


def read(data: bytes) -> list[Line]:
    """The lines of an uploaded list; raises sheets.SheetUnreadable or Problems (columns that are missing)."""
    rows = sheets.read(data)
    missing = [name for name in HEAD[:4] if rows and name not in rows[0].cells]
    if not rows or missing:
        what = f"缺少这些列：{'、'.join(missing)}" if missing else "除了表头没有内容"
        raise Problems([Problem("第 1 行", f"{what}。请用下载的模板填写", "Use the template", "COLUMNS")])
    return [Line(row.line, _entry(row.cells)) for row in rows]


def _entry(cells: dict[str, str]) -> staff.Entry:
    listed = [word for word in _SPLIT.split(cells.get("角色", "")) if word]
    return staff.Entry(
        staff_no=cells.get("工号", ""), name=cells.get("姓名", ""), phone=cells.get("手机号", ""),
        roles=tuple(dict.fromkeys(_ROLE_OF.get(word, word) for word in listed)),
        reach=tuple(dict.fromkeys(code for code in _SPLIT.split(cells.get("管理范围", "")) if code)),
        dept_name=cells.get("部门", ""), dept_code=cells.get("部门编码", ""),
    )  # fmt: skip


def take_in(
    session: ScopedSession, *, keys: KeyRing, tenant: Tenant, lines: Sequence[Line], giver: SignedIn
) -> tuple[int, int]:
    """Add new numbers, edit known ones; (added, edited). Raises Problems with every bad row; roll back then."""
    known = {m.staff_no: m for m in session.scalars(select(Staff).where(Staff.tenant_id == tenant.id))}
    lines = [_complete(line, keys, known.get(line.entry.staff_no), giver) for line in lines]
    found = _doubles(lines)
    for line in lines:
        try:
            _take(session, keys=keys, tenant=tenant, line=line, member=known.get(line.entry.staff_no), giver=giver)
        except Problems as error:
            found += [_at(line.number, problem) for problem in error.problems]
    if found:
        raise Problems(found, f"表格里有 {len(found)} 处要改，改好后重新上传。这次没有改动任何人")
    added = sum(line.entry.staff_no not in known for line in lines)
    return added, len(lines) - added


def _take(
    session: ScopedSession, *, keys: KeyRing, tenant: Tenant, line: Line, member: Staff | None, giver: SignedIn
) -> None:
    if member is None:
        staff.add(session, keys=keys, tenant=tenant, entry=line.entry, giver=giver)
    else:
        staff.edit(session, keys=keys, staff_id=member.id, entry=line.entry, giver=giver)


def _complete(line: Line, keys: KeyRing, member: Staff | None, giver: SignedIn) -> Line:
    """A masked or empty phone of somebody known means: as before. An empty reach means: as far as the giver's."""
    entry = line.entry
    if member is not None and ("*" in entry.phone or not entry.phone):
        entry = replace(entry, phone=staff.phone_of(keys, member))
    return replace(line, entry=replace(entry, reach=entry.reach or giver.reach))


def _doubles(lines: Sequence[Line]) -> list[Problem]:
    numbers = Counter(line.entry.staff_no for line in lines)
    phones = Counter(line.entry.phone for line in lines if line.entry.phone)
    found = []
    for line in lines:
        if numbers[line.entry.staff_no] > 1:
            found.append(Problem(f"第 {line.number} 行 工号", "同一个工号在表里出现了不止一次", code="DOUBLE"))
        if phones.get(line.entry.phone, 0) > 1:
            found.append(Problem(f"第 {line.number} 行 手机号", "同一个手机号在表里出现了不止一次", code="DOUBLE"))
    return found


def _at(line: int, problem: Problem) -> Problem:
    return replace(problem, where=f"第 {line} 行 {_COLUMN.get(problem.where, problem.where)}")
