"""One of many answers."""

from __future__ import annotations

from xiangtong.fields.choice import Choice


class Select(Choice):
    """As a choice, in a list that opens: more than nine cards would be a long way to scroll."""

    name = "select"
