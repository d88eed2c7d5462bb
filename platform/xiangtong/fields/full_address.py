"""An address: its division down to the village, and the rest in words."""

from __future__ import annotations

from xiangtong.fields.group import Composed


class FullAddress(Composed):
    """A division and what a division cannot say: group, street, number."""

    name = "full-address"
