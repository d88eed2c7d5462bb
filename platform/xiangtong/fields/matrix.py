"""A table in which every line asks the same: kinds of income, kinds of insurance, months."""

from __future__ import annotations

from xiangtong.fields.group import Group


class Matrix(Group):
    """Lines that the form names, each a group of the same questions."""

    name = "matrix"
