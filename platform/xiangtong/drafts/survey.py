"""The sheet before publishing: every filing in progress of a city is looked at, township by township, and counted.

Drafts are sealed, so this is a job that unseals them one page at a time; what is written down are counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from xiangtong.dialect.vocabulary import DialectError, Facts
from xiangtong.drafts.models import Draft
from xiangtong.drafts.moving import look
from xiangtong.drafts.opening import unsealed
from xiangtong.forms.library import Form, NoSuchForm, read_back
from xiangtong.forms.migration import Verdict
from xiangtong.forms.models import FormSheet, FormVersion
from xiangtong.forms.shelf import Forms
from xiangtong.kernel import clock, jobs
from xiangtong.kernel.crypto import SealBroken
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy import needs
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.keys import KeyDestroyed
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.neighbourhood import neighbourhood
from xiangtong.tenancy.scope import CITY, NOBODY, Database, Scope, within

_PAGE = 100
_TELL_EVERY = 10


class Needs(needs.Needs, Protocol):
    """What this job takes of the services."""

    @property
    def library(self) -> Forms: ...


@dataclass
class _Tally:
    """Counts so far: filings by group, and reasons by question; how many there are in other cities."""

    groups: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    elsewhere: int = 0

    def add(self, verdict: Verdict) -> None:
        self.groups[verdict.group] += 1
        for group, reasons in (("asks", verdict.asks), ("stays", verdict.stays)):
            self.reasons.update((group, one.why, one.pattern, one.label) for one in reasons)

    def unread(self) -> None:
        self.groups["stays"] += 1
        self.reasons["stays", "unread", "", ""] += 1

    def fields(self) -> list[dict[str, Any]]:
        return [
            {"group": group, "reason": why, "pattern": pattern, "label": label, "drafts": count}
            for (group, why, pattern, label), count in sorted(self.reasons.items())
        ]


def ask_for_sheet(session: ScopedSession, *, version_id: UUID, city_code: str) -> FormSheet:
    """Begin to count for a city, or count anew (in scope `city`); the page shows how far it is."""
    sheet = session.get(FormSheet, version_id, with_for_update=True) or FormSheet(version_id=version_id)
    sheet.state, sheet.asked_at, sheet.done_at = "counting", clock.now(), None
    sheet.moves = sheet.asks = sheet.stays = sheet.counted = sheet.townships = sheet.elsewhere = 0
    sheet.fields, sheet.city_code = [], city_code
    session.add(sheet)
    session.flush()
    with within(session, city=False):  # The city's role writes reference tables and no jobs.
        jobs.defer(session, "drafts.survey", lock=f"sheet:{version_id}", version_id=str(version_id))
    return sheet


@jobs.task("drafts.survey")
def survey(services: Needs, *, version_id: str, **_: object) -> None:
    """Count the filings in progress of the form of a draft version: one by one in the city that asked, else how many."""
    with services.db.scope(NOBODY) as session:
        version = session.get(FormVersion, UUID(version_id))
        sheet = session.get(FormSheet, UUID(version_id))
        if version is None or version.state != "draft" or sheet is None:
            return
        new = read_back(
            version.body, version.parts, services.library.vocabulary, code=version.code, number=0, digest=version.hash
        )
        tenant_ids, others = _townships(session, city_code=sheet.city_code)
    tally = _Tally(elsewhere=sum(_how_many(services.db, tenant_id=one, code=new.code) for one in others))
    for index, tenant_id in enumerate(tenant_ids, start=1):
        _count(services, tally, tenant_id=tenant_id, new=new)
        if index % _TELL_EVERY == 0 or index == len(tenant_ids):
            _tell(services.db, UUID(version_id), tally, counted=index, of=len(tenant_ids))
    if not tenant_ids:
        _tell(services.db, UUID(version_id), tally, counted=0, of=0)


def _townships(session: ScopedSession, *, city_code: str) -> tuple[list[int], list[int]]:
    """The townships of a city, and those of the others."""
    rows = session.execute(
        select(Tenant.id, Tenant.city_code == city_code).where(Tenant.kind == "township").order_by(Tenant.id)
    ).all()
    return [one for one, own in rows if own], [one for one, own in rows if not own]


def _how_many(db: Database, *, tenant_id: int, code: str) -> int:
    with db.scope(Scope(tenant_id=tenant_id)) as session:
        mine = _in_progress(tenant_id, code)
        return session.scalar(select(func.count()).select_from(Draft).where(*mine)) or 0


def _in_progress(tenant_id: int, code: str) -> tuple[ColumnElement[bool], ...]:
    """The township's filings in progress of a form. A supplement stays with its case's version."""
    return (
        Draft.tenant_id == tenant_id, Draft.state.in_(("open", "handed")), Draft.form_code == code,
        Draft.case_id.is_(None), Draft.expires_at > clock.now(),
    )  # fmt: skip


def _count(services: Needs, tally: _Tally, *, tenant_id: int, new: Form) -> None:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        facts: Facts | None = None
        for row in _waiting(session, tenant_id=tenant_id, code=new.code):
            facts = facts or _facts(session, tenant_id)
            try:
                old = services.library.at(session, code=row.form_code, number=row.form_version)
                typed = unsealed(session, keys=services.keys, row=row).typed
                tally.add(look(typed, old=old, new=new, facts=facts))
            except (NoSuchForm, DialectError, KeyDestroyed, SealBroken):
                tally.unread()


def _waiting(session: ScopedSession, *, tenant_id: int, code: str) -> Iterator[Draft]:
    """The same, a page at a time."""
    mine = select(Draft).where(*_in_progress(tenant_id, code))
    last: UUID | None = None
    while True:
        page = session.scalars((mine.where(Draft.id > last) if last else mine).order_by(Draft.id).limit(_PAGE)).all()
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].id
        for row in page:
            session.expunge(row)


def _facts(session: ScopedSession, tenant_id: int) -> Facts:
    tenant = session.get_one(Tenant, tenant_id)
    villages = neighbourhood(session, tenant=tenant).villages
    lists = {"villages": villages, "divisions": Divisions(session, home=tenant.division_code)}
    return Facts(clock.today(), tenant.params, lists)


def _tell(db: Database, version_id: UUID, tally: _Tally, *, counted: int, of: int) -> None:
    with db.scope(CITY) as session:
        sheet = session.get_one(FormSheet, version_id)
        sheet.moves, sheet.asks, sheet.stays = (tally.groups[group] for group in ("moves", "asks", "stays"))
        sheet.counted, sheet.townships, sheet.fields = counted, of, tally.fields()
        sheet.elsewhere = tally.elsewhere
        if counted == of:
            sheet.state, sheet.done_at = "done", clock.now()
