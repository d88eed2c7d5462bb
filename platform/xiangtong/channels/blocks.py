"""Blocks: what each part of a channel page shows, worked out before any template sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiangtong.documents.models import DocumentVersion
from xiangtong.items.models import Item
from xiangtong.kernel import clock
from xiangtong.tenancy.finding import Township
from xiangtong.tenancy.models import Division, Place
from xiangtong.tenancy.names import government_of

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the blocks of one page may draw on, read beforehand in a fixed number of queries."""

    township: Township
    items: Sequence[Item]
    notices: Sequence[DocumentVersion]
    villages: Sequence[Division]
    hall: Place | None


@dataclass(frozen=True, slots=True)
class Block:
    """One block ready for its template: `templates/citizen/blocks/<type>.html` gets `model`."""

    id: str
    type: str
    column: str
    model: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: words, where it leads (a path below the channel), tags, words at the side."""

    text: str
    path: str
    tags: tuple[tuple[str, str], ...] = ()
    side: str = ""


def build(block: Mapping[str, Any], material: Material) -> Block:
    """The model of one block of a kit."""
    model = _MODELS[block["type"]](block, material)
    words = {"title": block.get("title", "")}
    return Block(block["id"], block["type"], block.get("column", "whole"), words | dict(model))


@dataclass(slots=True)
class Section:
    """Blocks that stand together: over the whole width, or in two columns."""

    whole: list[Block] = field(default_factory=list)
    main: list[Block] = field(default_factory=list)
    side: list[Block] = field(default_factory=list)


def arrange(blocks: Sequence[Block]) -> list[Section]:
    """The sections of a page: neighbours that name a column share one pair of columns."""
    sections: list[Section] = []
    for block in blocks:
        whole = block.column == "whole"
        if not sections or whole or sections[-1].whole:
            sections.append(Section())
        getattr(sections[-1], block.column).append(block)
    return sections


def item_line(item: Item) -> Line:
    """An item as a list row, with what a person gains by it as tags."""
    tags = [("可网上办", "")] if item.form_code else []
    tags += [("免跑腿", "done")] if item.form_code and item.visits == 0 else []
    tags += [("当场办结", "done")] if item.case_type == "1" else []
    return Line(item.name, f"items/{item.item_code or item.key}", tuple(tags))


def notice_line(notice: DocumentVersion) -> Line:
    """A notice as a list row, with its day; the year is written when it is not this year."""
    day = clock.local(notice.published_at or notice.created_at)
    words = day.strftime("%m-%d" if day.year == clock.today().year else "%Y-%m-%d")
    tags = (("演示数据", "soon"),) if notice.body.get("demo") else ()
    return Line(notice.title, f"notices/{notice.key}", tags, words)


def village_line(village: Division) -> Line:
    """A village as a chip."""
    return Line(village.short_name, f"v/{village.code}/")


def place_facts(place: Place) -> Pairs:
    """What is known of a hall or station; 待补 where it is not."""
    pairs = [("地址", place.address), ("时间", place.hours), ("电话", place.phone)]
    return [(label, value or "（待补）") for label, value in pairs]


def footer_facts(township: Township, hall: Place | None) -> Pairs:
    """The foot of every page of a township, as sites of government carry it (domain facts §8.5)."""
    host = government_of(township.tenant.name) or township.tenant.name
    facts = [("主办", host), ("承办", "（待补）"), ("网站标识码", "（待补）")]
    return [*facts, ("联系电话", hall.phone or "（待补）")] if hall else facts


def _search(block: Mapping[str, Any], _material: Material) -> Mapping[str, Any]:
    return {"example": block.get("example", "")}


def _entries(block: Mapping[str, Any], _material: Material) -> Mapping[str, Any]:
    return {"entries": [dict(entry) | {"path": _PATHS[entry["to"]]} for entry in block.get("entries", ())]}


def _items(block: Mapping[str, Any], material: Material) -> Mapping[str, Any]:
    most = block.get("most", 8)
    return {"lines": [item_line(item) for item in material.items[:most]], "more": "items"}


def _notices(block: Mapping[str, Any], material: Material) -> Mapping[str, Any]:
    most = block.get("most", 5)
    return {"lines": [notice_line(notice) for notice in material.notices[:most]], "more": "notices"}


def _villages(block: Mapping[str, Any], material: Material) -> Mapping[str, Any]:
    most, count = block.get("most", 8), len(material.villages)
    return {
        "lines": [village_line(village) for village in material.villages[:most]],
        "more": "villages" if count > most else "",
        "count": count,
    }


def _hall(_block: Mapping[str, Any], material: Material) -> Mapping[str, Any]:
    hall = material.hall
    if hall is None:
        return {
            "title": material.township.tenant.hall_name,
            "facts": [("地址", "（待补）")],
            "phone": "",
            "demo": False,
        }
    return {"title": hall.name, "facts": place_facts(hall), "phone": hall.phone or "", "demo": hall.demo}


def _footer(_block: Mapping[str, Any], material: Material) -> Mapping[str, Any]:
    return {"facts": footer_facts(material.township, material.hall)}


_PATHS = {
    "items": "items",
    "cases": "progress",
    "ask": "contact#ask",
    "rate": "contact#rate",
    "hall": "contact#hall",
    "notices": "notices",
    "villages": "villages",
}
_MODELS: Mapping[str, Callable[[Mapping[str, Any], Material], Mapping[str, Any]]] = {
    "search": _search,
    "entries": _entries,
    "items": _items,
    "notices": _notices,
    "villages": _villages,
    "hall": _hall,
    "footer": _footer,
}
