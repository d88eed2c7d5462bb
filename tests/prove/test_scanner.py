"""A real clamd: EICAR is refused at the page and kept nowhere, a photo is kept as scanned, and one that comes while
the scanner is away waits until it is back.

The signature is our own: whether clamd finds viruses is its makers' business, that we ask it and heed it is ours."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import homestead_filing as filing
import main_journey
import window
from attachment_flow import EICAR, jpeg, with_comment
from demo_stack import Stack, demo_stack
from servers import clamd
from xiangtong import wiring
from xiangtong.attachments import Scan, jobs, open_scanner

_BOOK = "/materials/household_book"
_PDF = b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """One signature. The path is short: a socket's must be."""
    with tempfile.TemporaryDirectory(prefix="xt-clamd-") as made:
        path = Path(made)
        (path / "own.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
        yield path


def _docx(inside: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", inside)
    return out.getvalue()


def test_eicar_is_found_wherever_it_hides(folder: Path) -> None:
    hidden = (EICAR, with_comment(jpeg(), EICAR), _PDF, _docx(EICAR))
    with clamd(folder) as server:
        for scanner in (open_scanner(server.url), open_scanner(f"unix://{folder}/clamd.ctl")):
            assert [scanner.scan(data).state for data in hidden] == ["infected"] * 4
            for good in (jpeg(), bytes(10 * 1024 * 1024)):
                assert scanner.scan(good) == Scan("clean")
        server.kill()
        assert open_scanner(server.url).scan(jpeg()) == Scan("error")


def test_what_it_cannot_look_into_to_the_end_is_not_clean(folder: Path) -> None:
    bomb = b"innocent"
    for _ in range(25):
        bomb = _docx(bomb)
    with clamd(folder, "StreamMaxLength 1M") as server:
        told = open_scanner(server.url).scan(bomb)
        assert (told.state, told.gave_up) == ("infected", True), told
        assert open_scanner(server.url).scan(bytes(3 * 1024 * 1024)) == Scan("error")


@pytest.mark.timeout(600)
def test_at_the_page_and_at_the_window(folder: Path, open_page: Any) -> None:
    with ExitStack() as running:
        server = running.enter_context(clamd(folder))
        stack = running.enter_context(demo_stack(XIANGTONG_CLAMD=server.url))
        page = open_page("phone")
        filing.go_to_papers(page, stack.url)
        _refused(page)
        assert (_objects(stack, "clean"), _objects(stack, "quarantine")) == (0, 0)
        filing.hand_in_papers(page)
        assert _objects(stack, "clean") == 3
        server.kill()
        filing.pick(page, _BOOK, filing.photo("户口本内页", 210))
        filing.onward(page, "看一遍，签名提交")
        filing.sign(page)
        filing.onward(page, "看一遍，没错就提交")
        assert (_objects(stack, "clean"), _objects(stack, "quarantine")) == (3, 2)
        page.get_by_role("button", name="提交申请").click()
        expect(page.locator("main")).to_contain_text("有文件还在检查，请等一分钟再提交")
        running.enter_context(clamd(folder))
        _look_again(stack)
        assert (_objects(stack, "clean"), _objects(stack, "quarantine")) == (5, 0)
        filing.submit(page)
        clerk = open_page("desk")
        window.sign_in(clerk, stack.url, window.CLERK)
        window.open_case(clerk, "李四")
        expect(clerk.get_by_text("已查毒")).to_have_count(5)
        expect(clerk.get_by_text("未查毒")).to_have_count(0)


def _refused(page: Page) -> None:
    """A PDF as a hand picks it; a photo past the page's script, which would make another picture of it."""
    line = page.locator(f'[data-files="{_BOOK}"] .file--problem')
    pdf = {"name": "户口本.pdf", "mimeType": "application/pdf", "buffer": _PDF}
    page.locator(f'input[type=file][name="{_BOOK}"]').set_input_files([pdf])
    expect(line).to_contain_text("这个文件里查出了病毒，没有收下。请换一部手机拍照再传")
    photo = {"name": "户口本.jpg", "mimeType": "image/jpeg", "buffer": with_comment(jpeg(), EICAR)}
    address = page.locator("form[data-upload]").get_attribute("data-upload")
    answer = page.context.request.post(
        f"{page.url.partition('/321003100')[0]}{address}",
        headers={"Accept": "application/json", "X-CSRFToken": page.locator("[name=csrf_token]").first.input_value()},
        multipart={"pointer": _BOOK, "file": photo},
    )
    assert (answer.status, answer.json()["code"]) == (422, "FILE_INFECTED")
    expect(page.locator(f'[data-files="{_BOOK}"] [data-file]')).to_have_count(0)


def _look_again(stack: Stack) -> None:
    """What the job does for each file three minutes on."""
    services = wiring.build(stack.demo.settings)
    jobs.sweep_tenant(services, tenant_id=main_journey.tenant_of(services))
    services.db.dispose()


def _objects(stack: Stack, area: str) -> int:
    services = wiring.build(stack.demo.settings)
    services.db.dispose()
    return len(list(services.storage.list(f"{area}/")))
