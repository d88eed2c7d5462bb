"""The window by keyboard, the village on a phone, and both without a script, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

import citizen_desk
from accessibility import violations
from attachment_flow import jpeg
from citizen_desk import Desk
from xiangtong import wiring
from xiangtong.doors.citizen import apply, cases, mode, sign_in, uploads
from xiangtong.doors.shared.frame import create_door
from xiangtong.identity import sessions
from xiangtong.identity.models import Staff
from xiangtong.identity.ports import Claims
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Scope
from xiangtong.wiring import Services

_TOWNSHIP = "321003100"


@pytest.fixture
def services(stack: Any) -> Iterator[Services]:
    """The services of the running demo."""
    built = wiring.build(stack.demo.settings)
    yield built
    built.db.dispose()


def desk_of(services: Services, sub: str) -> Desk:
    """A citizen at the door of 公道镇, in this process but over the demo's rows."""
    app = create_door("journey", services, WTF_CSRF_ENABLED=False)
    for part in (mode, sign_in, uploads, apply, cases):
        app.register_blueprint(part.blueprint)
    claims = Claims("test", sub, "钱七", "id_card", "321003194003051288", "13800138004", assurance=3)
    return citizen_desk.sit_down(services, app, claims)


def signed_in(page: Page, stack: Any, services: Services, staff_no: str) -> Page:
    """The page of somebody of 公道镇 who has signed in (the ways in have journeys of their own)."""
    with services.db.scope(NOBODY) as session:
        tenant_id = session.scalars(select(Tenant.id).where(Tenant.code == _TOWNSHIP)).one()
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        mine = select(Staff).where(Staff.tenant_id == tenant_id, Staff.staff_no == staff_no)
        member = session.scalars(mine).one()
        token = sessions.open_session(session, kind="staff", subject_id=member.id, tenant_id=tenant_id)
    page.context.add_cookies([{"name": "xiangtong_staff", "value": token, "url": stack.url}])
    return page


@pytest.mark.timeout(600)
def test_a_clerk_accepts_and_asks_by_keyboard_alone(stack: Any, services: Services, open_page: Any) -> None:
    desk = desk_of(services, "by-keyboard")
    number = re.search(r"[0-9]{22}", desk.client.get(f"{desk.file()}/receipt").text)
    assert number
    page = signed_in(open_page("desk"), stack, services, "003")
    page.goto(f"{stack.url}/console/desk/")
    assert violations(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#record-title")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(number.group())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{number.group()}$"))
    expect(page.locator("#record-title")).to_contain_text("钱七")
    page.locator("#record").focus()
    page.keyboard.press("a")
    expect(page.locator("#action-title")).to_have_text("受理")
    expect(page.locator("#window")).to_be_focused()
    page.keyboard.type("3 号窗口")
    page.keyboard.press("Enter")
    expect(page.locator("#side")).to_contain_text("已受理")
    page.keyboard.press("b")
    expect(page.locator("#action-title")).to_have_text("一次性告知补正")
    expect(page.locator("#side .pick > input").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("看不清，请重新拍照")
    page.keyboard.press("Enter")
    expect(page.locator("#side")).to_contain_text("已告知申请人补正")
    assert violations(page) == []


@pytest.mark.timeout(600)
def test_the_village_files_on_a_phone_what_a_villager_handed_over(
    stack: Any, services: Services, open_page: Any
) -> None:
    desk = desk_of(services, "handed-over")
    draft = desk.begin()
    answer = desk.client.post(f"{draft}/help", data={"village": citizen_desk.VILLAGE, "consent": "yes"})
    assert answer.status_code == 303
    page = signed_in(open_page("phone"), stack, services, "002")
    page.goto(f"{stack.url}/console/agent/")
    expect(page.get_by_role("heading", name="请我帮着填的")).to_be_visible()
    assert violations(page) == []
    page.locator(f'a[href$="{draft.rpartition("/")[2]}"]').click()
    expect(page.locator("main")).to_contain_text("这是村民请您帮着填的")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    _fill(page, citizen_desk.WHO)
    _fill(page, citizen_desk.ACCOUNT)
    for shade, name in enumerate(citizen_desk.PHOTOS):
        _pick(page, f"/materials/{name}", shade)
    _onward(page)
    for name in ("/consent", "/promise"):
        page.locator(f'[name="{name}"][type=checkbox]').check()
    _pick(page, "/signature", 90)
    _onward(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("念一遍，没错再交")
    assert violations(page) == []
    page.get_by_label("已把上面的内容念给本人听").check()
    page.get_by_role("button", name="替他提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已替他提交")
    assert re.search(r"[0-9]{22}", page.locator("main").inner_text())


@pytest.mark.timeout(600)
def test_without_a_script_a_case_is_refused_with_its_reason(stack: Any, services: Services, open_page: Any) -> None:
    desk_of(services, "no-script").file()
    page = signed_in(open_page("tablet", script=False), stack, services, "003")
    page.goto(f"{stack.url}/console/desk/?show=waiting")
    page.locator("#list .work").first.click()
    page.get_by_role("link", name="不予受理").click()
    page.get_by_role("button", name="不予受理").click()
    expect(page.locator("#side")).to_contain_text("请写清楚，申请人会看到这句话")
    page.get_by_label("理由").fill("不属于本镇")
    page.get_by_role("button", name="不予受理").click()
    expect(page.locator("#side")).to_contain_text("已告知申请人不予受理")


def _fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        field = page.locator(f'[name="{name}"]:not([type=hidden])')
        kind = field.first.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)
    _onward(page)


def _pick(page: Page, name: str, shade: int) -> None:
    picture = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": io.BytesIO(jpeg(shade)).getvalue()}
    page.locator(f'input[type=file][name="{name}"]').set_input_files([picture])
    expect(page.locator(f'[data-files="{name}"] [data-file]')).to_have_count(1)


def _onward(page: Page) -> None:
    before = page.url
    page.locator(".onward").get_by_role("button", name="继续").click()
    expect(page).not_to_have_url(before)
