"""The township's parameters in the words of a form: ``{param:homestead.max_area}`` becomes 135 平方米."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import PARAMETER_GAP
from xiangtong.fields.hundredths import Hundredths
from xiangtong.fields.kinds import KINDS

#: What stands for a parameter that has no value on this day.
_NONE = "—"


def parameter_words(plan: Plan, name: str, params: Mapping[str, Any], *, english: bool = False) -> str:
    """Write a parameter in its own unit: 13500 of kind area → ``135 平方米``; the form's 示例 where nothing is set."""
    value = params[name] if name in params else plan.params.get(name)
    if value is None or isinstance(value, (list, dict)):
        return _NONE
    declared = plan.schema.get("x-params", {}).get(name, {})
    kind = KINDS.get(declared.get("kind", ""))
    shown = kind.typed(value) if isinstance(kind, Hundredths) else str(value)
    unit = declared.get("unit", "")
    return f"{shown} {declared.get('unit_en', unit) if english else unit}".rstrip()


def with_parameters(text: str, plan: Plan, params: Mapping[str, Any], *, english: bool = False) -> str:
    """Give a text with every parameter that it names written out."""
    return PARAMETER_GAP.sub(lambda gap: parameter_words(plan, gap[1], params, english=english), text)
