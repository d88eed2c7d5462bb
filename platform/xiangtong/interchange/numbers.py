"""Numbers of elsewhere: whole ones stay, others are stored in hundredths (1.5 as 150), and every one has bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from xiangtong.dialect.vocabulary import LARGEST_INTEGER
from xiangtong.interchange.node import Node

#: Where the source has no bound: wide enough for any form, narrow enough for a slip of the finger to show.
_WIDE = 999_999_999
_DRAFT_4 = ("在旧写法里是 true/false，改成了整数界限", "Of an old draft; made a bound")


def stored_by(scale: int) -> Callable[[Any], Any]:
    """How a constant of the source is stored at a scale. The function raises ValueError for what is no such number."""

    def stored(value: Any) -> int:
        exact = _exact(value)
        if exact is None or exact * scale != int(exact * scale) or abs(exact * scale) > LARGEST_INTEGER:
            raise ValueError(str(value))
        return int(exact * scale)

    return stored


def bounds(node: Node, scale: int) -> dict[str, int]:
    """`minimum`, `maximum` and `multipleOf` in the stored unit."""
    least = _bound(node, "minimum", "exclusiveMinimum", scale, 1)
    most = _bound(node, "maximum", "exclusiveMaximum", scale, -1)
    if least is None and most is None:
        node.added("minimum", "没有写界限，加上了正负 999999999", "It had no bounds; wide ones were added")
    elif least is None or most is None:
        node.added("maximum", "只写了一头的界限，另一头也加上了", "The other bound was added")
    least = min(-_WIDE, (most or 0) - _WIDE) if least is None else least
    most = max(_WIDE, least + _WIDE) if most is None else most
    if least > most:
        raise node.leave("minimum", "最小值比最大值还大，没有数可以填", "No number fits its bounds")
    return {"minimum": least, "maximum": most} | _multiple(node, scale)


def _bound(node: Node, keyword: str, exclusive: str, scale: int, step: int) -> int | None:
    found = []
    plain, beyond = _exact(node.get(keyword)), _exact(node.get(exclusive))
    outward = math.ceil if step > 0 else math.floor
    if plain is not None:
        inner = outward(plain * scale) + (step if node.get(exclusive) is True and plain * scale % 1 == 0 else 0)
        found.append(inner)
        _say(node, keyword, plain, inner, scale)
    elif keyword in node:
        node.refuse(keyword, f"{keyword} 要写成数", f"{keyword} is a number")
    if beyond is not None:
        found.append(outward(beyond * scale) + (step if beyond * scale % 1 == 0 else 0))
        node.change(
            exclusive, f"写成了 {keyword}：{found[-1]}（存储单位）", f"Written as {keyword} {found[-1]}, as stored"
        )
    elif exclusive in node:
        node.change(exclusive, *_DRAFT_4)
    inside = [max(-LARGEST_INTEGER, min(LARGEST_INTEGER, one)) for one in found]
    return (max(inside) if step > 0 else min(inside)) if inside else None


def _say(node: Node, keyword: str, plain: Decimal, inner: int, scale: int) -> None:
    if scale == 1 and plain == inner:
        node.keep(keyword)
    else:
        node.change(keyword, f"按存储单位写成了 {inner}", f"Written as stored: {inner}")


def _multiple(node: Node, scale: int) -> dict[str, int]:
    if "multipleOf" not in node:
        return {}
    exact = _exact(node.get("multipleOf"))
    step = exact * scale if exact is not None and exact > 0 else None
    if step is None or step != int(step) or step > LARGEST_INTEGER:
        node.refuse("multipleOf", "最多只能有两位小数，这个倍数没有带过来", "Two decimals at most; it was left out")
        return {}
    if step == 1:
        node.change("multipleOf", "存的本来就是这样的数", "What is stored is such a number anyway")
        return {}
    if scale == 1:
        node.keep("multipleOf")
    else:
        node.change("multipleOf", f"按存储单位写成了 {int(step)}", f"Written as stored: {int(step)}")
    return {"multipleOf": int(step)}


def is_whole(node: Node) -> bool:
    """Whether a `number` admits whole numbers only."""
    exact = _exact(node.get("multipleOf"))
    return exact is not None and exact >= 1 and exact == int(exact)


def _exact(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and abs(exact) < Decimal(10) ** 18 else None
