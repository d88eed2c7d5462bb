"""The demo's SMS: nothing is sent; the last messages can be read on a page that only the demo shows."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xiangtong.kernel import clock, ids

_LOG = logging.getLogger(__name__)
_KEEP = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the demo page shows it."""

    at: datetime
    phone: str
    template: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoSms:
    """Keeps the last twenty messages as owner-only files below `folder`, so that every process sees them."""

    folder: Path

    @property
    def _box(self) -> Path:
        return self.folder / "demo-sms"

    def send(self, *, phone: str, template: str, values: Mapping[str, str]) -> None:
        """Keep the message; the log says only that there is one."""
        self._box.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._box / f"{ids.new_id()}.json"
        path.touch(mode=0o600)
        path.write_text(
            json.dumps({"at": clock.now().isoformat(), "phone": phone, "template": template, "values": dict(values)})
        )
        for old in sorted(self._box.glob("*.json"))[:-_KEEP]:
            old.unlink(missing_ok=True)
        _LOG.info("demo sms kept", extra={"template": template})

    def latest(self) -> list[Shown]:
        """The messages that are kept, newest first."""
        rows = [json.loads(path.read_text()) for path in sorted(self._box.glob("*.json"), reverse=True)]
        return [Shown(datetime.fromisoformat(row["at"]), row["phone"], row["template"], row["values"]) for row in rows]
