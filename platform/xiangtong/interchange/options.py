"""Options of elsewhere: `enum` with `enumNames`, or `oneOf`/`anyOf` of constants with titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xiangtong.interchange.node import Node

_LONG_LIST, _SHORT_LIST = 9, 3


@dataclass(frozen=True, slots=True)
class Option:
    """A value of the source, the text that is stored for it, and what people read."""

    source: Any
    value: str
    label: str
    hint: str = ""

    def to_json(self) -> dict[str, str]:
        """As in `x-options`."""
        return {"value": self.value, "label": self.label} | ({"hint": self.hint} if self.hint else {})


def is_options(members: Any) -> bool:
    """Whether the members of a oneOf or anyOf are constants, each perhaps with a title."""
    return (
        isinstance(members, list)
        and bool(members)
        and all(isinstance(one, Mapping) and _is_constant(one) for one in members)
    )


def _is_constant(member: Mapping[str, Any]) -> bool:
    single = "const" in member or (isinstance(member.get("enum"), list) and len(member["enum"]) == 1)
    return single and "properties" not in member


def options(node: Node) -> list[Option]:
    """The options of a question, in order; empty where it has none. What cannot be chosen is left out."""
    keyword = next((key for key in ("oneOf", "anyOf") if is_options(node.get(key))), "")
    if keyword:
        found = _of_members(node, keyword)
        node.refuse("enum", "选项已经由 oneOf 说明", "The options stand in oneOf")
    elif isinstance(node.get("enum"), list) and node.get("enum"):
        found = _of_enum(node)
    else:
        return []
    return _choosable(node, _distinct(found))


def _of_members(node: Node, keyword: str) -> list[Option]:
    node.change(keyword, "写成了 enum 和 x-options", "Written as enum and x-options")
    found = []
    for member in node.get(keyword):
        value = member["const"] if "const" in member else member["enum"][0]
        hint = member.get("description")
        found.append(_option(value, member.get("title"), hint if isinstance(hint, str) else ""))
    return found


def _of_enum(node: Node) -> list[Option]:
    values = node.get("enum")
    plain = all(isinstance(value, str) for value in values)
    if plain:
        node.keep("enum")
    else:
        node.change("enum", "选项的取值改存成文字，空值不算选项", "Values are stored as text; null is no option")
    return [_option(value, name) for value, name in zip(values, _names(node), strict=True)]


def _names(node: Node) -> list[Any]:
    values = node.get("enum")
    for names in (node.ui.get("enumNames"), node.get("enumNames")):
        if isinstance(names, list):
            node.change("enumNames", "写成了 x-options 的文字", "Written as the words of x-options")
            node.ui.say("enumNames", "changed", "写成了 x-options 的文字", "Written as the words of x-options")
            return [*names, *values[len(names) :]][: len(values)]
        if isinstance(names, Mapping):
            node.ui.say("enumNames", "changed", "写成了 x-options 的文字", "Written as the words of x-options")
            return [names.get(str(value), value) for value in values]
    return list(values)


def _option(value: Any, label: Any, hint: str = "") -> Option:
    text = _text(value)
    words = label if isinstance(label, str) and label.strip() else _text(label) or text
    return Option(value, text, words.strip() or text, hint)


def _text(value: Any) -> str:
    """A value as it is stored: the text itself, a number in its digits, true and false by name."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, (str, int, float)) else ""


def _distinct(found: list[Option]) -> list[Option]:
    kept: dict[str, Option] = {}
    for one in found:
        if one.value.strip():
            kept.setdefault(one.value, one)
    return list(kept.values())


def _choosable(node: Node, found: list[Option]) -> list[Option]:
    disabled = node.ui.get("enumDisabled")
    if isinstance(disabled, list):
        node.ui.say("enumDisabled", "changed", "不能选的选项没有带过来", "What cannot be chosen was left out")
        found = [one for one in found if one.source not in disabled] or found
    order = node.ui.get("enumOrder")
    if isinstance(order, list):
        node.ui.say("enumOrder", "kept", "选项按这个次序", "The options have this order")
        places = {_text(value): index for index, value in enumerate(order)}
        found = sorted(found, key=lambda one: places.get(one.value, len(places)))
    return found


def words_of_yes_no(node: Node) -> dict[str, Any]:
    """The words of yes and of no as our `oneOf`; nothing where the source has none, or no pair of them."""
    found = _pair_of_members(node) or _pair_of_names(node)
    if sorted(found) != [False, True]:
        return {}
    return {"oneOf": [{"const": value, "title": title} for value, title in found.items()]}


def _pair_of_members(node: Node) -> dict[bool, str]:
    for keyword in ("oneOf", "anyOf"):
        members = node.get(keyword)
        if is_options(members) and all(isinstance(one.get("title"), str) and "const" in one for one in members):
            node.keep(keyword) if keyword == "oneOf" else node.change(keyword, "写成了 oneOf", "Written as oneOf")
            return {one["const"]: one["title"] for one in members if isinstance(one["const"], bool)}
    return {}


def _pair_of_names(node: Node) -> dict[bool, str]:
    values = node.get("enum", [True, False])
    for names in (node.ui.get("enumNames"), node.get("enumNames")):
        if isinstance(names, list) and isinstance(values, list) and len(names) == len(values):
            node.change("enumNames", "写成了 oneOf 的文字", "Written as the words of oneOf")
            node.ui.say("enumNames", "changed", "写成了 oneOf 的文字", "Written as the words of oneOf")
            pairs = zip(values, names, strict=True)
            return {value: name for value, name in pairs if isinstance(value, bool) and isinstance(name, str) and name}
    return {}


def chosen_kind(node: Node, found: list[Option]) -> str:
    """How one of the options is asked for."""
    widget = node.ui.get("widget")
    node.ui.say("widget", "kept", "按选项来问", "Asked as options")
    node.ui.say("inline", "changed", "选项怎么排由平台定", "The page decides how options stand")
    if len(found) > _LONG_LIST or widget == "select":
        return "select"
    return "radio" if widget == "radio" and len(found) <= _SHORT_LIST else "choice"
