"""A signature drawn with the finger, or a photo of one on paper."""

from __future__ import annotations

from xiangtong.fields.file import File


class Signature(File):
    """At most one picture."""

    name = "signature"
    schema = {"type": "array", "maxItems": 1}
    ask = "请签上"
