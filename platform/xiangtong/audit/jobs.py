"""Jobs of the audit log: what was written is sealed once a minute."""

from __future__ import annotations

from typing import Any

from xiangtong.audit.sealing import seal_all
from xiangtong.kernel.jobs import task


@task("audit.seal", cron="* * * * *")
def _seal(services: Any) -> None:
    seal_all(services.db)
