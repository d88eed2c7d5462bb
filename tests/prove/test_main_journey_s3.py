"""The main journey with its files in a real S3 server; a kill between upload and submission; orphans are purged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

import homestead_filing as filing
import main_journey
from attachment_flow import sha256
from demo_stack import Stack, demo_stack
from servers import ACCESS_KEY, SECRET_KEY, seaweedfs
from xiangtong import wiring
from xiangtong.attachments.jobs import sweep_tenant
from xiangtong.kernel import clock

_ANNOUNCE = """async ([url, told]) => (await fetch(url, {method: "POST", body: JSON.stringify(told), headers: {
    "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrf_token]").value}})).json()"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo, its files in SeaweedFS."""
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as store, pytest.MonkeyPatch.context() as patch:
        for name, value in keys.items():
            patch.setenv(name, value)
        with demo_stack(XIANGTONG_STORAGE_URL=f"s3://xiangtong?endpoint={store.url}") as running:
            yield running


@pytest.mark.timeout(900)
def test_the_main_journey(stack: Stack, open_page: Any) -> None:
    number = main_journey.walk(stack, open_page)
    # Two photos, the drawing, the signature, and the photo of the supplement.
    assert len(_clean(stack)) >= 5, number


@pytest.mark.timeout(600)
def test_killed_between_upload_and_submission(stack: Stack, open_page: Any) -> None:
    page = open_page("phone")
    filing.go_to_papers(page, stack.url)
    filing.hand_in_papers(page)
    orphan = _upload_without_telling(page, filing.photo("没说完", 33)["buffer"])
    stack.kill("web", "worker")
    stack.start("web", "worker")
    page.reload()
    for name in ("id_cards", "household_book", "drawing"):
        expect(page.locator(f'[data-files="/materials/{name}"] [data-file]')).to_have_count(1)
    filing.onward(page, "看一遍，签名提交")
    filing.sign(page)
    filing.onward(page, "看一遍，没错就提交")
    number = filing.submit(page)
    kept = _clean(stack)
    _sweep(stack)
    assert not [key for key in _clean(stack) | _waiting(stack) if key.endswith(orphan)], "what nobody claimed is gone"
    assert {key for key in kept if not key.endswith(orphan)} == _clean(stack), "what was filed stays"
    main_journey.assert_province_holds(stack, number, ["apply"])


def _upload_without_telling(page: Page, data: bytes) -> str:
    """Bytes into the store by a presigned address, and then silence; the last part of the object's key."""
    form = page.locator("form[data-upload]")
    told = {
        "pointer": "/materials/household_book", "name": "没说完.jpg", "media_type": "image/jpeg", "size": len(data),
        "sha256": sha256(data),
    }  # fmt: skip
    offer = page.evaluate(_ANNOUNCE, [form.get_attribute("data-upload"), told])
    assert urlsplit(offer["url"]).port != urlsplit(page.url).port, "the address is the store's own"
    answer = httpx.post(offer["url"], data=offer["fields"], files={"file": ("blob", data)}, trust_env=False)
    assert answer.status_code == 204, answer.text
    key: str = offer["fields"]["key"]
    return key.rpartition("/")[2]


def _sweep(stack: Stack) -> None:
    """The daily sweep, two days on."""
    services = wiring.build(stack.demo.settings)
    with clock.frozen(clock.now() + timedelta(days=2)):
        sweep_tenant(services, tenant_id=main_journey.tenant_of(services))
    services.db.dispose()


def _clean(stack: Stack) -> set[str]:
    return _objects(stack, "clean")


def _waiting(stack: Stack) -> set[str]:
    return _objects(stack, "quarantine")


def _objects(stack: Stack, area: str) -> set[str]:
    services = wiring.build(stack.demo.settings)
    prefix = f"{area}/t/{main_journey.tenant_of(services)}/"
    services.db.dispose()
    return {one.key for one in services.storage.list(prefix)}
