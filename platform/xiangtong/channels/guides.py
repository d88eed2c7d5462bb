"""The guide of an item as its page shows it. Materials come from the form, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtong.channels.blocks import Pairs
from xiangtong.dialect.plan import Material
from xiangtong.items.models import Item
from xiangtong.items.offer import Guide

_NECESSITY = {"required": "必须交", "optional": "有就交", "later": "可以后补"}
_SAMPLE = "（示例）"
_AT_ONCE = "1"  # case type 即办件: promised for the same day, so no number of days is told
_NO_VISIT = "全程网办，不用跑"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A material as the guide lists it: its name, whether it must be given, and when."""

    name: str
    necessity: str
    when: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """Everything the page of a guide shows."""

    title: str
    who: str
    sample: bool
    demo: bool
    facts: Pairs
    conditions: Sequence[str]
    materials: Sequence[Wanted]
    flow: Sequence[Mapping[str, Any]]
    basis: Sequence[str]
    form: str
    codes: Pairs


def guide_page(guide: Guide, materials: Iterable[Material]) -> GuidePage:
    """The page of a guide; `materials` are those of the form version that would be filled in now."""
    item, body = guide.item, guide.body
    limits = body.get("limits", {})
    return GuidePage(
        title=item.name,
        who=str(body.get("who", "")),
        sample=bool(limits.get("sample") or body.get("basic_code_sample")),
        demo=item.demo,
        facts=_facts(guide, limits),
        conditions=list(body.get("conditions", ())),
        materials=[Wanted(each.name, _NECESSITY.get(each.necessity, ""), each.when) for each in materials],
        flow=list(body.get("flow", ())),
        basis=[_basis(each) for each in body.get("basis", ())],
        form=item.form_code or "",
        codes=_codes(guide),
    )


def _facts(guide: Guide, limits: Mapping[str, Any]) -> Pairs:
    item, body = guide.item, guide.body
    sample = _SAMPLE if limits.get("sample") else ""
    visits = _NO_VISIT if item.visits == 0 else f"最多跑 {item.visits} 次" if item.visits else ""
    if visits and body.get("visits_reason"):
        visits = f"{visits}。{body['visits_reason']}"
    pairs = [
        ("多久办好", _promise(item, sample)),
        ("法定期限", f"{item.statutory_days} 个工作日{sample}" if item.statutory_days else ""),
        ("要不要跑", visits),
        ("收费", str(body.get("fee", ""))),
        ("办好了得到", str(body.get("result", ""))),
        ("由谁办", item.unit_name),
    ]
    return [(label, value) for label, value in pairs if value]


def _promise(item: Item, sample: str) -> str:
    if item.case_type == _AT_ONCE:
        return f"当场办好{sample}"
    return f"{item.promised_days} 个工作日{sample}" if item.promised_days else ""


def _codes(guide: Guide) -> Pairs:
    item = guide.item
    sample = _SAMPLE if guide.body.get("basic_code_sample") else ""
    demo = "（演示数据）" if item.demo else ""
    return [
        ("事项类型", guide.item_type_name),
        ("办件类型", guide.case_type_name),
        ("基本编码", f"{item.basic_code}{sample}"),
        ("实施编码", f"{item.item_code}{demo}" if item.item_code else "（待补）"),
    ]


def _basis(each: Mapping[str, Any]) -> str:
    parts = [str(each.get("title", ""))]
    parts += [f"（{each['number']}）"] if each.get("number") else []
    parts += [str(each["clause"])] if each.get("clause") else []
    return "".join(parts) + (_SAMPLE if each.get("sample") else "")
