"""The ports through which messages leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Sms(Protocol):
    """A sender of short messages by approved template (短信模板)."""

    def send(self, *, phone: str, template: str, values: Mapping[str, str]) -> None:
        """Send the template filled with `values` to a mobile phone; returns once the provider took it over.

        MUST NOT log the phone or a value; raises `SmsUnavailable` when the message was not taken over.
        """


class SmsUnavailable(Exception):
    """The message was not taken over; the caller says so and offers another way."""
