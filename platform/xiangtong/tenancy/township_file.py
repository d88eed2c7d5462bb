"""`<9 digits>.toml`: what one township's files say beyond the division table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.tenancy.city_file import FILE as CITY_FILE
from xiangtong.tenancy.city_file import read_toml
from xiangtong.tenancy.division_file import DivisionRow
from xiangtong.tenancy.folder import Folder
from xiangtong.tenancy.sheet import BadRow

_WORDS = ("name", "short_name", "hall_name", "kit")
_OF_PLACE = {
    "address": str,
    "hours": str,
    "phone": str,
    "agent_name": str,
    "agent_phone": str,
    "latitude": int,
    "longitude": int,
}
_TABLES = ("hall", "stations", "params")


def read_overrides(
    folder: Folder, divisions: Mapping[str, DivisionRow], bad: list[BadRow]
) -> dict[str, dict[str, Any]]:
    """Each township's own file by its code; what is wrong is appended to `bad`."""
    townships = {row.prefix for row in divisions.values() if row.level == "township"}
    found: dict[str, dict[str, Any]] = {}
    for name in folder.names():
        stem, _dot, ending = name.partition(".")
        if ending != "toml" or name == CITY_FILE:
            continue
        if stem not in townships:
            bad.append(BadRow(name, 0, "", stem, "文件名应当是本市乡镇的 9 位代码"))
        elif (document := read_toml(folder, name, bad)) is not None:
            problems = list(_wrong(document, stem, divisions))
            bad.extend(BadRow(name, 0, *problem) for problem in problems)
            found |= {} if problems else {stem: document}
    return found


def _wrong(
    document: Mapping[str, Any], code: str, divisions: Mapping[str, DivisionRow]
) -> Iterator[tuple[str, str, str]]:
    for key, value in document.items():
        if key in _WORDS and isinstance(value, str) and value:
            continue
        if key not in _TABLES or not isinstance(value, dict):
            yield (key, str(value), "不认识这一项，或者写法不对")
    yield from _wrong_place("hall", document.get("hall", {}))
    for village, station in dict(document.get("stations", {})).items():
        if not village.startswith(code) or village not in divisions:
            yield (f"stations.{village}", village, "不是本乡镇的村（社区）代码")
        yield from _wrong_place(f"stations.{village}", station)


def _wrong_place(where: str, place: object) -> Iterator[tuple[str, str, str]]:
    if not isinstance(place, dict):
        yield (where, str(place), "写法不对")
        return
    for key, value in place.items():
        if key not in _OF_PLACE or not isinstance(value, _OF_PLACE[key]):
            yield (f"{where}.{key}", str(value), "不认识这一项，或者写法不对")
