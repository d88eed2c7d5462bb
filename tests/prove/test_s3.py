"""The store on a real S3 server, at length: forged links, a kill, many objects, many at once."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from attachment_flow import jpeg, sha256
from servers import ACCESS_KEY, SECRET_KEY, Server, seaweedfs
from xiangtong.attachments import Missing, Storage, StorageUnavailable, open_storage

KEY = "quarantine/t/1/2026/11/0190a"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as running:
        yield running


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


def opened(server: Server) -> Storage:
    return open_storage(f"s3://xiangtong?endpoint={server.url}", secret=b"")


def sent(storage: Storage, data: bytes, **changes: str) -> int:
    offer = storage.offer(KEY, media_type="image/jpeg", size=len(data), sha256=sha256(data))
    return httpx.post(offer.url, data=offer.fields | changes, files={"file": ("blob", data)}).status_code


def wider(policy: str) -> str:
    """The policy of an offer, with any size allowed."""
    plain = json.loads(base64.b64decode(policy))
    plain["conditions"] = [one for one in plain["conditions"] if not isinstance(one, list)]
    return base64.b64encode(json.dumps(plain).encode()).decode()


def test_a_forged_link_is_refused(server: Server) -> None:
    storage, data = opened(server), jpeg()
    offer = storage.offer(KEY, media_type="image/jpeg", size=len(data), sha256=sha256(data))
    forged = (
        {"policy": wider(offer.fields["policy"])},
        {"x-amz-signature": "0" * 64},
        {"x-amz-checksum-sha256": base64.b64encode(bytes(32)).decode()},
        {"key": KEY.replace("/1/", "/2/")},
    )
    for changes in forged:
        assert sent(storage, data, **changes) in (400, 403), changes
    assert list(storage.list("")) == []
    assert sent(storage, data) == 204
    storage.delete(KEY)


def test_a_wrong_secret_opens_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    storage = opened(server)
    for call in (lambda: storage.put(KEY, b"x"), lambda: storage.get(KEY), lambda: list(storage.list(""))):
        with pytest.raises(StorageUnavailable):
            call()
    assert sent(storage, jpeg()) == 403


def test_more_objects_than_a_page_holds(server: Server) -> None:
    storage = opened(server)
    keys = {f"clean/t/7/2026/11/{number:05}" for number in range(1_050)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: storage.put(key, b"x"), keys))
        assert {stat.key for stat in storage.list("clean/t/7/")} == keys
        list(pool.map(storage.delete, keys))
    assert list(storage.list("clean/t/7/")) == []


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    with seaweedfs(tmp_path) as first:
        storage = opened(first)
        stored = {f"clean/t/1/2026/11/{number}": jpeg(number) * (1 + number) for number in range(20)}
        for key, data in stored.items():
            storage.put(key, data)
        first.kill()
        with pytest.raises(StorageUnavailable):
            storage.get(next(iter(stored)))
    with seaweedfs(tmp_path) as second:
        storage = opened(second)
        assert {key: storage.get(key) for key in stored} == stored
        with pytest.raises(Missing):
            storage.get("clean/t/1/2026/11/99")
