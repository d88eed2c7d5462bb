"""Signing in at the demo provider with a real browser, whose policies no plain client obeys."""

from urllib.parse import urlencode

import httpx
import pytest

from sandbox_sender import Sender, apply_message, running_province

BACK = "http://127.0.0.1:9/back"


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    with running_province(tmp_path_factory.mktemp("province")) as (address, _):
        yield address


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    assert page.complaints == []
    page.close()


def test_one_tap_signs_in_and_leads_back(province, page):
    heard = []
    page.route(BACK + "**", lambda route: (heard.append(route.request.url), route.fulfill(body="back")))
    wish = {
        "client_id": "xiangtong-demo",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
        "state": "s",
    }
    page.goto(f"{province}/oidc/authorize?{urlencode(wish)}")
    page.get_by_role("button", name="王五").click()
    page.wait_for_url(BACK + "**")
    assert "code=" in heard[0]


def test_a_knob_is_turned_on_and_off_by_hand(province, page):
    with httpx.Client(base_url=province, trust_env=False) as client:
        assert Sender(client).post_message(apply_message()).status == 201
    page.goto(province)
    page.get_by_label("故障", exact=True).select_option(label="停机")
    page.get_by_role("button", name="打开").click()
    page.get_by_role("button", name="全部关掉").click()
    assert page.get_by_text("现在一切正常").is_visible()
    page.get_by_role("link", name="3210031002611210000173").click()
    assert page.get_by_role("heading", name="申请").is_visible()
    assert page.locator("html").bounding_box()["width"] <= 390
