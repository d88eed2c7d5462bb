"""The old-age allowance filed in a real browser at 360 px: with script, without, and with the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accessibility import violations
from attachment_flow import jpeg
from browsing import draw_signature
from old_age_filing import ADDRESS, FORM, begin, sign_in

BANK = {"/bank/holder": "钱七", "/bank/bank_name": "江苏农村商业银行公道支行"}
CARD = "6222020000000000000"
PHOTOS = ("portrait", "id_card", "household_book", "bank_card")
CASE_NO = re.compile(r"321003100[0-9]{13}")


def _next(page: Page, title: str) -> None:
    page.locator(".onward").get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def _picture(name: str, shade: int) -> dict[str, Any]:
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(shade, (600, 800))}


def _pick(page: Page, question: str, shade: int) -> None:
    page.locator(f'input[type=file][name="{question}"]').set_input_files([_picture(question.rpartition("/")[2], shade)])


def _submit(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("看一遍，没错就提交")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="提交成功")).to_be_visible()
    found = CASE_NO.search(page.locator("main").inner_text())
    assert found
    return found.group()


def test_on_a_phone_with_script(stack: Any, open_page: Any) -> None:
    page = open_page("phone")
    sign_in(page, stack.url)
    begin(page)
    assert violations(page) == []
    page.get_by_label("户口本上的地址").fill(ADDRESS)
    page.locator('[name="/applicant/lives_there"][value=false]').check()
    expect(page.get_by_label("组和门牌号")).to_be_visible()
    with page.expect_response("**/save"):
        page.locator('[name="/applicant/lives_there"][value=true]').check()
    expect(page.get_by_label("组和门牌号")).to_be_hidden()
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")
    page.reload()
    expect(page.get_by_label("户口本上的地址")).to_have_value(ADDRESS)
    _next(page, "津贴打到哪里")
    for name, value in BANK.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_label("银行卡（社保卡、一卡通）").check()
    page.get_by_label("银行卡号").fill(CARD)
    _next(page, "拍照上传材料")
    for shade, name in enumerate(PHOTOS):
        _pick(page, f"/materials/{name}", shade)
        expect(page.locator(f'[data-files="/materials/{name}"] [data-file]')).to_have_count(1)
    assert violations(page) == []
    _next(page, "看一遍，签名提交")
    _sign(page)
    page.locator('[name="/consent"][type=checkbox]').check()
    page.locator('[name="/promise"][type=checkbox]').check()
    assert violations(page) == []
    page.locator(".onward").get_by_role("button", name="继续").click()
    assert violations(page) == []
    number = _submit(page)
    assert violations(page) == []
    page.go_back()
    page.reload()
    expect(page.get_by_text(number)).to_be_visible()  # Back never leads to a second filing.
    page.goto(f"{stack.url}/321003100/cases/{number}")
    expect(page.get_by_text("您提交了申请")).to_be_visible()
    assert violations(page) == []
    for address in ("/mine", "/progress", "/321003100/progress"):
        page.goto(stack.url + address)
        assert violations(page) == [], address


def _sign(page: Page) -> None:
    draw_signature(page)
    expect(page.locator('[data-files="/signature"] [data-file]')).to_have_count(1)


def test_on_a_phone_without_script_in_elder_mode(stack: Any, open_page: Any) -> None:
    page = open_page("phone", script=False)
    page.goto(f"{stack.url}/mode/elder?next=/321003100/")
    sign_in(page, stack.url, person="周九")
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    begin(page)
    page.get_by_label("户口本上的地址").fill(ADDRESS)
    page.locator('[name="/applicant/lives_there"][value=true]').check()
    _next(page, "津贴打到哪里")
    for name, value in BANK.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_label("银行卡（社保卡、一卡通）").check()
    _next(page, "津贴打到哪里")
    expect(page.get_by_text("多了几个问题")).to_be_visible()
    page.get_by_label("银行卡号").fill(CARD)
    _next(page, "拍照上传材料")
    for shade, name in enumerate(PHOTOS):
        _pick(page, f"/materials/{name}", shade + 20)
    _next(page, "看一遍，签名提交")
    _pick(page, "/signature", 33)
    page.locator('[name="/consent"][type=checkbox]').check()
    page.locator('[name="/promise"][type=checkbox]').check()
    page.locator(".onward").get_by_role("button", name="继续").click()
    _submit(page)


def test_with_the_keyboard_alone(stack: Any, open_page: Any) -> None:
    page = open_page("phone")
    page.goto(stack.url + FORM)
    _press(page, "去登录")
    expect(page.get_by_role("heading", level=1)).to_contain_text("统一身份认证")
    _press(page, "钱七")
    expect(page.get_by_role("heading", level=1)).to_contain_text("高龄津贴申请")
    _tab_to(page, "#who-0")
    page.keyboard.press("Space")
    _tab_to(page, "#village")
    page.keyboard.press("ArrowDown")
    _onward(page, "老人的情况", "main form:not([data-wipe]) button.button")
    _tab_to(page, ".onward button")
    page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _type(page, "/applicant/registered_address", ADDRESS)
    _choose(page, "/applicant/lives_there")
    _onward(page, "津贴打到哪里")
    for name, value in BANK.items():
        _type(page, name, value)
    _choose(page, "/bank/account_kind")
    _type(page, "/bank/card_number", CARD)
    _onward(page, "拍照上传材料")
    for shade, name in enumerate(PHOTOS):
        _pick_by_key(page, f"/materials/{name}", shade + 50)
    _onward(page, "看一遍，签名提交")
    _choose(page, "/consent")
    _choose(page, "/promise")
    _pick_by_key(page, "/signature", 77)
    _onward(page, "看一遍，没错就提交")
    _tab_to(page, ".onward button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="提交成功")).to_be_visible()


def _type(page: Page, name: str, words: str) -> None:
    if page.evaluate("document.activeElement.name") != name:
        _tab_to(page, f'[name="{name}"]')
    page.keyboard.insert_text(words)


def _choose(page: Page, name: str) -> None:
    _tab_to(page, f'[name="{name}"]')
    page.keyboard.press("Space")


def _pick_by_key(page: Page, name: str, shade: int) -> None:
    _tab_to(page, f'[name="{name}"]')
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([_picture("photo", shade)])
    expect(page.locator(f'[data-files="{name}"] [data-file]')).to_have_count(1)


def _onward(page: Page, title: str, button: str = ".onward button[value=next]") -> None:
    _tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def _tab_to(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def _press(page: Page, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if words in str(
            page.evaluate("document.activeElement.matches('a, button') && document.activeElement.innerText")
        ):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the keyboard does not reach {words}")
