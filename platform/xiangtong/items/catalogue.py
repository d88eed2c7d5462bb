"""The base catalogue: `tenants/_catalogue/items.toml`, from which every township's items are laid down."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangtong.items.codes import CASE_TYPES, ITEM_TYPES
from xiangtong.kernel.errors import Problem, Problems

_NEEDED = ("key", "name", "basic_code", "item_type", "case_type", "who", "conditions", "flow", "fee", "basis")


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One entry of the base catalogue. `guide` is the whole document, as it goes into the library."""

    key: str
    guide: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.guide.get(name)


def read_catalogue(path: Path) -> list[CatalogueItem]:
    """The entries in their order; raises Problems with everything that is wrong."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = document.get("items", [])
    problems = [problem for place, entry in enumerate(entries) for problem in problems_of(f"items/{place}", entry)]
    if problems:
        raise Problems(problems)
    return [CatalogueItem(entry["key"], entry | {"position": place}) for place, entry in enumerate(entries)]


def problems_of(where: str, entry: Mapping[str, Any]) -> Sequence[Problem]:
    """What is wrong with an entry, each at `where/name`."""
    problems = [Problem(f"{where}/{name}", "没有写") for name in _NEEDED if not entry.get(name)]
    if problems:
        return problems
    if not (len(entry["basic_code"]) == 12 and entry["basic_code"].isdigit()):
        problems.append(Problem(f"{where}/basic_code", "基本编码是 12 位数字"))
    if entry["item_type"] not in ITEM_TYPES or entry["basic_code"][2:4] != entry["item_type"]:
        problems.append(Problem(f"{where}/item_type", "事项类型不在代码表里，或与基本编码第 3、4 位不同"))
    if entry["case_type"] not in CASE_TYPES:
        problems.append(Problem(f"{where}/case_type", "办件类型不在代码表里"))
    return problems
