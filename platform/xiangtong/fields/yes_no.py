"""A question that is answered with yes or no."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind


class YesNo(Kind):
    """Yes or no; neither is chosen beforehand."""

    name = "yes-no"
    normal = "boolean"
    schema = {"type": "boolean"}
    ask = "请选择"
    ask_en = "Please choose"

    def display(self, value: Any, question: Question) -> str:
        """是 or 不是, as the choices say."""
        return {True: "是", False: "不是"}.get(value, str(value))

    def display_en(self, value: Any, question: Question) -> str:
        """Yes or No."""
        return {True: "Yes", False: "No"}.get(value, str(value))
