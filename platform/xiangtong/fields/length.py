"""A length or a height, stored in centimetres."""

from __future__ import annotations

from xiangtong.fields.hundredths import Hundredths


class Length(Hundredths):
    """Metres with at most two decimals."""

    name = "length"
    unit = "米"
    unit_en = "m"
    example = "9.5"
