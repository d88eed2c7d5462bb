"""A short line of text."""

from __future__ import annotations

from xiangtong.fields.kind import Kind


class Text(Kind):
    """A short line of text."""

    name = "text"
    needs = ("maxLength",)
