"""A paragraph that stands among the questions and asks nothing."""

from __future__ import annotations

from xiangtong.fields.kind import Kind


class Notice(Kind):
    """Has a place and a text, and no value."""

    name = "notice"
    normal = ""
    schema = {"type": "null"}
    needs = ("x-text",)
