"""The name of a bank and its branch."""

from __future__ import annotations

from xiangtong.fields.kind import Kind


class Bank(Kind):
    """The bank where an account is kept, in words."""

    name = "bank"
    needs = ("maxLength",)
