"""An opinion of the office: a box on the printed form."""

from __future__ import annotations

from xiangtong.fields.kind import Kind


class Opinion(Kind):
    """Opinion, signer, date, seal. The steps of the case fill it; no applicant ever does."""

    name = "opinion"
    normal = ""
    schema = {"type": "object", "x-office": True}
