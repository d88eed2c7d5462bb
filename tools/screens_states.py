"""The walks of tools/screens.py past what happens beside the straight way: guests, another phone, what went wrong."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, expect

import homestead_filing as filing
from form_versions import count, edited, put_in
from xiangtong.forms import versions
from xiangtong.printing.codes import code_of
from xiangtong.tenancy import lifecycle
from xiangtong.tenancy.scope import CITY
from xiangtong.wiring import build

Camera = Any  # tools/screens.Camera: these modules are its parts.
TOWN = "321003100"
OLD_AGE = f"/{TOWN}/apply/old-age-allowance"
PAUSED, MERGED = "321003101", "321003102"
_ADDRESS = '[name="/applicant/registered_address"]'
_PHONE = "13800138004"


def guests(camera: Camera) -> None:
    """Without an account: begin, take the form to another phone, throw it away."""
    page, base = camera.page(), camera.stack.url
    page.goto(base + OLD_AGE)
    camera.shoot(page, "sign-in-or-not")
    page.get_by_role("link", name=re.compile("先不登录")).click()
    page.locator("main form button").last.click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "guest-start")
    _begin(page)
    draft = page.url.rsplit("/", 1)[0]
    page.locator(".onward").get_by_role("button", name="继续").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "guest-form")
    page.goto(f"{draft}/elsewhere")
    page.locator("[name=phone]").fill(_PHONE)
    page.locator("main form button").click()
    page.locator(".code-words").wait_for()
    camera.shoot(page, "elsewhere")
    _on_another_phone(camera, page.locator(".code-words").inner_text())
    page.goto(f"{draft}/review")
    camera.shoot(page, "guest-review")
    page.goto(f"{draft}/discard")
    camera.shoot(page, "discard")
    page.context.close()


def _on_another_phone(camera: Camera, short: str) -> None:
    page, base = camera.page(), camera.stack.url
    page.goto(f"{base}/back")
    page.locator("main form button").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "back")
    page.locator("[name=code]").fill(short)
    page.locator("[name=phone]").fill(_PHONE)
    page.locator("main form button").click()
    page.locator("[name=digits]").wait_for()
    camera.shoot(page, "back-sent")
    page.goto(f"{base}/back/abcdefghijklmnopqrstuv")
    camera.shoot(page, "back-picture")
    page.locator("main form button").click()
    filing.heading(page, "这个二维码不能用了")
    camera.shoot(page, "back-picture-used")
    page.context.close()


def interruptions(camera: Camera) -> None:
    """Another phone, no network, refused files, a session that ended."""
    page = _signed_in(camera, "周九")
    other = camera.page()
    other.goto(f"{camera.stack.url}/mine")
    filing.sign_in(other, "周九")
    other.goto(page.url)
    other.wait_for_selector("form[data-ready]")
    page.locator(_ADDRESS).fill(filing.ADDRESS)
    page.locator(_ADDRESS).blur()
    filing.saved(page)
    other.locator(_ADDRESS).fill("太平村三组")
    other.locator(_ADDRESS).blur()
    other.locator("[data-other]").wait_for()
    camera.shoot(other, "form-other-phone")
    other.context.set_offline(True)
    other.locator(_ADDRESS).fill("太平村四组")
    other.locator(_ADDRESS).blur()
    expect(other.locator("[data-saved]")).to_contain_text("没有网络")
    other.reload()
    other.wait_for_selector("form[data-ready]")
    camera.shoot(other, "form-offline")
    other.context.close()
    _refused_files(camera, page)
    page.context.clear_cookies(name="xiangtong")
    page.locator(".onward").get_by_role("button", name="继续").click()
    filing.heading(page, "登录过期了")
    camera.shoot(page, "expired")
    page.context.close()


def _refused_files(camera: Camera, page: Page) -> None:
    page.goto(f"{page.url.rsplit('/', 1)[0]}/papers")
    page.wait_for_selector("form[data-ready]")
    with TemporaryDirectory() as folder:
        big = Path(folder, "big.jpg")
        big.write_bytes(b"\xff\xd8\xff\xe0" + bytes(20_000_000))
        page.locator('input[name="/materials/id_card"]').set_input_files(big)
        expect(page.locator(".file--problem")).to_have_count(1)
    for name, data in (("portrait", b"MZ" + bytes(5_000)), ("household_book", b""), ("bank_card", _HEIC)):
        before = page.locator(".file--problem").count()
        wrong = {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": data}
        page.locator(f'input[name="/materials/{name}"]').set_input_files([wrong])
        expect(page.locator(".file--problem")).to_have_count(before + 1)
    camera.shoot(page, "form-papers-refused")


def too_large(camera: Camera) -> None:
    """Without script, a file that is larger than anything we take."""
    page = camera.page()
    page.route("**/*.js", lambda route: route.abort())  # No script of ours; the check of each page needs its own.
    page.goto(f"{camera.stack.url}{OLD_AGE}/guest")
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(label="太平村")
    page.locator("main form button").last.click()
    page.goto(f"{page.url.rsplit('/', 1)[0]}/papers")
    with TemporaryDirectory() as folder:
        large = Path(folder, "large.jpg")
        large.write_bytes(b"\xff\xd8\xff\xe0" + bytes(70_000_000))
        page.locator('input[name="/materials/id_card"]').set_input_files(large)
        page.locator(".onward button").last.click()
    filing.heading(page, "文件太大了")
    camera.shoot(page, "error-413")
    page.context.close()


def whose(camera: Camera) -> None:
    """Somebody signs in on a phone on which forms were begun before; then asks for a case without signing in."""
    page, base = camera.page(), camera.stack.url
    for form in ("old-age-allowance", "elder-card"):
        page.goto(f"{base}/{TOWN}/apply/{form}/guest")
        _begin(page)
    page.goto(f"{base}/sign-in?next=/mine")
    filing.sign_in(page, "周九")
    filing.heading(page, "是您的吗")
    camera.shoot(page, "whose")
    page.context.close()


def verification(camera: Camera) -> None:
    """What a printed form is held against: a code that is known, and one that is not."""
    page, base = camera.page(), camera.stack.url
    page.goto(f"{base}/verify/abcdefghijklmnopqrstuvwxyz")
    camera.shoot(page, "verify-unknown")
    page.goto(f"{base}/mine")
    filing.sign_in(page, "钱七")
    page.get_by_role("link", name=re.compile("看进度")).first.click()
    filing.heading(page, "高龄津贴")
    found = filing.CASE_NO.search(page.locator("main").inner_text())
    assert found, "the page of a case shows its number"
    page.goto(f"{base}/verify/{code_of(build(camera.stack.demo.settings).keys, found.group())}")
    camera.shoot(page, "verify")
    page.context.close()


def closed(camera: Camera) -> None:
    """A township that takes no filings for now, and one that went up in another."""
    db = build(camera.stack.demo.settings).db
    with db.scope(CITY) as session:
        lifecycle.suspend(session, code=PAUSED)
        lifecycle.merge(session, code=MERGED, into=TOWN)
    page, base = camera.page(), camera.stack.url
    page.goto(f"{base}/{PAUSED}/apply/old-age-allowance/guest")
    filing.heading(page, "现在不能网上申请")
    camera.shoot(page, "closed")
    page.goto(f"{base}/{MERGED}/")
    filing.heading(page, "今天想办什么事")
    camera.shoot(page, "merged")
    page.goto(f"{base}/{MERGED}/apply/old-age-allowance/guest")
    camera.shoot(page, "merged-form")
    page.context.close()


def newer(camera: Camera) -> None:
    """A form gets a new version while somebody fills in the old one."""
    page = _signed_in(camera, "张三")
    page.locator(_ADDRESS).fill(filing.ADDRESS)
    page.locator(_ADDRESS).blur()
    filing.saved(page)
    services = build(camera.stack.demo.settings)
    version_id = put_in(services, edited(_one_more_question))
    count(services, version_id)
    with services.db.scope(CITY) as session:
        versions.publish(session, code="old-age-allowance", version_id=version_id, by="测试")
    page.reload()
    filing.heading(page, "这张表有更新")
    camera.shoot(page, "update")
    page.context.close()


def _one_more_question(schema: dict[str, Any]) -> None:
    words = {"title": "同住人", "x-label": "平时和谁住在一起"}
    asked = {"type": "string", "x-kind": "text", "maxLength": 50, **words}
    schema["properties"] = {"company": asked, **schema["properties"]}
    schema["x-steps"][0]["ask"].append("/company")
    schema["required"].append("company")


def english(camera: Camera) -> None:
    """The channel, a guide and a step of a form for who reads English."""
    page, base = camera.page(), camera.stack.url
    page.goto(f"{base}/language/en?next=/{TOWN}/")
    camera.shoot(page, "english-channel")
    page.locator("a.row").first.click()
    page.locator(".crumbs").wait_for()
    camera.shoot(page, "english-guide")
    page.goto(f"{base}/{TOWN}/apply/homestead/guest")
    page.locator("[name=who]").first.check()
    page.locator("[name=village]").select_option(label="太平村")
    camera.shoot(page, "english-start")
    page.locator("main form button").last.click()
    page.wait_for_selector("form[data-ready]")
    page.goto(f"{page.url.rsplit('/', 1)[0]}/family")
    page.locator('button[value="add:/household"]').click()
    page.locator(".onward button").last.click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "english-form")
    page.context.close()


def _signed_in(camera: Camera, person: str) -> Page:
    page = camera.page()
    assert isinstance(page, Page)
    page.goto(camera.stack.url + OLD_AGE)
    filing.sign_in(page, person)
    _begin(page)
    return page


def _begin(page: Page) -> None:
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(label="太平村")
    page.get_by_role("button", name=re.compile("开始填表|重新填一份")).click()
    page.wait_for_selector("form[data-ready]")


_HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(3_000)
_STEPS: dict[Any, tuple[str, ...]] = {
    guests: ("sign-in-or-not", "guest-start", "guest-form", "elsewhere", "back", "back-sent", "back-picture",
             "back-picture-used", "guest-review", "discard"),
    interruptions: ("form-other-phone", "form-offline", "form-papers-refused", "expired"),
    too_large: ("error-413",),
    whose: ("whose",),
    verification: ("verify", "verify-unknown"),
    english: ("english-channel", "english-guide", "english-start", "english-form"),
    closed: ("closed", "merged", "merged-form"),
    newer: ("update",),
}  # fmt: skip


def states(camera: Camera) -> None:
    """Every walk of which a picture is asked for."""
    for walk, names in _STEPS.items():
        if not camera.only or any(word in name for word in camera.only for name in names):
            walk(camera)


WALKS = (states,)
