"""What a question of elsewhere says to people: its label, its hint, its example; and a name that our forms may use."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from xiangtong.interchange.node import Node

_LONGEST = {"x-label": 100, "x-hint": 200, "x-example": 200}
_GOOD = re.compile(r"[a-z][a-z0-9_]{0,63}")


def words(node: Node, name: str) -> dict[str, Any]:
    """`x-label` and what else is said. A question without a title is called by its name, and the report says so."""
    said: dict[str, Any] = {"x-label": _label(node, name)}
    hint = " ".join(text for text in (_description(node), _ui_text(node, "help")) if text)
    example = _ui_text(node, "placeholder")
    return said | _short("x-hint", hint) | _short("x-example", example)


def _label(node: Node, name: str) -> str:
    title, shown = node.get("title"), node.ui.get("title")
    node.ui.say("title", "kept", "作为问题文字", "It is the label")
    if isinstance(shown, str) and shown.strip():
        node.change("title", "问题文字用 ui:title 的", "The label is that of ui:title")
        return _cut(shown)
    if isinstance(title, str) and title.strip():
        node.change("title", "写成了 x-label", "Written as x-label")
        return _cut(title)
    node.change("title", f"没有文字，暂时叫“{name}”，请改成人看得懂的问题", f"It has no words and is called {name}")
    if "title" not in node:
        node.added("x-label", f"没有 title，暂时叫“{name}”，请改成人看得懂的问题", f"It has no title: called {name}")
    return _cut(name or "问题")


def _description(node: Node) -> str:
    shown = _ui_text(node, "description")
    node.change("description", "写成了 x-hint", "Written as x-hint")
    own = node.get("description")
    return shown or (own.strip() if isinstance(own, str) else "")


def _ui_text(node: Node, name: str) -> str:
    said = node.ui.get(name)
    if not isinstance(said, str):
        return ""
    node.ui.say(name, "kept", "写成了提示或例子", "Written as a hint or an example")
    return said.strip()


def _short(keyword: str, text: str) -> dict[str, str]:
    return {keyword: _cut(text, _LONGEST[keyword])} if text else {}


def _cut(text: str, most: int = 100) -> str:
    plain = text.strip()
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def our_name(name: str, taken: Collection[str]) -> str:
    """A name of `a-z 0-9 _` that nobody has: `firstName` becomes `first_name`, 姓名 becomes `q`, and `q_2` after it."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]
    plain = plain if _GOOD.fullmatch(plain) else f"q_{plain}".rstrip("_")
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}_{number}", number + 1
    return found
