"""A person's document: what it is, and its number."""

from __future__ import annotations

from xiangtong.fields.group import Composed


class Document(Composed):
    """Type and number; the shapes of the numbers stand in the shared part."""

    name = "document"
