"""Photos sent to an address that the door offers: ours, or the store's own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from attachment_flow import jpeg
from door_services import make_services
from servers import ACCESS_KEY, SECRET_KEY, seaweedfs
from uploading import Citizen, make_citizen
from xiangtong.attachments import open_storage
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database
from xiangtong.wiring import Services


@pytest.fixture
def services(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Services:
    return make_services(db, keys, tmp_path)


@pytest.fixture
def citizen(services: Services) -> Citizen:
    return make_citizen(services)


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
