"""One of two or three short answers."""

from __future__ import annotations

from xiangtong.fields.choice import Choice


class Radio(Choice):
    """As a choice, the answers side by side: 男、女."""

    name = "radio"
