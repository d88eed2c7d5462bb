"""An area, stored in hundredths of a square metre."""

from __future__ import annotations

from xiangtong.fields.hundredths import Hundredths


class Area(Hundredths):
    """Square metres with at most two decimals."""

    name = "area"
    unit = "平方米"
    unit_en = "m²"
