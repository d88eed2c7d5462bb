"""A list of values of elsewhere that nobody chooses from: several short answers, one to a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xiangtong.interchange import numbers, scalars
from xiangtong.interchange.node import Node
from xiangtong.interchange.scalars import Taken


def is_line(one: Node) -> bool:
    """Whether a member of a list is short enough for a line: a text without line ends, or a whole number."""
    kind = one.get("type")
    if kind == "string":
        return one.ui.get("widget") != "textarea" and "const" not in one
    return (kind == "integer" or (kind == "number" and numbers.is_whole(one))) and "const" not in one


def read_lines(
    node: Node, one: Node, taken: Taken, counts: Mapping[str, Any]
) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """A question for several lines. `one` is the schema of a single one."""
    whole = one.get("type") == "integer"
    inner, stored = scalars.read_string(one) if one.get("type") == "string" else scalars.read_number(one, whole=whole)
    for keyword in ("title", "description"):
        one.change(keyword, "每一行不用另起名字", "A line needs no name of its own")
        one.ui.say(keyword, "changed", "每一行不用另起名字", "A line needs no name of its own")
    for keyword in ("default", "nullable", "readOnly", "writeOnly", "deprecated"):
        one.refuse(keyword, "要写在整个问题上，不能写在每一行上", "It belongs to the question, not to each line")
    one.finish()
    node.ui.say("widget", "changed", "一行写一个", "One to a line")
    taken.fields["*"] = Taken("*", inner, stored)
    items = {key: value for key, value in inner.items() if not key.startswith("x-")}
    kept = {key: value for key, value in inner.items() if key == "x-sensitive"}
    shape = {"type": "array", "x-kind": "lines", **counts, "items": items, **kept}
    return shape, lambda values: [stored(one) for one in values]
