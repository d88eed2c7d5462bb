"""The folder refuses what an S3 policy refuses, and no key leads out of it."""

from __future__ import annotations

import hashlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from xiangtong.attachments import LocalStorage, Missing, OfferRefused, open_storage
from xiangtong.kernel import clock
from xiangtong.settings import SettingsError

KEY = "quarantine/t/1/2026/11/0190a"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files", secret=b"secret-for-tests")


def test_objects_come_back_and_go(storage: LocalStorage) -> None:
    storage.put(KEY, b"one")
    storage.put(KEY, b"two")
    storage.put("clean/t/1/2026/11/0190a", b"other")
    assert storage.get(KEY) == b"two"
    assert [(item.key, item.size) for item in storage.list("quarantine/t/1/")] == [(KEY, 3)]
    storage.delete(KEY)
    storage.delete(KEY)
    assert list(storage.list("quarantine/")) == []


def test_what_is_not_there_is_missing(storage: LocalStorage) -> None:
    with pytest.raises(Missing):
        storage.get(KEY)


def test_files_are_for_this_account_only(storage: LocalStorage, tmp_path: Path) -> None:
    storage.put(KEY, b"one")
    assert stat.S_IMODE((tmp_path / "files" / KEY).stat().st_mode) == 0o600


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../b", "a//b", ".hidden", "a/.hidden", "", "a\n", "A"])
def test_no_key_leads_out_of_the_folder(storage: LocalStorage, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        storage.put(key, b"x")


def test_an_offer_takes_exactly_what_it_was_given_for(storage: LocalStorage) -> None:
    offer = storage.offer(KEY, media_type="image/jpeg", size=3, sha256=hashlib.sha256(b"one").hexdigest())
    storage.accept(offer.fields, b"one")
    assert storage.get(KEY) == b"one"


@pytest.mark.parametrize(
    ("change", "data"),
    [
        ({}, b"four"),
        ({}, b"on"),
        ({}, b"two"),
        ({"key": "clean/t/2/2026/11/0190b"}, b"one"),
        ({"Content-Type": "text/html"}, b"one"),
        ({"policy": "eyJrZXkiOiJ4In0.forged"}, b"one"),
        ({"policy": ""}, b"one"),
    ],
)
def test_anything_else_is_refused(storage: LocalStorage, change: dict[str, str], data: bytes) -> None:
    offer = storage.offer(KEY, media_type="image/jpeg", size=3, sha256=hashlib.sha256(b"one").hexdigest())
    with pytest.raises(OfferRefused):
        storage.accept(offer.fields | change, data)
    assert list(storage.list("")) == []


def test_an_offer_of_another_secret_is_refused(storage: LocalStorage, tmp_path: Path) -> None:
    offer = LocalStorage(tmp_path, secret=b"another").offer(KEY, media_type="image/jpeg", size=3)
    with pytest.raises(OfferRefused):
        storage.accept(offer.fields, b"one")


def test_an_offer_expires(storage: LocalStorage) -> None:
    offer = storage.offer(KEY, media_type="image/jpeg", size=3, seconds=60)
    with clock.frozen(clock.now() + timedelta(seconds=61)), pytest.raises(OfferRefused, match="太久"):
        storage.accept(offer.fields, b"one")


@pytest.mark.parametrize("url", ["", "http://x", "s3://", "/tmp/files"])
def test_an_address_that_is_no_store_is_told_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="XIANGTONG_STORAGE_URL"):
        open_storage(url, secret=b"x")


def test_a_folder_by_its_address(tmp_path: Path) -> None:
    store = open_storage(f"file://{tmp_path}/a%20b", secret=b"x")
    store.put(KEY, b"one")
    assert (tmp_path / "a b" / KEY).read_bytes() == b"one"
