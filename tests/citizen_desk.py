"""A citizen at the door of 公道镇, without a browser: signed in, with the old-age allowance to apply for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from attachment_flow import jpeg
from xiangtong.doors.citizen import apply, cases, mode, offline, printing, sign_in, uploads
from xiangtong.doors.shared.frame import create_door
from xiangtong.drafts import opening
from xiangtong.drafts.opening import Holder, OpenDraft
from xiangtong.identity import citizens, sessions
from xiangtong.identity.ports import Claims
from xiangtong.items.models import Item
from xiangtong.tenancy.scope import NOBODY, Scope
from xiangtong.wiring import Services

FORM = "old-age-allowance"
START = f"/321003100/apply/{FORM}"
VILLAGE = "321003100200"
QIAN_QI = Claims("test", "qianqi", "钱七", "id_card", "321003194003051288", "13800138004", assurance=3)
WHO = {
    "/applicant/phone": "13800138004",
    "/applicant/village": VILLAGE,
    "/applicant/registered_address": "江苏省扬州市邗江区公道镇太平村三组12号",
    "/applicant/lives_there": "true",
}
ACCOUNT = {
    "/bank/holder": "钱七",
    "/bank/bank_name": "江苏农村商业银行公道支行",
    "/bank/account_kind": "card",
    "/bank/card_number": "6222020000000000000",
}
PHOTOS = ("portrait", "id_card", "household_book", "bank_card")


@dataclass
class Desk:
    """The app, a client that is signed in, and who that is."""

    services: Services
    app: Flask
    client: FlaskClient
    citizen_id: UUID

    def begin(self, **changes: str) -> str:
        """Begin a draft; the address of the draft."""
        answer = self.client.post(START, data={"who": "self", "village": VILLAGE} | changes)
        assert answer.status_code == 303, answer.text
        return answer.location

    def fill(self, draft: str) -> None:
        """Fill in every step as a browser without script does."""
        for step, fields in (("who", WHO), ("account", ACCOUNT)):
            answer = self.client.post(f"{draft}/{step}", data=fields)
            assert answer.status_code == 303, problems(answer)
        pictures = {f"/materials/{name}": (io.BytesIO(jpeg(shade)), f"{name}.jpg") for shade, name in enumerate(PHOTOS)}
        answer = self.client.post(f"{draft}/papers", data=pictures)
        assert answer.status_code == 303, problems(answer)
        signed = {"/consent": "true", "/promise": "true", "/signature": (io.BytesIO(jpeg(90)), "签名.jpg")}
        answer = self.client.post(f"{draft}/confirm", data=signed)
        assert answer.status_code == 303, problems(answer)

    def file(self) -> str:
        """A draft that was filled in and filed; its address."""
        draft = self.begin()
        self.fill(draft)
        answer = self.client.post(f"{draft}/review")
        assert answer.location == f"{draft}/receipt", problems(self.client.get(f"{draft}/review"))
        return draft

    def draft(self, address: str) -> OpenDraft:
        """What is stored of a draft."""
        with self.services.db.scope(Scope(tenant_id=1, citizen_id=self.citizen_id)) as session:
            return opening.load(
                session, keys=self.services.keys, tenant_id=1, draft_id=UUID(address.rpartition("/")[2]),
                holder=Holder(citizen_id=self.citizen_id),
            )  # fmt: skip


def make_desk(services: Services, claims: Claims = QIAN_QI) -> Desk:
    """A desk with an item that is declared with the form; pages are tried without their CSRF tokens."""
    app = create_door("citizen-test", services, WTF_CSRF_ENABLED=False)
    for part in (mode, sign_in, offline, uploads, apply, cases, printing):
        app.register_blueprint(part.blueprint)
    with services.db.scope(Scope(tenant_id=1)) as session:
        if session.get(Item, (1, "old-age")) is None:
            session.add(Item(**item_of(1)))
    return sit_down(services, app, claims)


def sit_down(services: Services, app: Flask, claims: Claims) -> Desk:
    """Another citizen at the same desk."""
    client = app.test_client()
    with services.db.scope(NOBODY) as session:
        citizen_id = citizens.upsert(session, keys=services.keys, claims=claims)
        token = sessions.open_session(session, kind="citizen", subject_id=citizen_id, assurance=claims.assurance)
    client.set_cookie("xiangtong", token)
    return Desk(services, app, client, citizen_id)


def item_of(tenant_id: int) -> dict[str, Any]:
    """The columns of the item that is declared with the form, in a township."""
    return _ITEM | {"tenant_id": tenant_id}


_ITEM: dict[str, Any] = {
    "key": "old-age", "item_code": "11321003MB0123456B5000505003000", "basic_code": "000505003000",
    "name": "高龄津贴给付", "item_type": "05", "case_type": "2", "form_code": FORM, "promised_days": 22,
    "statutory_days": 30, "unit_name": "公道镇人民政府", "unit_code": "11321003MB0123456B", "version": 1, "position": 1,
}  # fmt: skip


def problems(answer: TestResponse) -> str:
    """The sentences of a page's problem summary."""
    found = re.search(r'<section class="summary".*?</section>', answer.text, re.S)
    return unescape(re.sub(r"<[^>]+>|\s+", " ", found.group())) if found else f"{answer.status}: {answer.text[:1500]}"


@contextmanager
def statements(services: Services) -> Iterator[list[str]]:
    """Every statement that is sent while the block runs, the ones that set a scope left out."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("SET LOCAL"):
            sent.append(statement)

    event.listen(services.db.app, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(services.db.app, "before_cursor_execute", note)
