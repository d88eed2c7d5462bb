"""No SMS provider is connected: nothing is kept and nothing is sent, and whoever asks is told so."""

from __future__ import annotations

from collections.abc import Mapping

from xiangtong.notify.ports import SmsUnavailable


class NoSms:
    """What production has until a provider's adapter is wired in its place."""

    def send(self, *, phone: str, template: str, values: Mapping[str, str]) -> None:
        """Refuse; raises SmsUnavailable always."""
        raise SmsUnavailable("no provider of short messages is connected")
