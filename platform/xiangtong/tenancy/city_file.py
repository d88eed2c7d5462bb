"""`city.toml`: how one city names its halls, which divisions it takes, which bodies have no code of their own."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangtong.tenancy.folder import Folder
from xiangtong.tenancy.sheet import BadRow

FILE = "city.toml"
_PREFIX_LENGTHS = (2, 4, 6)
_TEMPLATE_WORDS = {"township", "village", "county", "city"}
_NAMES = {
    "county": "{county}政务服务中心",
    "township": "{township}为民服务中心",
    "village": "{village}便民服务中心",
}


@dataclass(frozen=True, slots=True)
class Zone:
    """A functional zone (功能区) that administers townships although the division tree does not say so."""

    code: str
    name: str
    townships: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitySpec:
    """What `city.toml` says. `prefix` has 2, 4 or 6 digits and cuts the division file."""

    name: str
    prefix: str
    divisions: str = "divisions.csv"
    kit: str = "standard"
    names: Mapping[str, str] = field(default_factory=lambda: dict(_NAMES))
    strip: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    demo: Mapping[str, Any] = field(default_factory=dict)
    profile: str = "default"

    @property
    def demo_townships(self) -> frozenset[str]:
        """The townships (9 digits) whose unknown telephones, hours and agents get demo values."""
        return frozenset(self.demo.get("townships", ()))

    @property
    def config(self) -> dict[str, Any]:
        """What is kept of it in the city's row."""
        return {"profile": self.profile, "kit": self.kit, "names": dict(self.names)}


def read_city(folder: Folder, bad: list[BadRow]) -> CitySpec | None:
    """The city file of a folder, or None with the reasons in `bad`."""
    document = read_toml(folder, FILE, bad)
    if document is None:
        return None
    before = len(bad)
    for key, value in document.items():
        if key not in _TYPES or not isinstance(value, _TYPES[key]):
            bad.append(BadRow(FILE, 0, key, str(value), "不认识这一项，或者写法不对"))
    if len(bad) > before:
        return None
    names = _NAMES | {key: str(value) for key, value in dict(document.get("names", {})).items()}
    _check(document, names, bad)
    return None if len(bad) > before else _spec(document, names)


def _spec(document: Mapping[str, Any], names: Mapping[str, str]) -> CitySpec:
    return CitySpec(
        name=document["name"],
        prefix=document["prefix"],
        divisions=document.get("divisions", "divisions.csv"),
        kit=document.get("kit", "standard"),
        names=names,
        strip=tuple(document.get("strip", ())),
        zones=tuple(Zone(z["code"], z["name"], tuple(z.get("townships", ()))) for z in document.get("zones", ())),
        params=document.get("params", {}),
        demo=document.get("demo", {}),
        profile=document.get("profile", "default"),
    )


def read_toml(folder: Folder, name: str, bad: list[BadRow]) -> dict[str, Any] | None:
    """A TOML file of a folder, or None with the reason in `bad`."""
    data = folder.read(name)
    if data is None:
        bad.append(BadRow(name, 0, "", "", "没有这个文件"))
        return None
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError:
        bad.append(BadRow(name, 0, "", "", "不是 UTF-8 文本"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        bad.append(BadRow(name, int(line[1]) if line else 0, "", "", "从这里起读不懂，请看有没有漏掉引号、等号"))
    return None


_TYPES: Mapping[str, type] = {
    "name": str, "prefix": str, "divisions": str, "kit": str, "profile": str,
    "strip": list, "zones": list, "names": dict, "params": dict, "demo": dict,
}  # fmt: skip


def _check(document: Mapping[str, Any], names: Mapping[str, str], bad: list[BadRow]) -> None:
    prefix, name = document.get("prefix"), document.get("name")
    if not isinstance(name, str) or not name:
        bad.append(BadRow(FILE, 0, "name", str(name or ""), "请写城市的名称"))
    if not (isinstance(prefix, str) and prefix.isascii() and prefix.isdigit() and len(prefix) in _PREFIX_LENGTHS):
        bad.append(BadRow(FILE, 0, "prefix", str(prefix or ""), "请写区划代码的前 2、4 或 6 位数字"))
    for key, template in names.items():
        if not _is_template(template):
            bad.append(BadRow(FILE, 0, f"names.{key}", template, "只能用 {township} {village} {county} {city}"))
    for place, zone in enumerate(document.get("zones", ()), start=1):
        if not (isinstance(zone, dict) and zone.get("code") and zone.get("name")):
            bad.append(BadRow(FILE, 0, f"zones {place}", str(zone), "功能区要有 code 和 name"))


def _is_template(template: str) -> bool:
    try:
        words = {word for _text, word, _spec, _conversion in string.Formatter().parse(template) if word is not None}
    except ValueError:
        return False
    return words <= _TEMPLATE_WORDS
