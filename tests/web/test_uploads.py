"""Photos of a draft through the door: staged as soon as picked, refused in sentences, seen by nobody else."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from sqlalchemy import select, text

from attachment_flow import FixedScanner, jpeg
from door_services import make_services
from uploading import POINTER, Citizen, make_citizen
from xiangtong.attachments import Scan, jobs
from xiangtong.attachments.models import Attachment
from xiangtong.kernel import crypto
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope
from xiangtong.wiring import Services


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


def test_names_of_files_stand_nowhere_in_the_clear(citizen: Citizen) -> None:
    citizen.add(jpeg(), name="张三321003198801010016.jpg")
    with citizen.services.db.scope(Scope(tenant_id=1)) as session:
        rows = session.scalars(
            text("select a::text from attachment a union all select j::text from procrastinate_jobs j")
        )
        found = "".join(rows)
    assert "张三" not in found
    assert "321003198801010016" not in found
