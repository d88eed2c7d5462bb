"""Who sits at the desk, which cases they may see, and how one is opened: their own body's, or one handed to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from flask import url_for
from sqlalchemy import select

from xiangtong.cases import guests
from xiangtong.cases.facts import Actor
from xiangtong.cases.models import CaseRecord
from xiangtong.cases.record import OpenCase, open_case, open_to_move
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.shared import asking
from xiangtong.doors.shared.services import services
from xiangtong.identity import reach
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.neighbourhood import Neighbourhood, neighbourhood
from xiangtong.tenancy.scope import Scope


@dataclass(frozen=True)
class Desk:
    """One request of a member of staff: a transaction in the scope of their own body."""

    session: ScopedSession
    who: SignedIn
    tenant: Tenant

    @property
    def villages(self) -> Collection[str] | None:
        """The villages whose cases this person sees; None: the whole body."""
        if reach.covers(self.who.reach, self.tenant.code):
            return None
        return [prefix for prefix in self.who.reach if len(prefix) == 12]

    @cached_property
    def around(self) -> Neighbourhood:
        """The villages of this body, by name."""
        return neighbourhood(self.session, tenant=self.tenant)

    def may_see(self, village_code: str | None) -> bool:
        """Whether a case or a draft of this village is within reach."""
        return self.villages is None or village_code in self.villages


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands for this person: its number here, or the work item through which it was handed over."""

    case_no: str = ""
    item_id: UUID | None = None

    def address(self, to: str, **more: object) -> str:
        """The address of a page of this case; `to` is the endpoint without its blueprint."""
        named = {"item_id": self.item_id} if self.item_id else {"case_no": self.case_no}
        return url_for(f"workbench.{to}", **named, **more)  # type: ignore[arg-type]


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk of whoever is signed in; commits once, at the end of the block."""
    who = asking.staff()
    with services().db.scope(Scope(tenant_id=who.tenant_id)) as session:
        yield Desk(session, who, session.get_one(Tenant, who.tenant_id))


@contextmanager
def opened(here: Desk, place: Place, *, seen_seq: int | None = None) -> Iterator[OpenCase]:
    """The case at `place`, in its own scope for the block; locked when `seen_seq` says that it will be moved.

    Raises NotFound beyond reach, CaseErased, CaseChanged when something happened after `seen_seq`.
    """
    if place.item_id is not None:
        with guests.visiting(
            here.session, keys=services().keys, tenant_id=here.tenant.id, work_item_id=place.item_id
        ) as case:
            yield case
        return
    case_id = _find(here, place.case_no)
    keys, tenant_id = services().keys, here.tenant.id
    if seen_seq is None:
        yield open_case(here.session, keys=keys, tenant_id=tenant_id, case_id=case_id)
    else:
        yield open_to_move(here.session, keys=keys, tenant_id=tenant_id, case_id=case_id, seen_seq=seen_seq)


def actor_of(here: Desk, case: OpenCase) -> Actor:
    """This person as the province is told of them; without a department of their own, the body they work for."""
    who, unit = here.who, case.row.filed["unit"]
    return Actor(
        who.subject_id, who.name, who.staff_no, who.dept_name or here.tenant.name, who.dept_code or unit["code"] or ""
    )


def facts_of(here: Desk, case: OpenCase) -> Facts:
    """What the forms of the case's own township may know today."""
    divisions = Divisions(here.session)
    if case.row.tenant_id == here.tenant.id:
        return Facts(clock.today(), here.tenant.params, {"villages": here.around.villages, "divisions": divisions})
    theirs = here.session.get_one(Tenant, case.row.tenant_id)
    around = neighbourhood(here.session, tenant=theirs)
    return Facts(clock.today(), theirs.params, {"villages": around.villages, "divisions": divisions})


def _find(here: Desk, case_no: str) -> UUID:
    mine = select(CaseRecord.id, CaseRecord.village_code)
    row = here.session.execute(
        mine.where(CaseRecord.tenant_id == here.tenant.id, CaseRecord.case_no == case_no)
    ).first()
    if row is None or not here.may_see(row.village_code):
        raise NotFound("没有找到这个办件", "There is no such case")
    return row.id  # type: ignore[no-any-return]
