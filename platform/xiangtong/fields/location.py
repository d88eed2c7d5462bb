"""A place on the ground: by coordinates, or described."""

from __future__ import annotations

from collections.abc import Mapping

from xiangtong.fields.group import Composed


class Location(Composed):
    """Longitude and latitude as the phone says them or as they were typed, and a description."""

    name = "location"

    def together(self, parts: Mapping[str, str]) -> str:
        """``村口大樟树旁（东经 119.41°，北纬 32.51°）``."""
        return _with_degrees(parts, "（东经 {longitude}，北纬 {latitude}）")

    def together_en(self, parts: Mapping[str, str]) -> str:
        """``… (119.41° E, 32.51° N)``."""
        return _with_degrees(parts, " ({longitude} E, {latitude} N)")


def _with_degrees(parts: Mapping[str, str], words: str) -> str:
    degrees = words.format(**parts) if "longitude" in parts and "latitude" in parts else ""
    return f"{parts.get('note', '')}{degrees}".strip()
