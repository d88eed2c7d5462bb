"""Which papers a filing is asked for: the file questions that its answers leave visible."""

from __future__ import annotations

from xiangtong.dialect.effective import Effective
from xiangtong.dialect.plan import Plan


def asked_papers(plan: Plan, counted: Effective) -> dict[str, bool]:
    """Code of each material → whether it is required."""
    asked = [(pointer, plan.question_at(pointer)) for pointer in counted.visible]
    return {one.material.code: at in counted.required for at, one in asked if one and one.material}
