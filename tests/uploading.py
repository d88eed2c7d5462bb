"""A citizen who hands photos in to a draft, as the page's script does."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from attachment_flow import sha256
from door_services import library
from xiangtong.doors.citizen import uploads
from xiangtong.doors.shared.frame import create_door
from xiangtong.drafts import opening
from xiangtong.drafts.opening import FormRef, Holder
from xiangtong.identity import citizens, sessions
from xiangtong.identity.ports import Claims
from xiangtong.tenancy.scope import NOBODY, Scope
from xiangtong.wiring import Services

POINTER = "/materials/household_book"


@dataclass
class Citizen:
    """A signed-in citizen with a draft of the old-age allowance at 公道镇."""

    services: Services
    client: FlaskClient
    citizen_id: UUID
    draft_id: UUID

    @property
    def files(self) -> str:
        return f"/321003100/drafts/{self.draft_id}/files"

    def add(self, data: bytes, *, name: str = "身份证.jpg", pointer: str = POINTER, **more: str) -> TestResponse:
        """What the page's script does with a picked photo."""
        return self.client.post(
            self.files,
            data={"pointer": pointer, "file": (io.BytesIO(data), name)} | more,
        )

    def offer(self, data: bytes, **changes: Any) -> TestResponse:
        told = {"pointer": POINTER, "name": "a.jpg", "media_type": "image/jpeg", "size": len(data)}
        return self.client.post(self.files, json=told | {"sha256": sha256(data)} | changes)

    def named(self, pointer: str = POINTER) -> list[dict[str, Any]]:
        """The files the draft's answers name."""
        with self.services.db.scope(Scope(tenant_id=1, citizen_id=self.citizen_id)) as session:
            draft = opening.load(
                session, keys=self.services.keys, tenant_id=1, draft_id=self.draft_id,
                holder=Holder(citizen_id=self.citizen_id),
            )  # fmt: skip
        return draft.typed.values.get(pointer, [])


def make_citizen(services: Services, sub: str = "zhangsan") -> Citizen:
    app = create_door("uploads-test", services, WTF_CSRF_ENABLED=False)
    app.register_blueprint(uploads.blueprint)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "application/json"
    form = library().form("old-age-allowance")
    with services.db.scope(NOBODY) as session:
        citizen_id = citizens.upsert(session, keys=services.keys, claims=Claims("test", sub, assurance=3))
        token = sessions.open_session(session, kind="citizen", subject_id=citizen_id, assurance=3)
    with services.db.scope(Scope(tenant_id=1, citizen_id=citizen_id)) as session:
        draft = opening.start(
            session, keys=services.keys, tenant_id=1, holder=Holder(citizen_id=citizen_id), channel="mobile",
            form=FormRef("11321003MB0123456B5321011003000", form.code, form.version, form.hash, form.title),
        )  # fmt: skip
    client.set_cookie("xiangtong", token)
    return Citizen(services, client, citizen_id, draft.id)
