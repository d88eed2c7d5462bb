"""`divisions.csv` and `changes.csv`: the division tree as it was published, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from xiangtong.tenancy.models import LEVELS, PREFIX_DIGITS
from xiangtong.tenancy.names import pinyin, short_township_name, short_village_name
from xiangtong.tenancy.sheet import BadRow, read_rows

CHANGES = "changes.csv"
CHANGE_KINDS = ("rename", "merge", "add", "close")
_CODE_DIGITS = 12
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One division as it should stand in the database."""

    code: str
    name: str
    short_name: str
    level: str
    parent_code: str | None
    pinyin: str
    initials: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor_code: str | None = None

    @property
    def prefix(self) -> str:
        """The leading digits that say the level (2, 4, 6, 9 or 12)."""
        return self.code[: PREFIX_DIGITS[self.level]]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a division on a day: renamed, merged into `new_code`, added or closed."""

    day: date
    kind: str
    code: str
    new_code: str = ""
    name: str = ""
    line: int = 0


def level_of(code: str) -> str:
    """The level of a full 12-digit code, by the parts of it that are in use (domain facts §1.1)."""
    if code[9:] != "000":
        return "village"
    if code[6:9] != "000":
        return "township"
    if code[4:6] != "00":
        return "county"
    return "city" if code[2:4] != "00" else "province"


def make_division(code: str, name: str, level: str, parent: str | None, *, strip: tuple[str, ...] = ()) -> DivisionRow:
    """A division with its short name and pinyin worked out."""
    short = short_village_name(name) if level == "village" else short_township_name(name, strip=strip)
    spoken, initials = pinyin(short)
    return DivisionRow(code, name, short, level, parent, spoken, initials)


def read_divisions(
    data: bytes, *, file: str, prefix: str, bad: list[BadRow], strip: tuple[str, ...] = ()
) -> dict[str, DivisionRow]:
    """The divisions below `prefix` and their ancestors, by code; what is wrong is appended to `bad`."""
    rows = read_rows(data, file=file, columns=("code", "name", "level", "parent_code"), bad=bad)
    lines: dict[str, int] = {}
    found: dict[str, DivisionRow] = {}
    for row in rows:
        code, name, level, parent = row["code"], row["name"], row["level"], row["parent_code"]
        if _is_code(code) and not _in_cut(code, level, prefix):
            continue
        problems = list(_wrong(code, name, level))
        if code in lines:
            problems.append(("code", code, f"与第 {lines[code]} 行的代码重复"))
        bad.extend(BadRow(file, row.line, *problem) for problem in problems)
        lines.setdefault(code, row.line)
        if not problems:
            found[code] = make_division(code, name, level, parent or None, strip=strip)
    _check_parents(found, lines, file, bad)
    return found


def read_changes(data: bytes, *, bad: list[BadRow]) -> list[Change]:
    """The changes of a city, in the order of their days."""
    changes = []
    for row in read_rows(data, file=CHANGES, columns=("date", "kind", "code", "new_code", "name"), bad=bad):
        problems = list(_wrong_change(row.values))
        bad.extend(BadRow(CHANGES, row.line, *problem) for problem in problems)
        if not problems:
            day = date.fromisoformat(row["date"])
            changes.append(Change(day, row["kind"], row["code"], row["new_code"], row["name"], row.line))
    return sorted(changes, key=lambda change: change.day)


def apply_changes(
    divisions: Mapping[str, DivisionRow], changes: Iterable[Change], *, today: date, bad: list[BadRow]
) -> dict[str, DivisionRow]:
    """The divisions after every change whose day has come."""
    after = dict(divisions)
    for change in changes:
        reason = _cannot(after, change)
        if reason:
            bad.append(BadRow(CHANGES, change.line, "code", change.code, reason))
        elif change.day <= today:
            after[change.code] = _changed(after, change)
    return after


def _changed(rows: Mapping[str, DivisionRow], change: Change) -> DivisionRow:
    if change.kind == "add":
        level = level_of(change.code)
        above = _parent_in(rows, change.code, level)
        return replace(make_division(change.code, change.name, level, above), valid_from=change.day)
    row = rows[change.code]
    if change.kind == "rename":
        fresh = make_division(row.code, change.name, row.level, row.parent_code)
        return replace(fresh, valid_from=row.valid_from)
    return replace(row, valid_to=change.day, successor_code=change.new_code or None)


def _parent_in(rows: Mapping[str, DivisionRow], code: str, level: str) -> str | None:
    for above in reversed(LEVELS[: LEVELS.index(level)]):
        candidate = code[: PREFIX_DIGITS[above]].ljust(_CODE_DIGITS, "0")
        if candidate in rows and rows[candidate].level == above:
            return candidate
    return None


def _cannot(rows: Mapping[str, DivisionRow], change: Change) -> str | None:
    if change.kind == "add":
        if change.code in rows:
            return "这个代码已经有了，不能再新增"
        return None if _parent_in(rows, change.code, level_of(change.code)) else "找不到它的上级区划"
    if change.code not in rows:
        return "没有这个代码"
    if change.kind == "merge":
        into = rows.get(change.new_code)
        if into is None or into.valid_to or into.level != rows[change.code].level or into.code == change.code:
            return f"不能并入 {change.new_code}：要并入同一级、仍在使用的区划"
    return None


def _wrong(code: str, name: str, level: str) -> Iterable[tuple[str, str, str]]:
    if not _is_code(code):
        yield ("code", code, "区划代码应当是 12 位数字")
    if not name or len(name) > _LONGEST_NAME:
        yield ("name", name[:_LONGEST_NAME], f"名称要写，最多 {_LONGEST_NAME} 个字")
    if level not in LEVELS:
        yield ("level", level, "级别只能是 " + "、".join(LEVELS))
    elif _is_code(code) and code[PREFIX_DIGITS[level] :].strip("0"):
        yield ("level", level, f"代码 {code} 不像这一级的代码")


def _wrong_change(row: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        yield ("date", row["date"], "日期请写成 2026-01-31 的样子")
    if row["kind"] not in CHANGE_KINDS:
        yield ("kind", row["kind"], "种类只能是 " + "、".join(CHANGE_KINDS))
    if not _is_code(row["code"]):
        yield ("code", row["code"], "区划代码应当是 12 位数字")
    if row["kind"] == "merge" and not _is_code(row["new_code"]):
        yield ("new_code", row["new_code"], "请写并入的区划代码，12 位数字")
    if row["kind"] in {"rename", "add"} and not 0 < len(row["name"]) <= _LONGEST_NAME:
        yield ("name", row["name"], f"请写新的名称，最多 {_LONGEST_NAME} 个字")


def _is_code(code: str) -> bool:
    return len(code) == _CODE_DIGITS and code.isascii() and code.isdigit()


def _in_cut(code: str, level: str, prefix: str) -> bool:
    return code.startswith(prefix) or prefix.startswith(code[: PREFIX_DIGITS.get(level, _CODE_DIGITS)])


def _check_parents(found: Mapping[str, DivisionRow], lines: Mapping[str, int], file: str, bad: list[BadRow]) -> None:
    for row in found.values():
        above = found.get(row.parent_code or "")
        if row.parent_code is None and row.level == "province":
            continue
        if above is None and row.parent_code in lines:
            continue  # The line of the parent is reported for itself.
        if above is None:
            bad.append(BadRow(file, lines[row.code], "parent_code", row.parent_code or "", "找不到这个上级区划"))
        elif LEVELS.index(above.level) >= LEVELS.index(row.level) or not row.code.startswith(above.prefix):
            bad.append(BadRow(file, lines[row.code], "parent_code", above.code, f"不是 {row.code} 的上级"))
