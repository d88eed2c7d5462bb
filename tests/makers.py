"""Makers that every room of the tests shares: a small form, an item, staff, drafts and cases of made-up people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from xiangtong.cases.facts import Actor
from xiangtong.cases.submit import Receipt, submit
from xiangtong.dialect.vocabulary import Facts, Vocabulary
from xiangtong.drafts.filling import FieldSave, save_fields
from xiangtong.drafts.opening import FormRef, Holder, OpenDraft, start
from xiangtong.fields.formats import FORMATS
from xiangtong.forms.library import Form, form_of
from xiangtong.items.models import Item
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

ITEM_CODE = "11321003MB0123456B5321017001000"
VILLAGE = "321003100200"
FACTS = Facts(today=date(2026, 9, 28))

#: Made-up people only: check-valid numbers from the list of numbers that tests may use.
ZHANG_SAN = {
    "/applicant/name": "张三",
    "/applicant/id_number": "321003198801010016",
    "/applicant/phone": "13800138000",
}

CLERK = Actor(UUID(int=7), "李四", "GD-0007", "公道镇人民政府", "11321003MB0123456B")

_NAME = {"type": "string", "maxLength": 50, "x-kind": "person-name"}
_FILES = {
    "type": "array",
    "maxItems": 3,
    "items": {"type": "object", "required": ["id", "digest"], "properties": {"id": {"type": "string"}}},
}
SMALL_FORM: dict[str, Any] = {
    "$schema": "urn:xiangtong:form-dialect:1",
    "title": "茶园登记",
    "x-form": {
        "code": "tea-card",
        "applicant": {
            "name": "/applicant/name", "id_type": {"const": "id_card"}, "id_number": "/applicant/id_number",
            "phone": "/applicant/phone",
        },
    },
    "x-steps": [{"id": "all", "title": "填一填", "ask": ["/applicant", "/leased", "/owner", "/helpers", "/photos"]}],
    "type": "object",
    "additionalProperties": False,
    "required": ["leased"],
    "properties": {
        "applicant": {
            "type": "object", "x-kind": "group", "x-label": "申请人", "additionalProperties": False,
            "required": ["name", "id_number", "phone"],
            "properties": {
                "name": {**_NAME, "x-label": "姓名"},
                "id_number": {
                    "type": "string", "format": "resident-id", "x-kind": "resident-id", "x-label": "身份证号码",
                },
                "phone": {"type": "string", "format": "mobile-phone", "x-kind": "mobile-phone", "x-label": "手机号"},
            },
        },
        "leased": {"type": "boolean", "x-kind": "yes-no", "x-label": "这片茶园是租来的吗"},
        "owner": {**_NAME, "x-label": "您从谁那里租的"},
        "helpers": {
            "type": "array", "maxItems": 5, "x-kind": "rows", "x-label": "请了哪些人帮忙",
            "x-row": {"noun": "帮工", "measure": "位", "add": "再加一位帮工"},
            "items": {
                "type": "object", "additionalProperties": False, "required": ["name"],
                "properties": {"name": {**_NAME, "x-label": "姓名"}},
            },
        },
        "photos": {
            **_FILES, "x-kind": "photo", "x-label": "茶园照片",
            "x-material": {
                "code": "M1", "name": "茶园照片", "necessity": "optional", "source": "applicant", "form": "electronic",
            },
        },
    },
    "if": {"properties": {"leased": {"const": True}}, "required": ["leased"]},
    "then": {"required": ["owner"]},
    "else": {"properties": {"owner": False}},
}  # fmt: skip


def a_form(*, version: int = 1) -> Form:
    """The small form, compiled."""
    return form_of(SMALL_FORM, Vocabulary(documents={}, kinds={}, formats=FORMATS), version=version)


def a_form_ref() -> FormRef:
    """What a draft of the small form remembers of it."""
    form = a_form()
    return FormRef(ITEM_CODE, form.code, form.version, form.hash, form.title)


def offer_item(session: ScopedSession, *, tenant_id: int = 1, form_code: str = "tea-card", serial: int = 0) -> None:
    """Offer an item that is declared with the form: five promised, twenty statutory working days."""
    session.add(
        Item(
            tenant_id=tenant_id, key=form_code, item_code=f"{ITEM_CODE[:-3]}{serial:03}", basic_code="321017001000",
            name="茶园登记", item_type="08", case_type="2", form_code=form_code, promised_days=5, statutory_days=20,
            visits=0, unit_name="公道镇人民政府", unit_code="11321003MB0123456B", version=1, position=0, demo=True,
        )
    )  # fmt: skip


def a_scope(citizen_id: UUID | None = None, *, tenant_id: int = 1) -> Scope:
    """The scope of a citizen (or of staff, without one) in a township."""
    return Scope(tenant_id=tenant_id, citizen_id=citizen_id)


def a_draft(session: ScopedSession, *, keys: KeyRing, citizen_id: UUID, tenant_id: int = 1, **typed: str) -> OpenDraft:
    """A draft of the small form that could be submitted; `typed` names are pointers with `__` for `/`."""
    values = {**ZHANG_SAN, "/leased": "false"} | {f"/{name.replace('__', '/')}": raw for name, raw in typed.items()}
    draft = start(
        session, keys=keys, tenant_id=tenant_id, form=a_form_ref(), holder=Holder(citizen_id=citizen_id),
        channel="mobile", village_code=VILLAGE,
    )  # fmt: skip
    save_fields(session, draft=draft, fields=[FieldSave(pointer, raw, 0) for pointer, raw in values.items()])
    return draft


def a_case(db: Database, keys: KeyRing, *, citizen_id: UUID | None = None, tenant_id: int = 1, **typed: str) -> Receipt:
    """A case that was filed and committed."""
    citizen_id = citizen_id or new_id()
    with db.scope(a_scope(citizen_id, tenant_id=tenant_id)) as session:
        draft = a_draft(session, keys=keys, citizen_id=citizen_id, tenant_id=tenant_id, **typed)
    with db.scope(a_scope(citizen_id, tenant_id=tenant_id)) as session:
        return submit(
            session, keys=keys, tenant_id=tenant_id, draft_id=draft.id, holder=Holder(citizen_id=citizen_id),
            form=a_form(), facts=FACTS,
        )  # fmt: skip


def count(session: ScopedSession, table: str) -> int:
    """How many rows of `table` the session's scope sees."""
    return int(session.scalar(text(f"select count(*) from {table}")) or 0)


@contextmanager
def on(day: int, month: int = 10) -> Iterator[None]:
    """Ten o'clock of a day in the autumn of 2026, whose holidays are announced."""
    with clock.frozen(datetime(2026, month, day, 10, 0, tzinfo=clock.SHANGHAI)):
        yield
