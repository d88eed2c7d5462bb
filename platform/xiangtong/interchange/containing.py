"""`contains` of elsewhere: how many members of a list must be of a sort. The dialect honours it, so it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.interchange.conditions import Untestable, test_of, value_test
from xiangtong.interchange.node import Node
from xiangtong.interchange.scalars import Taken

_COUNTS = ("minContains", "maxContains")
_MOST = 1_000_000


def read_contains(node: Node, taken: Taken) -> dict[str, Any]:
    """What a list must contain, in the names and values of our form, with a sentence for those who fill it in.

    Nothing where the source says nothing of it, or where a condition here could not say it: the report tells which.
    """
    if "contains" not in node:
        for keyword in _COUNTS:
            node.change(keyword, f"没有 contains，{keyword} 不起作用", f"Without contains, {keyword} means nothing")
        return {}
    try:
        such = _test(node.get("contains"), taken)
        counts = _counts(node)
    except Untestable as error:
        for keyword in ("contains", *_COUNTS):
            node.refuse(keyword, error.zh, error.en)
        return {}
    if such == node.get("contains"):
        node.keep("contains")
    else:
        node.change("contains", "换成了这张表里的名称和取值", "In the names and values of this form")
    node.keep(*_COUNTS)
    node.added("x-messages", "加上了提示的句子，请改得更明白", "A sentence was added; please make it plainer")
    return {"contains": such, **counts, "x-messages": _messages(counts)}


def _test(source: Any, taken: Taken) -> dict[str, Any]:
    """Of rows it tests the row; where their one question holds the value, that question."""
    one = taken.fields.get("*")
    if taken.schema.get("x-kind") != "rows" and one is not None:
        return value_test(source, one)
    if one is not None:
        return {"properties": {one.name: value_test(source, one)}, "required": [one.name]}
    return test_of(source, taken.fields)


def _counts(node: Node) -> dict[str, int]:
    counts: dict[str, int] = {}
    for keyword in _COUNTS:
        if keyword not in node:
            continue
        said = node.get(keyword)
        if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= _MOST:
            raise Untestable(f"{keyword} 不是数目", f"{keyword} is no number of members")
        counts[keyword] = said
    return counts


def _messages(counts: Mapping[str, int]) -> dict[str, str]:
    least, most = counts.get("minContains", 1), counts.get("maxContains")
    told = {"too-few-such": f"符合要求的至少要有 {least} 个，请再核对一下"}
    return told if most is None else told | {"too-many-such": f"符合要求的最多 {most} 个，请再核对一下"}
