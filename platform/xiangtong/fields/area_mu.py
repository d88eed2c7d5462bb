"""An area of land, stored in hundredths of a mu."""

from __future__ import annotations

from xiangtong.fields.hundredths import Hundredths


class AreaMu(Hundredths):
    """Mu (亩) with at most two decimals, as land contracts write it; never converted, since papers round differently."""

    name = "area-mu"
    unit = "亩"
    unit_en = "mu"
    example = "3.6"
