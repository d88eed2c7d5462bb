"""Filing through the citizen's door without script: nothing is lost, nothing is filed twice, nobody else sees it."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from attachment_flow import jpeg
from citizen_desk import ACCOUNT, FORM, QIAN_QI, START, VILLAGE, WHO, Desk, make_desk, problems, sit_down
from door_services import make_services
from xiangtong.cases.models import CaseRecord
from xiangtong.identity.ports import Claims
from xiangtong.items.models import Item
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import CITY, Database, Scope


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


def test_from_the_first_page_to_the_receipt_without_script(desk: Desk) -> None:
    first = desk.client.get(START)
    assert first.status_code == 200
    assert "近期一寸免冠照片" in first.text
    draft = desk.begin()
    at = desk.client.get(draft)
    assert at.location == f"{draft}/who"
    page = desk.client.get(at.location).text
    assert 'value="钱七"' in page
    assert "来自您的实名登录" in page
    desk.fill(draft)
    review = desk.client.get(f"{draft}/review").text
    assert "江苏省扬州市邗江区公道镇太平村三组12号" in review
    assert "portrait.jpg" in review
    filed = desk.client.post(f"{draft}/review")
    receipt = desk.client.get(filed.location)
    assert receipt.status_code == 200
    assert "提交成功" in receipt.text


def test_double_tap_back_and_retry_give_one_case(desk: Desk) -> None:
    draft = desk.file()
    again = desk.client.post(f"{draft}/review")
    assert again.location == f"{draft}/receipt"
    assert desk.client.get(draft).location == f"{draft}/receipt"
    assert desk.client.get(f"{draft}/who").location == f"{draft}/receipt"
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        assert session.scalar(select(func.count()).select_from(CaseRecord)) == 1


def test_a_step_is_not_left_with_something_wrong_and_keeps_what_was_typed(desk: Desk) -> None:
    draft = desk.begin()
    answer = desk.client.post(f"{draft}/account", data=ACCOUNT | {"/bank/card_number": "62220200"})
    assert answer.status_code == 422
    assert "银行卡号" in problems(answer)
    assert 'value="62220200"' in desk.client.get(f"{draft}/account").text


def test_new_questions_are_shown_before_they_are_missed(desk: Desk) -> None:
    draft = desk.begin()
    answer = desk.client.post(f"{draft}/who", data=WHO | {"/applicant/lives_there": "false"})
    assert answer.status_code == 200
    assert "多了几个问题" in answer.text
    assert "field__problem" not in answer.text
    answer = desk.client.post(f"{draft}/who", data=WHO | {"/applicant/lives_there": "false"})
    assert answer.status_code == 422
    assert "现住址" in problems(answer)


def test_what_is_hidden_again_comes_back_with_its_words(desk: Desk) -> None:
    draft = desk.begin()
    away = WHO | {"/applicant/lives_there": "false", "/applicant/living_address/detail": "扬州市广陵区某小区 1 号"}
    assert [desk.client.post(f"{draft}/who", data=away).status_code for _ in range(2)] == [200, 303]
    assert desk.client.post(f"{draft}/who", data=WHO).status_code == 303
    assert "某小区" in desk.client.get(f"{draft}/who").text


def test_known_answers_cannot_be_changed(desk: Desk) -> None:
    draft = desk.begin()
    desk.client.post(f"{draft}/who", data=WHO | {"/applicant/name": "张三", "/_known": "", "/by_agent": "true"})
    typed = desk.draft(draft).typed.values
    assert (typed["/applicant/name"], typed["/by_agent"]) == ("钱七", "false")


def test_filing_for_somebody_else_fills_in_the_agent(desk: Desk) -> None:
    typed = desk.draft(desk.begin(who="other")).typed.values
    assert (typed["/agent/name"], typed["/by_agent"]) == ("钱七", "true")
    assert "/applicant/name" not in typed
    assert typed["/applicant/village"] == VILLAGE


def test_two_taps_on_begin_make_one_draft(desk: Desk) -> None:
    assert desk.begin() == desk.begin()


def test_begin_says_what_is_missing(desk: Desk) -> None:
    answer = desk.client.post(START, data={})
    assert "给自己办" in problems(answer)
    assert "哪个村" in problems(answer)


def test_an_expired_session_loses_nothing(desk: Desk) -> None:
    draft = desk.begin()
    token = desk.client.get_cookie("xiangtong").value
    desk.client.delete_cookie("xiangtong")
    answer = desk.client.post(f"{draft}/who", data=WHO)
    assert answer.status_code == 401
    assert "登录好会自动接上" in answer.text
    assert "公道镇太平村" not in answer.text
    desk.client.set_cookie("xiangtong", token)
    back = desk.client.get(f"{draft}/who")
    assert back.location.endswith("/who?kept=1")
    page = desk.client.get(back.location).text
    assert "太平村三组12号" in page
    assert "都接上了" in page
    assert desk.client.get_cookie("xt_unsent") is None


def test_another_citizen_cannot_put_their_page_into_my_draft(desk: Desk) -> None:
    draft = desk.begin()
    other = sit_down(desk.services, desk.app, Claims("test", "lisi", "李四", assurance=3))
    assert other.client.post(f"{draft}/who", data=WHO).status_code == 404
    for page in ("", "/who", "/review", "/receipt", "/help", "/helped"):
        assert other.client.get(draft + page).status_code == 404, page
    assert "/applicant/registered_address" not in desk.draft(draft).typed.values


def test_the_script_saves_field_by_field(desk: Desk) -> None:
    draft = desk.begin()
    json = {"Accept": "application/json"}
    one = [{"pointer": "/applicant/phone", "value": "1380013", "revision": 0}]
    answer = desk.client.post(f"{draft}/save", json=one, headers=json).json
    assert answer["revision"] == 1
    assert "位" in answer["problems"]["/applicant/phone"]
    later = [{"pointer": "/applicant/phone", "value": "13800138001", "revision": 0}]
    answer = desk.client.post(f"{draft}/save", json=later, headers=json).json
    assert answer["conflicts"] == [{"pointer": "/applicant/phone", "other": "1380013"}]
    for nonsense in ([], None, 7, [7], [{"pointer": 1, "value": 2}], [{"pointer": "/nothing", "value": "x"}]):
        assert desk.client.post(f"{draft}/save", json=nonsense, headers=json).status_code == 200
    desk.client.delete_cookie("xiangtong")
    assert desk.client.post(f"{draft}/save", json=one, headers=json).status_code == 401


def test_help_is_given_with_consent_and_taken_back(desk: Desk) -> None:
    draft = desk.begin()
    assert "先打勾" in problems(desk.client.post(f"{draft}/help", data={"village": VILLAGE}))
    assert desk.client.post(f"{draft}/help", data={"village": VILLAGE, "consent": "yes"}).location == f"{draft}/helped"
    assert "太平村" in desk.client.get(f"{draft}/helped").text
    assert desk.client.get(f"{draft}/who").location == f"{draft}/helped"
    assert desk.client.post(f"{draft}/who", data=WHO).status_code == 409
    assert desk.client.post(f"{draft}/take-back").location == draft
    assert desk.client.get(f"{draft}/who").status_code == 200


def test_a_photo_that_cannot_be_taken_is_told_at_its_field(desk: Desk) -> None:
    draft = desk.begin()
    data = {"/materials/portrait": (io.BytesIO(b"MZ this is a program"), "照片.exe")}
    answer = desk.client.post(f"{draft}/papers", data=data)
    assert answer.status_code == 422
    assert "照片.exe" in problems(answer)
    assert answer.text.count('href="#f-materials-portrait"') == 1, "it is not told as missing as well"


def test_a_township_that_is_suspended_says_so_and_keeps_the_draft(desk: Desk) -> None:
    draft = desk.begin()
    desk.fill(draft)
    with desk.services.db.scope(CITY) as session:
        session.execute(update(Tenant).where(Tenant.id == 1).values(state="suspended"))
    assert "现在不能网上申请" in desk.client.get(START).text
    assert "现在不能网上申请" in desk.client.post(f"{draft}/review").text
    assert desk.draft(draft).row.state == "open"


@pytest.mark.parametrize(
    "address",
    [
        "/321003100/apply/no-such-form", "/321003108/apply/old-age-allowance", "/000000000/apply/old-age-allowance",
        f"/321003100/apply/{FORM}/00000000-0000-7000-8000-000000000000/who",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(desk: Desk, address: str) -> None:
    assert desk.client.get(address).status_code == 404


def test_whoever_is_not_verified_is_told_where_to_be(desk: Desk) -> None:
    low = sit_down(desk.services, desk.app, Claims("test", "zhaoliu", "赵六", assurance=1))
    answer = low.client.get(START)
    assert answer.status_code == 403
    assert "实名认证" in answer.text


def test_elder_mode_and_language_last(desk: Desk) -> None:
    assert desk.client.get("/mode/elder?next=/mine").location == "/mine"
    assert 'data-mode="elder"' in desk.client.get("/mine").text
    assert desk.client.get("/mode/elder?next=//evil.example/").location == "/"
    assert desk.client.get("/mode/other").status_code == 404
    desk.client.get("/language/en?next=/mine")
    assert '<html lang="en"' in desk.client.get("/mine").text


def test_claims_of_the_demo_are_what_the_page_knows(desk: Desk) -> None:
    assert desk.draft(desk.begin()).typed.values["/applicant/id_number"] == QIAN_QI.id_number


def test_the_photos_of_a_whole_page_may_come_together(desk: Desk) -> None:
    """Two photos of nine megabytes are more than any other page takes; what was typed with them stays."""
    draft = desk.begin()
    heavy = jpeg(5) + bytes(9 * 1024 * 1024)
    data = {f"/materials/{name}": (io.BytesIO(heavy), f"{name}.jpg") for name in ("portrait", "id_card")}
    answer = desk.client.post(f"{draft}/papers", data=data)
    assert answer.status_code == 422
    assert "银行卡" in problems(answer)


def test_a_draft_is_thrown_away_after_one_more_question(desk: Desk) -> None:
    draft = desk.begin()
    assert f'href="{draft}/discard"' in desk.client.get("/mine").text
    assert "找不回来" in desk.client.get(f"{draft}/discard").text
    for _ in range(2):  # A second tap finds it gone.
        assert desk.client.post(f"{draft}/discard").location == "/mine"
    assert draft not in desk.client.get("/mine").text
    assert desk.client.get(f"{draft}/discard").status_code in (303, 404)


def test_the_owner_of_a_case_sees_what_was_handed_in_and_nobody_else_does(desk: Desk) -> None:
    receipt = desk.client.get(f"{desk.file()}/receipt").text
    case = re.search(r'href="(/321003100/cases/\d{22})"', receipt)
    assert case
    files = re.findall(rf'href="({case[1]}/files/[0-9a-f-]+)"', desk.client.get(case[1]).text)
    assert len(files) == 5
    assert desk.client.get(f"{files[0]}?small=1").mimetype == "image/jpeg"
    stranger = sit_down(desk.services, desk.app, Claims("test", "zhangsan", "张三", "id_card", "", "", assurance=3))
    assert stranger.client.get(files[0]).status_code == 404


def test_an_item_without_a_code_is_refused_before_anything_is_filled_in(desk: Desk) -> None:
    draft = desk.begin()
    desk.fill(draft)
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        session.execute(update(Item).where(Item.tenant_id == 1, Item.key == "old-age").values(item_code=None))
    for answer in (desk.client.get(START), desk.client.post(START, data={"who": "self", "village": VILLAGE})):
        assert "这件事暂时不能网上申请" in answer.text
    assert "这件事暂时不能网上申请" in desk.client.post(f"{draft}/review").text
    assert desk.client.get(f"{draft}/review").status_code == 200, "the draft is kept"


def test_a_script_that_is_signed_out_is_told_so(desk: Desk) -> None:
    draft = desk.begin().rpartition("/")[2]
    desk.client.delete_cookie("xiangtong")
    upload = {"pointer": "/materials/portrait", "file": (io.BytesIO(jpeg(3)), "一寸照.jpg")}
    machine = {"Accept": "application/json"}
    answer = desk.client.post(f"/321003100/drafts/{draft}/files", data=upload, headers=machine)
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "SIGNED_OUT")


def test_large_print_is_kept_on_the_way_through_signing_in(desk: Desk) -> None:
    desk.client.delete_cookie("xiangtong")
    page = desk.client.get("/sign-in?next=/mine").text
    assert "/sign-in?next=/sign-in" not in page
    switch = re.search(r'href="(/mode/elder\?[^"]+)"', page)
    assert switch
    assert desk.client.get(unescape(switch[1])).location == "/sign-in?next=/mine"
    page = desk.client.get("/sign-in?next=/mine").text
    assert 'data-mode="elder"' in page
    assert desk.client.get("/mode/elder?next=/sign-in%3Fnext%3D//elsewhere").location == "/sign-in?next=/"
