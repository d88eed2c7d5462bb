"""From one day to another."""

from __future__ import annotations

from collections.abc import Mapping

from xiangtong.fields.group import Composed


class DateRange(Composed):
    """Two dates; a rule of the shared part says that they stand in order."""

    name = "date-range"

    def together(self, parts: Mapping[str, str]) -> str:
        """``2026年1月1日 至 2026年12月31日``."""
        return f"{parts.get('from', '')} 至 {parts.get('to', '')}".strip() if parts else ""

    def together_en(self, parts: Mapping[str, str]) -> str:
        """``2026-01-01 to 2026-12-31``."""
        return f"{parts.get('from', '')} to {parts.get('to', '')}".strip() if parts else ""
