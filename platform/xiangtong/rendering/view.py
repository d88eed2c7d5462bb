"""What a field's partial is given."""

from __future__ import annotations

import json
from dataclasses import dataclass

from markupsafe import Markup

from xiangtong.dialect.plan import Question
from xiangtong.rendering.pieces import FILE_ID, FILE_NAME, FILE_SIZE, ORDINAL, ROW, choice_hole


def id_of(pointer: str) -> str:
    """Give the HTML id of a pointer: ``/household/0/name`` → ``f-household-0-name``.

    Names in the dialect hold ``a-z 0-9 _`` only, so no two pointers share an id.
    """
    return "f" + pointer.replace("/", "-")


@dataclass(frozen=True, slots=True)
class FileView:
    """One uploaded file; each part is a hole, and the address may be nothing."""

    url: Markup | str
    id: Markup = FILE_ID
    name: Markup = FILE_NAME
    size: Markup = FILE_SIZE


@dataclass(frozen=True, slots=True)
class OptionView:
    """One option as a page shows it; `lang` and `hint_lang` say in which language, where that is not the page's."""

    value: str
    label: str
    hint: str = ""
    lang: str = ""
    hint_lang: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question as its partial sees it. Texts marked as holes are filled in later."""

    question: Question
    name: str  # the JSON Pointer; the row's number in it is a hole
    label: str
    hint: str
    text: str
    unit: str
    add: str  # the words of the button that adds a row
    options: tuple[OptionView, ...]
    autocomplete: str
    value: Markup  # a hole
    problem: Markup | str  # a hole, or nothing
    body: Markup  # a hole
    optional: bool
    hidden: bool
    readonly: bool
    source: str
    file: FileView
    level: int = 0  # of one of the lists of a division: 0 the province, 4 the village
    titled: bool = False  # the page's title says its label already; it is then for those who hear the page
    kept: bool = False  # it was answered, and the answer never comes back to a page

    @property
    def id(self) -> str:
        """The id of its input, or of its fieldset."""
        return id_of(self.name)

    @property
    def row_name(self) -> str:
        """The JSON Pointer of one row of it."""
        return f"{self.name}/{ROW}"

    @property
    def row_id(self) -> str:
        """The id of one row of it."""
        return id_of(self.row_name)

    @property
    def ordinal(self) -> Markup:
        """The hole for the name of a row: 第 2 位家人."""
        return ORDINAL

    @property
    def words(self) -> str:
        """The words of its options as JSON, for a derived value that changes while one types."""
        return json.dumps({option.value: option.label for option in self.options}, ensure_ascii=False)

    @property
    def many(self) -> bool:
        """Say whether more than one file may be picked."""
        return int(self.question.schema.get("maxItems", 99)) > 1

    def chosen(self, index: int) -> Markup:
        """Give the hole that becomes `` checked`` (or `` selected``) when the option is the answer."""
        return choice_hole(index)
