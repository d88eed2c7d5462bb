"""What every kind of field can do; a kind overrides what is different about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.normal import NORMAL_FORMS


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong with an answer, in words that say what to do. ``code`` is for machines and the corpus."""

    code: str
    message: str
    message_en: str


#: Keyword of JSON Schema → the code of its problem.
CODES: Mapping[str, str] = {
    "required": "missing",
    "type": "type",
    "format": "format",
    "pattern": "pattern",
    "enum": "choice",
    "const": "const",
    "minimum": "too-small",
    "exclusiveMinimum": "too-small",
    "maximum": "too-large",
    "exclusiveMaximum": "too-large",
    "multipleOf": "multiple",
    "minLength": "too-short",
    "maxLength": "too-long",
    "minItems": "too-few",
    "maxItems": "too-many",
    "uniqueItems": "repeated",
    "contains": "too-few-such",
    "maxContains": "too-many-such",
    "additionalProperties": "type",
    "falseSchema": "type",
}

#: Where one answer breaks several keywords, the first of these is told.
PRECEDENCE: Sequence[str] = tuple(CODES)


class Kind:
    """One kind of field. A subclass is made once and kept in ``kinds.KINDS``."""

    #: The name used in ``x-kind`` and in the name of the template partial.
    name = ""
    #: How raw text becomes a value: a name in ``normal.NORMAL_FORMS``; "" where no text is typed.
    normal = "text"
    #: Keywords a question of this kind must carry, with these values.
    schema: Mapping[str, Any] = {"type": "string"}
    #: Keywords it must carry, with any value.
    needs: Sequence[str] = ()
    #: How one asks for it: 请填写, 请选择, 请上传.
    ask = "请填写"
    ask_en = "Please fill in"

    def parse(self, raw: str) -> Any:
        """Make a value of raw text; what cannot become one is given back as typed."""
        return NORMAL_FORMS[self.normal](raw)

    def gather(self, raws: Sequence[str]) -> str | list[str]:
        """Make one raw answer of all texts that a page posts under one name: most often the last, since a box posts
        its empty companion first."""
        return raws[-1]

    def is_listed(self, value: str, allowed: Mapping[str, str]) -> bool:
        """Say whether a value may be chosen from a list of the township, value → label."""
        return value in allowed

    def missing(self, question: Question) -> Sentence:
        """Say that an answer is wanted."""
        return Sentence("missing", f"{self.ask}{question.title}", f"{self.ask_en}: {question.title_en}")

    def problems(self, value: Any, question: Question) -> list[Sentence]:
        """Say what this kind knows to be wrong with a value, most helpful first."""
        return []

    def explain(self, value: Any, question: Question, keyword: str, limit: Any) -> Sentence:
        """Say why a value was refused by a keyword of its schema."""
        code = CODES.get(keyword, keyword)
        own = self.problems(value, question)
        if own:
            return Sentence(code, own[0].message, own[0].message_en)
        return Sentence(code, *self.generic(value, question, keyword, limit))

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """The sentence of a keyword, in Chinese and English, where the kind knows nothing better."""
        match keyword:
            case "maxLength":
                return _too_long(value, limit)
            case "minLength":
                return f"至少要写 {limit} 个字", f"At least {limit} characters are wanted"
            case "minimum":
                return f"不能小于{self.shown(limit, question)}", f"At least {self.display_en(limit, question)}"
            case "maximum":
                return f"不能大于{self.shown(limit, question)}", f"At most {self.display_en(limit, question)}"
            case "enum" | "const":
                return "请在给出的选项里选一个", "Please choose one of the options"
        return f"{question.title}写得不太对，请再核对一遍", f"{question.title_en}: please check it once more"

    def shown(self, limit: Any, question: Question) -> str:
        """Write a limit the way its values are written, unit included."""
        return f" {self.display(limit, question)} "

    def typed(self, value: Any) -> str:
        """Write a stored value the way it would have to be typed."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def display(self, value: Any, question: Question) -> str:
        """Write a value for reading."""
        return str(value)

    def display_en(self, value: Any, question: Question) -> str:
        """Write a value for reading in English."""
        return self.display(value, question)

    def mask(self, value: Any) -> str:
        """Write a value so that it can be recognised and not be read (domain facts §8.2)."""
        return "*" * min(len(str(value)), 6)

    def mask_en(self, value: Any) -> str:
        """The same for readers of English."""
        return self.mask(value)


def _too_long(value: Any, limit: int) -> tuple[str, str]:
    size = len(value) if isinstance(value, str) else 0
    return (
        f"最多写 {limit} 个字，现在是 {size} 个字，请删去 {size - limit} 个字",
        f"At most {limit} characters; there are {size}",
    )
