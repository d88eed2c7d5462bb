"""The knobs of the demo's province, over its own HTTP: turn faults on, see what it holds. No real province has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

_FIGURES = {"cases", "messages", "materials", "duplicates"}


@dataclass(frozen=True)
class Knobs:
    """The faults of a running sandbox and what it holds."""

    url: str

    def answer(self) -> bool:
        """Whether a sandbox with knobs answers at this address; False for a real province and for nobody."""
        try:
            answer = httpx.get(f"{self.url}/_state/summary", trust_env=False, timeout=5)
            return answer.status_code == httpx.codes.OK and set(answer.json()) >= _FIGURES
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError):
            return False

    def turn(self, kind: str, **more: Any) -> None:
        """Turn a fault on: kinds and options as the sandbox's own page names them."""
        httpx.post(f"{self.url}/_faults", json={"kind": kind, **more}, trust_env=False).raise_for_status()

    def seed(self, seed: int) -> None:
        """Begin the sandbox's draws anew."""
        httpx.post(f"{self.url}/_faults", json={"seed": seed}, trust_env=False).raise_for_status()

    def off(self) -> None:
        """Turn every fault off."""
        httpx.post(f"{self.url}/_faults", json={"clear": True}, trust_env=False).raise_for_status()

    def held(self, case_no: str) -> list[dict[str, Any]]:
        """The messages the province stored of a case, in order; none for a case it does not know."""
        answer = httpx.get(f"{self.url}/_state/cases/{case_no}", trust_env=False)
        return answer.json() if answer.status_code == httpx.codes.OK else []

    def summary(self) -> dict[str, Any]:
        """The province's own figures."""
        summary: dict[str, Any] = httpx.get(f"{self.url}/_state/summary", trust_env=False).json()
        return summary

    def calendar(self, days: int) -> None:
        """Run the province's calendar `days` ahead."""
        httpx.post(f"{self.url}/_clock", json={"days": days}, trust_env=False).raise_for_status()
