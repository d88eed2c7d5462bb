"""The walks of tools/screens.py past a village's work on a phone, the keeping of forms, and messages that stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

import citizen_desk
import homestead_filing as filing
import window
from awaiting import until
from xiangtong.forms.library import Library
from xiangtong.interchange.package import Signer, seal_package

Camera = Any  # tools/screens.Camera: these modules are its parts.
FORM = "old-age-allowance"
_FORMS = Path(__file__).resolve().parents[1] / "form_schemas"
_WHOSE = {"/applicant/name": "李四", "/applicant/id_number": "321003194003051288"} | citizen_desk.WHO
_NAMES = (
    "agent", "agent-start", "agent-step", "agent-review", "agent-filed", "agent-update", "notice-written",
    "notice-review", "notice-bad", "notice-published", "console-notices", "places", "place", "forms", "forms-draft",
    "forms-difference", "forms-sheet", "forms-preview", "forms-versions", "forms-import", "forms-report",
    "forms-package", "kept", "kept-sign-in",

    "push-parked", "push-cause", "push-message", "push-tried", "push-replayed", "home-village",
)  # fmt: skip
#: A pair of react-jsonschema-form, as its users keep them: one question is named badly, one widget has no place here.
_PAIR = {
    "schema": {
        "title": "村民小组长推荐表", "type": "object", "required": ["who", "group"],
        "properties": {
            "who": {"type": "string", "title": "推荐谁"},
            "group": {"type": "integer", "title": "第几组", "minimum": 1, "maximum": 40},
            "reasons": {
                "type": "array", "title": "理由", "maxItems": 3,
                "items": {"type": "object", "properties": {"why": {"type": "string", "title": "一条理由"}}},
            },
        },
    },
    "ui": {"who": {"ui:placeholder": "姓名"}, "group": {"ui:widget": "updown"}, "ui:order": ["group", "who", "reasons"]},
}  # fmt: skip


def village(camera: Camera) -> None:
    """A village on a phone, what the township does with its notice, a new version of a form, a message that stops."""
    if camera.only and not any(word in name for word in camera.only for name in _NAMES):
        return
    page = camera.page()
    window.sign_in_by_phone(page, camera.stack.url, "13800000002")
    camera.shoot(page, "home-village")
    _refuse_the_next(camera)
    _file_for_somebody(camera, page)
    half = _begin(camera, page)
    _write_a_notice(camera, page)
    _administrator(camera)
    _new_version(camera)
    page.goto(half)
    filing.heading(page, "这张表有更新")
    camera.shoot(page, "agent-update")
    page.context.close()
    _stopped(camera)


def _refuse_the_next(camera: Camera) -> None:
    """The province will not take the next message."""
    knob = {"kind": "status", "statuses": [413], "scope": "messages", "count": 1}
    httpx.post(f"{camera.stack.province}/_faults", json=knob, trust_env=False).raise_for_status()


def _begin(camera: Camera, page: Page) -> str:
    """Begin for somebody who sits beside; the address of the first page."""
    page.goto(f"{camera.stack.url}/console/agent/")
    page.get_by_label("办哪一项").select_option(label="高龄津贴申领")
    page.get_by_label("在场，我替他打字").check()
    page.get_by_label("当面同意").check()
    page.get_by_role("button", name="开始填").click()
    filing.heading(page, "老人的情况")
    return page.url


def _file_for_somebody(camera: Camera, page: Page) -> None:
    page.goto(f"{camera.stack.url}/console/agent/")
    camera.shoot(page, "agent")
    page.get_by_role("button", name="开始填").click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "agent-start")
    _begin(camera, page)
    _fill(page, _WHOSE)
    camera.shoot(page, "agent-step")
    filing.onward(page, "津贴打到哪里")
    _fill(page, citizen_desk.ACCOUNT | {"/bank/holder": "李四"})
    filing.onward(page, "拍照上传材料")
    for shade, name in enumerate(citizen_desk.PHOTOS):
        filing.pick(page, f"/materials/{name}", filing.photo(name, 60 + 30 * shade))
    filing.onward(page, "看一遍，签名提交")
    for name in ("/consent", "/promise"):
        page.locator(f'[name="{name}"][type=checkbox]').check()
    filing.pick(page, "/signature", filing.photo("签名", 90))
    filing.onward(page, "念一遍，没错再交")
    camera.shoot(page, "agent-review")
    page.get_by_label("已把上面的内容念给本人听").check()
    page.get_by_role("button", name="替他提交").click()
    filing.heading(page, "已替他提交")
    camera.shoot(page, "agent-filed")


def _fill(page: Page, answers: dict[str, str]) -> None:
    """Answer what the page asks; it may not ask everything of somebody who sits beside."""
    for name, value in answers.items():
        field = page.locator(f'main form [name="{name}"]:not([type=hidden])')
        if not field.count():
            continue
        kind = field.first.evaluate("one => one.type")
        if kind == "radio":
            filing.choose(page, name, value)
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def _write_a_notice(camera: Camera, page: Page) -> None:
    page.goto(f"{camera.stack.url}/console/notices/new")
    page.get_by_label("标题").fill("下周二测血压，请老人带上医保卡")
    page.get_by_label("正文").fill("下周二上午八点到十点，村卫生室免费测血压。\n行动不便的，打电话给代办员，上门来测。")
    _signed_out_meanwhile(camera, page)
    camera.shoot(page, "notice-written")
    page.get_by_role("button", name="交给乡镇审核").click()
    expect(page.locator("main")).to_contain_text("已交给乡镇审核")


def _signed_out_meanwhile(camera: Camera, page: Page) -> None:
    """The session ends while somebody writes: what they wrote waits until they have signed in again."""
    held = [one for one in page.context.cookies() if one["name"] == "xiangtong_staff"]
    page.context.clear_cookies(name="xiangtong_staff")
    page.get_by_role("button", name="保存，看看效果").click()
    expect(page.locator("main")).to_contain_text("刚才写的都留着")
    camera.shoot(page, "kept-sign-in")
    page.context.add_cookies(held)
    page.goto(f"{camera.stack.url}/console/kept/")
    camera.shoot(page, "kept")
    page.get_by_role("button", name="接着交").click()


def _administrator(camera: Camera) -> None:
    """The township's administrator: halls, and the notice that waits."""
    page, url = camera.page(), camera.stack.url
    window.sign_in_with_authenticator(page, url, window.ADMIN)
    page.goto(f"{url}/console/places/")
    camera.shoot(page, "places")
    page.locator("main a.row").first.click()
    camera.shoot(page, "place")
    page.goto(f"{url}/console/notices/")
    camera.shoot(page, "console-notices")
    page.locator("main a.row", has_text="测血压").click()
    camera.shoot(page, "notice-review")
    page.get_by_role("button", name="发布", exact=True).click()
    page.locator("#problems").wait_for()
    camera.shoot(page, "notice-bad")
    page.get_by_label("已做保密审查").check()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布，群众现在就能看到")
    camera.shoot(page, "notice-published")
    page.context.close()


def _new_version(camera: Camera) -> None:
    """The city's keeper of forms: a draft, what it changes, whom it meets half-way, and out it goes."""
    page, url = camera.page(), camera.stack.url
    window.sign_in_with_authenticator(page, url, window.OPERATOR)
    page.goto(f"{url}/console/forms/")
    camera.shoot(page, "forms")
    _upload(page, "#form-file", _newer())
    page.get_by_role("button", name="存成草稿").click()
    expect(page.locator("main")).to_contain_text("检查过了，没有问题")
    camera.shoot(page, "forms-draft")
    page.get_by_role("link", name="改了什么").first.click()
    camera.shoot(page, "forms-difference")
    page.goto(f"{url}/console/forms/{FORM}/preview/draft")
    camera.shoot(page, "forms-preview")
    page.goto(f"{url}/console/forms/{FORM}/sheet")
    page.get_by_role("button", name="开始数").click()

    def counted() -> bool:
        page.goto(f"{url}/console/forms/{FORM}/sheet")
        return page.get_by_role("button", name="发布", exact=True).count() == 1

    until(counted, "every township is counted", 120)
    camera.shoot(page, "forms-sheet")
    page.get_by_label("为什么改").fill("银行名称写全，少退单")
    page.get_by_role("button", name="发布", exact=True).click()
    camera.shoot(page, "forms-versions")
    page.goto(f"{url}/console/interchange/")
    camera.shoot(page, "forms-import")
    _upload(page, "#form-file", _PAIR["schema"])
    _upload(page, "#ui", _PAIR["ui"])
    page.locator("#code").fill("group-leader")
    page.get_by_role("button", name="看报告").click()
    expect(page.locator("main")).to_contain_text("存成草稿")
    camera.shoot(page, "forms-report")
    page.goto(f"{url}/console/interchange/")
    page.locator("#form-file").set_input_files([_package(camera)])
    page.get_by_role("button", name="看报告").click()
    expect(page.locator("main")).to_contain_text("路上没有被改过")
    camera.shoot(page, "forms-package")
    page.context.close()


def _package(camera: Camera) -> Any:
    """The form as a city signs it with SM2; the demo knows its own key."""
    signer = Signer.from_settings(replace(camera.stack.demo.settings, package_algorithm="sm2"))
    text = seal_package(Library.from_folder(_FORMS).form(FORM), sample={}, signer=signer)
    return {"name": f"{FORM}.xtform", "mimeType": "text/plain", "buffer": text.encode()}


def _newer() -> dict[str, Any]:
    """The form as it stands, with another name for one question and one question more."""
    source: dict[str, Any] = json.loads((_FORMS / FORM / "form.json").read_text(encoding="utf-8"))
    source["properties"]["bank"]["x-label"] = "津贴打到哪个银行账户"
    source["properties"]["branch_phone"] = {
        "type": "string", "maxLength": 20, "x-kind": "text", "title": "银行网点电话", "x-label": "银行网点的电话",
        "x-hint": "存折上有，不知道就不填",
    }  # fmt: skip
    source["x-steps"][1]["ask"].append("/branch_phone")
    return source


def _upload(page: Page, field: str, value: object) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    page.locator(field).set_input_files([{"name": "form.json", "mimeType": "application/json", "buffer": data}])


def _stopped(camera: Camera) -> None:
    """The operator and the message that stopped."""
    page, url = camera.page(), camera.stack.url
    window.sign_in_with_authenticator(page, url, window.OPERATOR)
    page.goto(f"{url}/console/city/push/")
    camera.shoot(page, "push-parked")
    page.get_by_role("link", name="看这些").click()
    camera.shoot(page, "push-cause")
    page.locator("#parked tbody a").first.click()
    camera.shoot(page, "push-message")
    page.get_by_role("link", name="按现在的映射试一下").click()
    camera.shoot(page, "push-tried")
    page.get_by_role("button", name="原样重发").click()
    expect(page.locator("main")).to_contain_text("已经重新排上队")
    camera.shoot(page, "push-replayed")
    page.context.close()


WALKS = (village,)
