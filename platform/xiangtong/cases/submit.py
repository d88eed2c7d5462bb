"""THE transaction: check, store, claim files, number, event, facts, job. All of it happens, or nothing does.

Two statements: one reads and locks the draft, with its keys, its files and its township; one writes everything. The
submit key was minted with the draft and is unique, and the draft is locked first: double tap, Back, time-out and retry
all end with the same receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select

from xiangtong import attachments
from xiangtong.cases import clock, moves
from xiangtong.cases._writing import write
from xiangtong.cases.facts import Body, FiledItem
from xiangtong.cases.materials import choose_files, files_in
from xiangtong.cases.models import CaseRecord, NewMaterial
from xiangtong.cases.parties import parties, village_of
from xiangtong.cases.people import promote
from xiangtong.cases.record import OpenCase, append, fact_row, seal_body, settle_due
from xiangtong.dialect.known import kept
from xiangtong.drafts import work
from xiangtong.drafts.answers import as_typed
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import Holder, context, may_hold
from xiangtong.drafts.typed import Typed, from_bytes
from xiangtong.forms.models import FormVersion
from xiangtong.items.models import Item
from xiangtong.items.offer import NotOffered, NotRegistered
from xiangtong.kernel import clock as time
from xiangtong.kernel.db import ScopedSession, unwritten
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.kernel.ids import short_code
from xiangtong.tenancy.calendar import calendar
from xiangtong.tenancy.keys import KeyRing, OpenKey, wrapped_of
from xiangtong.tenancy.models import DataKey, Tenant
from xiangtong.validation.validate import decide

if TYPE_CHECKING:
    from xiangtong.dialect.vocabulary import Facts
    from xiangtong.forms.library import Form


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant is given: the case number, and a short code to ask with."""

    case_id: UUID
    case_no: str
    short_code: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class _Draft:
    """The locked draft with what was typed, in the clear.

    `row` has its columns, `town_…` of its township and `for_…` of its item, all None where none is open.
    """

    row: Row[Any]
    key: OpenKey
    typed: Typed


@dataclass(frozen=True, slots=True)
class _Filing:
    """What is being filed, on what form, and what was known."""

    draft: _Draft
    form: Form
    facts: Facts


class FormChanged(Conflict):
    """The draft is on another version of the form than the one it was to be filed on."""

    code = "FORM_CHANGED"


class FormWithdrawn(Conflict):
    """The version the draft is on was withdrawn: nothing may be filed on it."""

    code = "FORM_WITHDRAWN"


class FilingClosed(Conflict):
    """The township takes no filings: suspended, or merged away."""

    code = "FILING_CLOSED"


def submit(
    session: ScopedSession,
    *,
    keys: KeyRing,
    tenant_id: int,
    draft_id: UUID,
    holder: Holder,
    form: Form,
    facts: Facts,
) -> Receipt:
    """File the draft for the item that is declared with its form today; the same receipt for every further call.

    `facts` is what the form's rules may know (the day, the tenant's parameters and lists). Raises Problems with all
    that has to be mended, FormChanged, FormWithdrawn, FilingClosed, offer.NotOffered, offer.NotRegistered,
    attachments.NotReady, NotFound for somebody else's draft.
    """
    draft = _locked(session, keys, tenant_id, draft_id, holder)
    if draft.row.state == "submitted":
        return receipt(session, tenant_id=tenant_id, case_id=draft_id)
    _check_open(draft, form)
    decision = decide(form.plan, as_typed(form.plan, draft.typed), facts)
    decision.refuse()
    stored, files = decision.stored, files_in(form.plan, decision.stored)
    materials = choose_files(draft.row.ready_files, tenant_id=tenant_id, case_id=draft_id, files=files)
    body: Body = {"answers": stored, **parties(stored, form.plan.form)}  # type: ignore[typeddict-item]
    filing = _Filing(draft, form, facts)
    case = OpenCase(_record(session, keys, filing, body), draft.key, body)
    _file(session, case=case, draft=draft, form=form, materials=materials)
    return _receipt(case.row)


def receipt(session: ScopedSession, *, tenant_id: int, case_id: UUID) -> Receipt:
    """The receipt of a case that was filed; raises NotFound."""
    row = session.get(CaseRecord, (tenant_id, case_id))
    if row is None:
        raise NotFound("没有找到这个办件", "There is no such case")
    return _receipt(row)


def _locked(session: ScopedSession, keys: KeyRing, tenant_id: int, draft_id: UUID, holder: Holder) -> _Draft:
    row = session.connection().execute(_draft_query(), {"tenant": tenant_id, "draft": draft_id}).first()
    if row is None or not may_hold(session, row, holder):
        raise NotFound("没有找到这份草稿，可能已经过期", "There is no such draft")
    if row.form_state == "withdrawn" and row.state != "submitted":
        raise FormWithdrawn("您填的这张表已经停用，填过的都还在，请换到新表再提交", "This version was withdrawn")
    keys.remember(session, tenant_id=tenant_id, wrapped=row[-2:])
    key = keys.unwrap(session, tenant_id=tenant_id, key_id=row.data_key_id, wrapped=row.wrapped)
    return _Draft(row, key, from_bytes(key.unseal(row.typed, context=context(row.id))))


# Columns and not objects: nothing of them is changed here, and objects would cost as much as the decision.
_OF_DRAFT: Sequence[Any] = (
    Draft.tenant_id, Draft.id, Draft.state, Draft.submit_key, Draft.form_version, Draft.citizen_id, Draft.staff_id,
    Draft.channel, Draft.village_code, Draft.typed, Draft.data_key_id,
)  # fmt: skip
_OF_TOWN: Sequence[Any] = (
    Tenant.state.label("town_state"), Tenant.name.label("town_name"), Tenant.code.label("town_code"),
    Tenant.division_code.label("town_division"),
)  # fmt: skip


_OPEN_ITEM = (Item.tenant_id == Draft.tenant_id) & (Item.form_code == Draft.form_code) & (Item.state == "open")
_FOR_ITEM: Sequence[Any] = tuple(getattr(Item, field.name).label(f"for_{field.name}") for field in fields(FiledItem))


@cache
def _draft_query() -> Select[Any]:
    form = FormVersion.state.label("form_state")
    return (
        select(
            *_OF_DRAFT,
            *_OF_TOWN,
            *_FOR_ITEM,
            form,
            attachments.READY,
            DataKey.wrapped,
            *wrapped_of(bindparam("tenant")),
        )
        .join(Tenant, Tenant.id == Draft.tenant_id)
        .outerjoin(Item, _OPEN_ITEM)
        .outerjoin(FormVersion, (FormVersion.code == Draft.form_code) & (FormVersion.number == Draft.form_version))
        .outerjoin(DataKey, (DataKey.tenant_id == Draft.tenant_id) & (DataKey.id == Draft.data_key_id))
        .where(Draft.tenant_id == bindparam("tenant"), Draft.id == bindparam("draft"))
        .where(Draft.state != "expired", Draft.case_id.is_(None))
        .with_for_update(of=Draft)
    )


def _check_open(draft: _Draft, form: Form) -> None:
    town = draft.row.town_name
    if draft.row.town_state != "open":
        raise FilingClosed(f"{town}现在不受理网上申请，请打电话问一问", f"{town} takes no filings")
    if draft.row.form_version != form.version:
        raise FormChanged("这张表有更新，填好的内容都还在，请再看一遍后提交", "The draft is on another version")
    if draft.row.for_name is None:
        raise NotOffered
    if not draft.row.for_item_code:
        raise NotRegistered


def _item(row: Row[Any]) -> FiledItem:
    values = {field.name: getattr(row, f"for_{field.name}") for field in fields(FiledItem)}
    return FiledItem(**values | {"unit_code": row.for_unit_code or ""})


def _record(session: ScopedSession, keys: KeyRing, filing: _Filing, body: Body) -> CaseRecord:
    """The case before its first event and before it has its number."""
    row, item, now = filing.draft.row, _item(filing.draft.row), time.now()
    case = unwritten(
        CaseRecord, tenant_id=row.tenant_id, id=row.id, case_no="", short_code=short_code(), submit_key=row.submit_key,
        state=moves.SUBMITTED, open=True, item_code=item.item_code, item_name=item.name, form_code=filing.form.code,
        filed={
            "item": item.item(), "unit": item.unit(), "form": _form(filing.form),
            "known": kept(filing.form.plan, filing.facts),
        },
        channel="agent" if row.state == "handed" else row.channel, division_code=row.town_division,
        village_code=_village(filing, body), citizen_id=row.citizen_id, data_key_id=row.data_key_id,
        body=seal_body(filing.draft.key, row.id, body), last_seq=0, chain="",
        limits=clock.to_json(clock.Limits(item.promised_days, item.statutory_days)), submitted_at=now, updated_at=now,
        erased_at=None,
    )  # fmt: skip
    promote(session, keys=keys, row=case, applicant=body["applicant"])
    settle_due(case, calendar(session))
    return case


def _village(filing: _Filing, body: Body) -> str | None:
    """The village the applicant named, where it is one of this township; else the one the draft was begun in."""
    named = village_of(body["answers"], filing.form.plan.form) or ""
    row = filing.draft.row
    village: str | None = named if named.startswith(row.town_code) else row.village_code
    return village


def _form(form: Form) -> dict[str, Any]:
    return {"code": form.code, "version": form.version, "hash": form.hash}


def _file(
    session: ScopedSession, *, case: OpenCase, draft: _Draft, form: Form, materials: Sequence[NewMaterial]
) -> None:
    was_handed = draft.row.state == "handed"
    payload = {"channel": case.row.channel, "form_code": form.code, "form_version": form.version}
    event = append(
        case=case, kind="apply", payload=payload, actor=None, materials=materials, occurred_at=case.row.submitted_at
    )
    fact = fact_row(case=case, event=event, payload=payload, materials=materials)
    write(
        session, case=case.row, event=event, materials=materials, fact=fact, key=draft.key,
        township=draft.row.town_code,
    )  # fmt: skip
    if _typed_files(draft.typed) > len(materials):
        # Files of questions that became hidden are not part of the filing.
        attachments.discard_owner(session, tenant_id=case.row.tenant_id, owner_id=case.row.id)
    if was_handed:
        work.close(session, tenant_id=case.row.tenant_id, kind="draft", subject_id=case.row.id, state="done")


def _typed_files(typed: Typed) -> int:
    lists = (value for value in typed.values.values() if isinstance(value, list))
    return sum(isinstance(one, dict) for value in lists for one in value)


def _receipt(row: CaseRecord) -> Receipt:
    return Receipt(row.id, row.case_no, row.short_code, row.submitted_at)
