"""One request of a citizen in one township: who asks, where, and the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from flask import g
from flask_babel import gettext

from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.shared.person import citizen
from xiangtong.doors.shared.services import services
from xiangtong.drafts.opening import Holder
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.finding import Township
from xiangtong.tenancy.known import learn, recall
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.neighbourhood import Neighbourhood
from xiangtong.tenancy.scope import Scope


@dataclass(frozen=True)
class Visit:
    """A transaction in the scope of one township and one citizen."""

    session: ScopedSession
    town: Township
    around: Neighbourhood
    citizen_id: UUID
    guest: bool = False
    only: UUID | None = None  # the one draft that is open to a guest on another device, who sees masks

    @property
    def reopened(self) -> bool:
        """Whether a guest came by a code: numbers and names stay masked."""
        return self.only is not None

    @property
    def tenant(self) -> Tenant:
        """The township."""
        return self.town.tenant

    @property
    def holder(self) -> Holder:
        """The citizen as the holder of drafts."""
        return Holder(citizen_id=self.citizen_id)

    @cached_property
    def facts(self) -> Facts:
        """What the forms of this township may know today."""
        divisions = Divisions(self.session, home=self.tenant.division_code)
        return Facts(clock.today(), self.tenant.params, {"villages": self.around.villages, "divisions": divisions})


@contextmanager
def visit(code: str) -> Iterator[Visit]:
    """The citizen (or guest) in the township of a 9-digit code, in one transaction; raises NotFound."""
    signed_in = citizen()
    with visit_as(code, signed_in.subject_id, kind=signed_in.kind, only=signed_in.draft_id) as here:
        yield here


@contextmanager
def visit_as(code: str, who: UUID, *, kind: str = "citizen", only: UUID | None = None) -> Iterator[Visit]:
    """The same for whoever is not signed in yet, under the id they will have."""
    db = services().db
    found = recall(db, code=code)
    with db.scope(Scope(citizen_id=who, tenant_id=found.town.tenant.id if found else None)) as session:
        found = found or learn(session, code=code)
        g.site = partial(site_of, found.town)  # Told only where a page is made.
        yield Visit(session, found.town, found.around, who, guest=kind != "citizen", only=only)


def site_of(town: Township) -> dict[str, Any]:
    """What the frame of every page says of the township."""
    tenant = town.tenant
    place = f"{town.city}{town.county}" if town.county != town.city else town.city
    return {
        "name": tenant.short_name,
        "subtitle": gettext("政务服务 · %(place)s", place=place),
        "home_url": f"/{tenant.code}/",
        "footer": [(gettext("说明"), gettext("演示数据"))] if tenant.demo else [],
    }
