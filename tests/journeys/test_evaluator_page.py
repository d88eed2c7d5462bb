"""The form's script on a real page in Chromium: what applies at once, saving, files, signing, one submission."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from browsing import draw
from form_page import Desk, make_app, served
from rendering_form import a_conditional_plan

_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_VIOLATIONS = "axe.run().then((result) => result.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]))"
_SMALL = """(least) => Array.from(document.querySelectorAll("main .input, main .choice, main .button"))
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < least).map((one) => one.outerHTML)"""


@pytest.fixture
def desk() -> Desk:
    """The server's memory."""
    return Desk(plan=a_conditional_plan(), answers={"household": [{}, {}]})


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the page is."""
    with served(make_app(desk)) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page on a small phone, ready; any error or refused script fails the test."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    context.set_default_timeout(8000)
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    opened.goto(address)
    opened.wait_for_selector("form[data-ready]")
    yield opened
    context.close()
    assert not complaints


def test_a_question_appears_as_soon_as_it_applies(page: Page) -> None:
    owner = page.locator('[data-field="/owner"]')
    expect(owner).to_be_hidden()
    page.get_by_label("是", exact=True).check()
    expect(owner).to_be_visible()
    expect(owner.locator(".field__optional")).to_be_hidden()
    page.get_by_label("不是", exact=True).check()
    expect(owner).to_be_hidden()


def test_derived_values_follow_what_is_typed(page: Page) -> None:
    expect(page.locator("#f-total")).to_have_text("0 元")
    page.fill("#f-household-0-wage", "１，２００元")
    page.fill("#f-household-1-wage", "300.5")
    expect(page.locator("#f-total")).to_have_text("1,500.50 元")


def test_every_change_is_saved_by_itself(page: Page, desk: Desk) -> None:
    page.fill("#f-area", "135.5")
    expect(page.locator("[data-saved]")).to_have_text("已自动保存 09:41")
    assert desk.saved == [{"pointer": "/area", "value": "135.5", "revision": 3}]
    # The page goes on saying what it was made with; what is known of each answer since then is said beside it.
    assert page.input_value("[name=_revision]") == "3"
    assert page.evaluate("window.Xiangtong.here.saver.known('/area')") == 4


def test_chosen_boxes_are_saved_as_a_list(page: Page, desk: Desk) -> None:
    page.get_by_label("重病").check()
    page.get_by_label("残疾").check()
    expect(page.locator("[data-saved]")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == ["ill", "disabled"]


def test_the_servers_sentence_stands_at_the_field_and_goes_again(page: Page, desk: Desk) -> None:
    desk.told = {"/phone": "手机号是 11 位，现在是 3 位，还少 8 位"}
    page.fill("#f-phone", "138")
    page.locator("#f-phone").blur()
    expect(page.locator("#f-phone-problem")).to_have_text(desk.told["/phone"])
    expect(page.locator("#f-phone")).to_have_attribute("aria-describedby", re.compile("f-phone-problem"))
    desk.told = {}
    page.fill("#f-phone", "13800138000")
    expect(page.locator("#f-phone-problem")).to_have_count(0)


def test_a_broken_rule_is_told_when_the_question_is_left(page: Page) -> None:
    page.fill("#f-area", "500")
    page.fill("#f-house", "600")
    expect(page.locator("#f-house-problem")).to_have_count(0)
    page.locator("#f-house").blur()
    expect(page.locator("#f-house-problem")).to_have_text("住房用地不能比总面积大")
    page.fill("#f-house", "400")
    expect(page.locator("#f-house-problem")).to_have_count(0)


def test_what_could_not_be_sent_survives_closing_the_page(page: Page, desk: Desk, address: str) -> None:
    desk.status = 503
    page.fill("#f-area", "88")
    expect(page.locator("[data-saved]")).to_have_text("没有网络，已存在这部手机里")
    page.goto("about:blank")
    desk.status = 200
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    expect(page.locator("#f-area")).to_have_value("88")
    expect(page.locator("[data-saved]")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == "88"


def test_a_page_loaded_again_at_once_still_has_what_was_just_typed(page: Page, desk: Desk) -> None:
    page.fill("#f-area", "88")
    page.reload()
    page.wait_for_selector("form[data-ready]")
    expect(page.locator("#f-area")).to_have_value("88")
    expect(page.locator("[data-saved]")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == "88"


def test_a_file_picked_after_the_session_ended_stays_in_hand(page: Page, desk: Desk) -> None:
    desk.status = 401
    paper = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 made up"}
    page.locator("#f-papers").set_input_files(paper)
    line = page.locator("#f-papers-files li")
    expect(line).to_contain_text("登录过期了，这个文件还没有传上去")
    desk.status = 200
    line.get_by_role("button", name="再传一次").click()
    expect(line).to_contain_text("已上传")


def test_with_the_network_back_it_is_sent_at_once(page: Page, desk: Desk) -> None:
    page.context.set_offline(True)
    page.fill("#f-area", "88")
    expect(page.locator("[data-saved]")).to_have_text("没有网络，已存在这部手机里")
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("已自动保存 09:41")
    assert desk.saved[-1]["value"] == "88"


def test_a_draft_changed_elsewhere_stops_saving_and_says_so(page: Page, desk: Desk) -> None:
    desk.status = 409
    page.fill("#f-area", "88")
    expect(page.locator("[data-saved]")).to_have_text("这份表在别处改过，请刷新后接着填")


def test_what_was_typed_on_another_device_is_shown_beside(page: Page, desk: Desk) -> None:
    desk.conflicts = [{"pointer": "/area", "other": "99"}]
    page.fill("#f-area", "88")
    told = page.locator('[data-field="/area"] [data-other]')
    expect(told).to_contain_text("在另一台手机上改过：那边填的是“99”，现在存的是这里填的")
    desk.conflicts = []
    told.get_by_role("button", name="用那边填的").click()
    expect(page.locator("#f-area")).to_have_value("99")
    expect(page.locator("[data-saved]")).not_to_have_attribute("data-pending", "")
    assert desk.saved[-1]["value"] == "99"


def test_a_file_is_sent_as_soon_as_it_is_picked(page: Page, desk: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 " + b"x" * 2000)
    page.set_input_files("#f-papers", paper)
    expect(page.locator('[data-files="/papers"] li')).to_contain_text("已上传")
    assert desk.uploads == [("/papers", "paper.pdf", 2009)]
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"nothing")
    page.set_input_files("#f-papers", bad)
    expect(page.locator('[data-files="/papers"] li.file--problem')).to_contain_text("这个文件打不开，请换一个")


def test_a_large_photo_travels_small(page: Page, desk: Desk, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.effect_noise((2600, 1300), 80).save(photo)
    page.set_input_files("#f-photos", photo)
    expect(page.locator('[data-files="/photos"] li')).to_contain_text("已上传", timeout=15000)
    [(pointer, name, size)] = desk.uploads
    assert (pointer, name) == ("/photos", "photo.jpg")
    assert size < photo.stat().st_size


def test_a_name_is_signed_with_a_finger(page: Page, desk: Desk) -> None:
    page.locator("[data-pen-keep]").click()
    expect(page.locator("#f-sign-problem")).to_have_text("请先在框里写名字")
    draw(page.locator("[data-pen] canvas"))
    page.locator("[data-pen-keep]").click()
    expect(page.locator('[data-files="/sign"] li')).to_contain_text("已上传")
    assert desk.uploads[0][:2] == ("/sign", "签名.png")


def test_a_double_tap_is_one_submission(page: Page, desk: Desk) -> None:
    page.locator(".onward button", has_text="提交").dblclick()
    page.wait_for_url("**/step")
    assert len(desk.posts) == 1
    assert ("_action", "next") in desk.posts[0]


def test_enter_goes_on_and_never_takes_a_row_away(page: Page, desk: Desk) -> None:
    page.press("#f-area", "Enter")
    page.wait_for_url("**/step")
    assert [value for name, value in desk.posts[0] if name == "_action"] == ["next"]


def test_everything_can_be_filled_in_without_script(browser: Browser, desk: Desk, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("是", exact=True).check()
    page.fill("#f-area", "135.5")
    assert page.locator("#f-papers").is_visible()
    page.get_by_role("button", name="再加一位家人").click()
    page.wait_for_url("**/step")
    context.close()
    assert {("/leased", "true"), ("/area", "135.5"), ("_action", "add:/household")} <= set(desk.posts[0])


@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_the_page_has_no_barrier_that_axe_knows(browser: Browser, desk: Desk, address: str, mode: str) -> None:
    desk.mode = mode
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    page.get_by_label("是", exact=True).check()
    page.add_script_tag(path=str(_AXE))
    found = page.evaluate(_VIOLATIONS)
    context.close()
    assert found == []


@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_targets_are_large_and_nothing_is_wider_than_the_phone(
    browser: Browser, desk: Desk, address: str, mode: str
) -> None:
    desk.mode = mode
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    small = page.evaluate(_SMALL, 54 if mode == "standard" else 60)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    context.close()
    assert (small, wide) == ([], 0)
