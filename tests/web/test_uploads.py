"""Photos of a draft through the door: staged as soon as picked, refused in sentences, seen by nobody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from attachment_flow import FixedScanner, jpeg, sha256
from door_services import library, make_services
from servers import ACCESS_KEY, SECRET_KEY, seaweedfs
from xiangtong.attachments import Scan, jobs, open_storage
from xiangtong.attachments.models import Attachment
from xiangtong.doors.citizen import uploads
from xiangtong.doors.shared.frame import create_door
from xiangtong.drafts import opening
from xiangtong.drafts.opening import FormRef, Holder
from xiangtong.identity import citizens, sessions
from xiangtong.identity.ports import Claims
from xiangtong.kernel import crypto
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Database, Scope
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


@pytest.fixture
def services(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Services:
    return make_services(db, keys, tmp_path)


@pytest.fixture
def citizen(services: Services) -> Citizen:
    return make_citizen(services)


def test_a_picked_photo_is_kept_and_in_the_answers(citizen: Citizen) -> None:
    data = jpeg()
    answer = citizen.add(data)
    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["name"], told["size"], told["state"], told["scan_state"]) == (
        "身份证.jpg", len(data), "clean", "not_scanned",
    )  # fmt: skip
    assert citizen.named() == [{key: told[key] for key in ("id", "name", "size", "media_type", "digest")}]
    shown = citizen.client.get(told["url"])
    assert (shown.data, shown.mimetype) == (data, "image/jpeg")
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "private, no-store"
    small = Image.open(io.BytesIO(citizen.client.get(told["url"] + "?small=1").data))
    assert max(small.size) <= 320
    with citizen.services.db.scope(Scope(tenant_id=1)) as session:
        assert session.scalars(select(Attachment.material_code)).all() == ["household_book"]


def test_a_copy_of_an_identity_card_says_what_it_is_for(citizen: Citizen) -> None:
    """The digest is that of the marked picture; the picture that was sent is kept nowhere, not even by an offer."""
    pointer, data = "/materials/id_card", jpeg(200, (600, 400))
    told = citizen.add(data, pointer=pointer).json
    kept = citizen.client.get(told["url"]).data
    assert kept != data
    assert (told["digest"], told["size"]) == (crypto.sm3_hex(kept), len(kept))
    before, after = [Image.open(io.BytesIO(one)).convert("RGB") for one in (data, kept)]
    assert after.size == before.size
    changed = ImageChops.difference(before, after).convert("L").point(lambda shade: 255 if shade > 8 else 0)
    assert 0.02 < changed.histogram()[255] / (600 * 400) < 0.6
    assert citizen.offer(data, pointer=pointer).status_code == 409


def test_a_photo_sent_twice_under_one_name_is_there_once(citizen: Citizen) -> None:
    name = {"upload_id": "0123456789abcdef0123456789abcdef"}
    first, again = citizen.add(jpeg(), **name), citizen.add(jpeg(), **name)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert len(citizen.named()) == 1
    assert citizen.client.post(f"{citizen.files}/{first.json['id']}/drop").status_code == 204
    assert citizen.add(jpeg(), **name).status_code == 404  # What was taken back does not come again by itself.
    assert citizen.named() == []


def test_a_pdf_is_for_saving_and_not_for_showing(citizen: Citizen) -> None:
    told = citizen.add(b"%PDF-1.7\n%%EOF", name="户口簿.pdf", pointer="/materials/household_book").json
    shown = citizen.client.get(told["url"])
    assert shown.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "FILE_EMPTY", "空的"),
        (b"MZ this is a program", "FILE_TYPE", "拍照上传"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "FILE_TYPE", "这里只收"),
        (jpeg()[:-100], "FILE_DAMAGED", "重新拍"),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "FILE_TOO_LARGE", "最大只能传 10 MB"),
    ],
)
def test_what_cannot_be_taken_is_told_and_leaves_nothing(citizen: Citizen, data: bytes, code: str, words: str) -> None:
    answer = citizen.add(data)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert words in answer.json["message"]
    assert citizen.named() == []
    assert list(citizen.services.storage.list("")) == []


def test_one_portrait_is_enough(citizen: Citizen) -> None:
    assert citizen.add(jpeg(1), pointer="/materials/portrait").status_code == 201
    second = citizen.add(jpeg(2), pointer="/materials/portrait")
    assert (second.status_code, second.json["code"]) == (409, "FILE_COUNT")
    assert len(citizen.named("/materials/portrait")) == 1


def test_a_photo_taken_back_is_gone_from_the_answers_and_the_address(citizen: Citizen) -> None:
    one, two = citizen.add(jpeg(1)).json, citizen.add(jpeg(2)).json
    assert citizen.client.post(f"{citizen.files}/{one['id']}/drop").status_code == 204
    assert (one["revision"], two["revision"]) == (1, 2)
    assert [file["id"] for file in citizen.named()] == [two["id"]]
    assert citizen.client.get(one["url"]).status_code == 404
    assert citizen.client.post(f"{citizen.files}/{one['id']}/drop").status_code == 404


@pytest.mark.parametrize("pointer", ["", "/nothing", "/applicant/name", "/materials", "../x", "/materials/id_card/0"])
def test_files_come_only_where_they_are_asked_for(citizen: Citizen, pointer: str) -> None:
    assert citizen.add(jpeg(), pointer=pointer).status_code == 404
    assert citizen.offer(jpeg(), pointer=pointer).status_code == 404


def test_nothing_chosen_is_a_sentence(citizen: Citizen) -> None:
    answer = citizen.client.post(citizen.files, data={"pointer": POINTER})
    assert (answer.status_code, answer.json["code"]) == (422, "FILE_MISSING")


def test_nobody_else_sees_or_touches_a_file(services: Services, citizen: Citizen) -> None:
    told = citizen.add(jpeg()).json
    stranger = make_citizen(services, "lisi")
    for address in (told["url"], told["url"].replace("321003100", "321003108"), f"{stranger.files}/{told['id']}"):
        assert stranger.client.get(address).status_code == 404
        assert stranger.client.post(f"{address}/drop").status_code == 404
        assert stranger.client.post(f"{address}/done").status_code == 404
    stranger.client.delete_cookie("xiangtong")
    assert stranger.client.get(told["url"]).status_code == 401
    assert citizen.client.get(told["url"].replace("321003100", "999999999")).status_code == 404
    assert len(citizen.named()) == 1


def test_to_an_offered_address_and_back(citizen: Citizen) -> None:
    data = jpeg()
    offer = citizen.offer(data).json
    assert citizen.client.post(offer["done"]).status_code == 404
    sent = citizen.client.post(offer["url"], data=offer["fields"] | {"file": (io.BytesIO(data), "blob")})
    assert sent.status_code == 204
    for _ in range(2):
        answer = citizen.client.post(offer["done"])
        assert (answer.status_code, answer.json["state"]) == (200, "clean")
    assert [file["id"] for file in citizen.named()] == [offer["id"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"size": "12"},
        {"size": None},
        {"size": -1},
        {"size": 2**70},
        {"media_type": "text/html"},
        {"name": None, "media_type": ""},
        {"sha256": ""},
        {"sha256": "g" * 64},
    ],
)
def test_an_announcement_that_makes_no_sense_is_a_sentence(citizen: Citizen, changes: dict[str, Any]) -> None:
    answer = citizen.offer(jpeg(), **changes)
    assert answer.status_code == 422
    assert answer.json["message"]


@pytest.mark.parametrize("body", ["[]", "{", "null", '"x"'])
def test_no_json_makes_it_fall(citizen: Citizen, body: str) -> None:
    answer = citizen.client.post(citizen.files, data=body, content_type="application/json")
    assert answer.status_code in (404, 422)


def test_an_announcement_that_says_two_things_is_refused(citizen: Citizen) -> None:
    answer = citizen.client.post(citizen.files, data='{"size": 1, "size": 2}', content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "JSON_REPEATED")


def test_an_address_that_was_not_offered_takes_nothing(citizen: Citizen) -> None:
    data = jpeg()
    offer = citizen.offer(data).json
    for changes in ({"policy": "x"}, {"key": "clean/t/1/2026/11/x"}, {"Content-Type": "text/html"}):
        fields = offer["fields"] | changes | {"file": (io.BytesIO(data), "blob")}
        assert citizen.client.post(offer["url"], data=fields).status_code == 403
    assert citizen.client.post(offer["url"], data=offer["fields"]).status_code == 422
    assert list(citizen.services.storage.list("")) == []


def test_a_wrong_thing_behind_an_offer_is_refused_for_good(citizen: Citizen) -> None:
    data = b"MZ this is a program"
    offer = citizen.offer(data).json
    citizen.client.post(offer["url"], data=offer["fields"] | {"file": (io.BytesIO(data), "blob")})
    for _ in range(2):
        answer = citizen.client.post(offer["done"])
        assert (answer.status_code, answer.json["code"]) == (422, "FILE_TYPE")
    assert citizen.named() == []


def test_while_the_scanner_is_away_the_photo_waits_and_nothing_is_lost(services: Services) -> None:
    scanner = FixedScanner(Scan("error"))
    citizen = make_citizen(replace(services, scanner=scanner))
    told = citizen.add(jpeg()).json
    assert told["state"] == "quarantined"
    assert [file["id"] for file in citizen.named()] == [told["id"]]
    assert citizen.client.get(told["url"]).status_code == 404
    scanner.answer = Scan("clean")
    jobs.verify(citizen.services, tenant_id=1, attachment_id=told["id"])
    assert citizen.client.get(told["url"]).status_code == 200


def test_an_infected_file_is_refused(services: Services) -> None:
    citizen = make_citizen(replace(services, scanner=FixedScanner(Scan("infected", "Eicar"))))
    answer = citizen.add(jpeg())
    assert (answer.status_code, answer.json["code"]) == (422, "FILE_INFECTED")
    assert citizen.named() == []


def test_a_forged_post_is_refused(services: Services, citizen: Citizen) -> None:
    citizen.client.application.config["WTF_CSRF_ENABLED"] = True
    assert citizen.add(jpeg()).status_code == 400
    assert citizen.client.post(f"{citizen.files}/{new_id()}/drop").status_code == 400
    assert citizen.client.post("/uploads", data={"file": (io.BytesIO(b"x"), "x")}).status_code == 403


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server.url


def test_straight_into_the_bucket(services: Services, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    storage = open_storage(f"s3://xiangtong?endpoint={endpoint}", secret=b"")
    citizen = make_citizen(replace(services, storage=storage))
    data = jpeg()
    offer = citizen.offer(data).json
    assert offer["url"].startswith(endpoint)
    sent = httpx.post(offer["url"], data=offer["fields"], files={"file": ("blob", data)})
    assert sent.status_code == 204
    told = citizen.client.post(offer["done"]).json
    assert citizen.client.get(told["url"]).data == data
    policy = citizen.client.get("/static/-/app.css").headers["Content-Security-Policy"]
    assert f"connect-src 'self' {endpoint}" in policy
    assert citizen.client.post("/uploads", data={"file": (io.BytesIO(b"x"), "x")}).status_code == 404


def test_a_bucket_that_is_away_is_a_sentence(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    storage = open_storage("s3://xiangtong?endpoint=http://127.0.0.1:9", secret=b"")
    citizen = make_citizen(replace(services, storage=storage))
    answer = citizen.add(jpeg())
    assert (answer.status_code, answer.json["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert citizen.named() == []


def test_names_of_files_stand_nowhere_in_the_clear(citizen: Citizen) -> None:
    citizen.add(jpeg(), name="张三321003198801010016.jpg")
    with citizen.services.db.scope(Scope(tenant_id=1)) as session:
        rows = session.scalars(
            text("select a::text from attachment a union all select j::text from procrastinate_jobs j")
        )
        found = "".join(rows)
    assert "张三" not in found
    assert "321003198801010016" not in found
