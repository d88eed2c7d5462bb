"""A hall with people and filings: the console's staff, a citizen's desk beside it, and browsers of both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from citizen_desk import Desk, make_desk
from console_browser import Browser
from door_services import make_services
from xiangtong.doors.console import pushing, workbench_act, workbench_fill
from xiangtong.doors.console.app import create_console
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope
from xiangtong.wiring import Services

REVIEWER, VILLAGE_PHONE = "321003100-004", "13800000002"
BLUEPRINTS = (workbench_act.blueprint, workbench_fill.blueprint, pushing.blueprint)


@dataclass
class Hall:
    """Both sides of the window."""

    services: Services
    desk: Desk

    def browser(self) -> Browser:
        """A browser of the console that nobody signed in with yet."""
        return Browser(create_console(self.services, blueprints=BLUEPRINTS))

    def staff(self, account: str) -> Browser:
        """A browser somebody signed in with."""
        return self.browser().sign_in(account)

    def village_keeper(self) -> Browser:
        """The village's own member of staff, who signs in by phone."""
        return self.browser().sign_in_by_phone(VILLAGE_PHONE)

    def case(self) -> str:
        """A filed old-age allowance; its case number."""
        receipt = self.desk.client.get(f"{self.desk.file()}/receipt").text
        found = re.search(r"[0-9]{22}", receipt)
        assert found
        return found.group()

    def rows(self, sql: str, tenant_id: int = 1) -> list[tuple[object, ...]]:
        """Rows as the township's own scope sees them."""
        with self.services.db.scope(Scope(tenant_id=tenant_id)) as session:
            return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


def make_hall(db: Database, keys: KeyRing, folder: Path) -> Hall:
    """公道镇 with the demo's staff and one citizen at the door."""
    services = make_services(db, keys, folder)
    return Hall(services, make_desk(services))
