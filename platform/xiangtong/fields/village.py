"""A village or community of the township, by its 12-digit division code."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind


class Village(Kind):
    """One of the township's villages; the list comes with the facts of the day."""

    name = "village"
    normal = "code"
    schema = {"type": "string", "format": "division", "x-options-from": "villages"}
    ask = "请选择"
    ask_en = "Please choose"

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """A village of another township, or none at all."""
        return "请在本镇的村（社区）里选一个", "Please choose a village of this township"
