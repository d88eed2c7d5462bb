"""No source of electronic licences is connected: nobody is asked to agree to anything, and nothing is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xiangtong.identity.ports import Claims, Licence


class NoLicences:
    """What production has until a source is wired in its place."""

    @property
    def kinds(self) -> Collection[str]:
        """None."""
        return ()

    def of(
        self, *, claims: Claims, kinds: Sequence[str], city_code: str, purpose: str, consent_ref: str
    ) -> Sequence[Licence]:
        """Nothing."""
        return ()
