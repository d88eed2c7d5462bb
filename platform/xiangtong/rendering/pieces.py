"""Partial evaluation of templates: a field's partial is run once, with holes where the answer goes.

A partial of ``templates/fields/`` is ordinary Jinja. What differs from one request to the next (the value, the
problem's sentence, the row's number, which option is chosen) is given to it as a single private-use character. What
comes out is cut at those characters, kept, and filled in by joining strings: a few microseconds for a field instead
of fifty. The values themselves are never kept. Text that a form's author writes cannot hold such a character
(``quiet`` takes them out).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

#: The holes, each safe to print: one private-use character.
VALUE, PROBLEM, ROW, ORDINAL, BODY, FILE_ID, FILE_NAME, FILE_SIZE, FILE_URL = (
    Markup(chr(0xE000 + number))  # noqa: S704
    for number in range(9)
)
_FIRST_PARAMETER, _MOST_PARAMETERS = 0xE010, 0xF0
_FIRST_CHOICE = 0xE100
_MOST_CHOICES = 0x1700
_HOLE = re.compile("([\ue000-\uf8ff])")


def choice_hole(index: int) -> Markup:
    """Give the hole that says whether the option at ``index`` is chosen."""
    if index >= _MOST_CHOICES:
        raise ValueError(f"a question has at most {_MOST_CHOICES} options")
    return Markup(chr(_FIRST_CHOICE + index))  # noqa: S704


def parameter_hole(index: int) -> Markup:
    """Give the hole for the words of the form's parameter at ``index``: townships set them, and share a template."""
    if index >= _MOST_PARAMETERS:
        raise ValueError(f"a form has at most {_MOST_PARAMETERS} parameters")
    return Markup(chr(_FIRST_PARAMETER + index))  # noqa: S704


def quiet(text: str) -> str:
    """Take private-use characters out of a text that will stand in a template."""
    return _HOLE.sub("", text)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A template cut at its holes: literal, hole, literal, …, literal."""

    parts: tuple[str, ...]

    @classmethod
    def cut(cls, html: str) -> Pieces:
        """Cut what a partial rendered."""
        return cls(tuple(_HOLE.split(html)))

    def fill(self, holes: Mapping[str, str]) -> str:
        """Join the literals with the texts of the holes, escaped by the caller; a hole without a text is empty."""
        parts = list(self.parts)
        for place in range(1, len(parts), 2):
            parts[place] = holes.get(parts[place], "")
        return "".join(parts)
