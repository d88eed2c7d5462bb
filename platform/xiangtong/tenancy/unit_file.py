"""`units.csv`: the unit register, with the five columns that the Yangzhou plan asks for (task 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xiangtong.tenancy import demo
from xiangtong.tenancy.division_file import DivisionRow
from xiangtong.tenancy.sheet import BadRow, Row, read_rows

FILE = "units.csv"
# 区划代码、区划名称、部门全称、部门简称、统一社会信用代码
COLUMNS = ("area_code", "area_name", "full_name", "short_name", "credit_code")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One department. `credit_code` is None while it is unknown (待补)."""

    area_code: str
    area_name: str
    full_name: str
    short_name: str
    credit_code: str | None


def read_units(
    data: bytes,
    *,
    divisions: Mapping[str, DivisionRow],
    published: Mapping[str, DivisionRow] | None = None,
    bad: list[BadRow],
) -> list[UnitRow]:
    """The units of a city; what is wrong is appended to `bad`.

    published  the divisions before any change: a register may still write an area by the name it had then
    """
    units: list[UnitRow] = []
    taken: dict[str, int] = {}
    for row in read_rows(data, file=FILE, columns=COLUMNS, bad=bad):
        problems = [*_wrong(row.values, divisions, published or {}), *_doubled(row, taken)]
        bad.extend(BadRow(FILE, row.line, *problem) for problem in problems)
        if not problems:
            values = row.values | {"credit_code": row["credit_code"] or None}
            units.append(UnitRow(**values))  # type: ignore[arg-type]
    return units


def _doubled(row: Row, taken: dict[str, int]) -> Iterable[tuple[str, str, str]]:
    """A unit is one area and one full name; a credit code belongs to one unit. `taken` says in which line each was."""
    named = f"{row['area_code']} {row['full_name']}"
    for key, column in ((named, "full_name"), (row["credit_code"], "credit_code")):
        if key and taken.setdefault(key, row.line) != row.line:
            yield column, row[column], f"与第 {taken[key]} 行重复"


def _wrong(
    row: Mapping[str, str], divisions: Mapping[str, DivisionRow], published: Mapping[str, DivisionRow]
) -> Iterable[tuple[str, str, str]]:
    area = divisions.get(row["area_code"])
    before = published.get(row["area_code"], area)
    if area is None:
        yield ("area_code", row["area_code"], "区划表里没有这个代码")
    elif before and row["area_name"] not in {area.name, area.short_name, before.name, before.short_name}:
        yield ("area_name", row["area_name"], f"与区划代码不符，{area.code} 是{area.name}")
    for column in ("full_name", "short_name"):
        if not row[column]:
            yield (column, "", "请写名称")
    if row["credit_code"] and not demo.is_credit_code(row["credit_code"]):
        yield (
            "credit_code",
            row["credit_code"],
            "统一社会信用代码不对，请对照证书再看一遍（18 位，没有 I、O、S、V、Z）",
        )
    elif row["credit_code"][8:11] == "DEM":
        yield ("credit_code", row["credit_code"], "这是演示用的代码，不能当作真的登记")
