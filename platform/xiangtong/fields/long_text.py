"""Several lines of text."""

from __future__ import annotations

from xiangtong.fields.kind import Kind


class LongText(Kind):
    """Several lines of text."""

    name = "long-text"
    needs = ("maxLength",)
