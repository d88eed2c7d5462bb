"""An e-mail address."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.formats import CHECKERS
from xiangtong.fields.kind import Kind, Sentence


class Email(Kind):
    """An e-mail address in lower case."""

    name = "email"
    normal = "email"
    schema = {"type": "string", "format": "email"}

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say what an address looks like."""
        if isinstance(value, str) and CHECKERS[self.name](value):
            return []
        if isinstance(value, str) and value.count("@") != 1:
            sentence = "邮箱中间要有一个 @，比如 zhangsan@example.cn"
            return [Sentence("format", sentence, "An address has one @, such as zhangsan@example.cn")]
        sentence = "邮箱写得不全，@ 后面要像 example.cn 这样，请再看一遍"
        return [Sentence("format", sentence, "Please check the part after the @, such as example.cn")]

    def mask(self, value: Any) -> str:
        """The first three characters (domain facts §8.2)."""
        return f"{str(value)[:3]}***"
