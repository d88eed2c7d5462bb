"""The number of a certificate, a passbook, a contract."""

from __future__ import annotations

from typing import Any

from xiangtong.fields.kind import Kind


class CertificateNo(Kind):
    """A number as printed on a paper; its shape is the question's own pattern."""

    name = "certificate-no"
    normal = "text"
    needs = ("maxLength",)

    def mask(self, value: Any) -> str:
        """Hide the last third and the middle (domain facts §8.2: first and last third shown, made stricter)."""
        text = str(value)
        third = max(len(text) // 3, 1)
        return text[:third] + "*" * (len(text) - third)
