"""代办 over HTTP: a villager's draft filled by the village, a filing begun at the window, and who may do neither."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from attachment_flow import jpeg
from citizen_desk import ACCOUNT, FORM, PHOTOS, START, VILLAGE, WHO
from console_browser import CLERK, Browser
from form_versions import edited, new_question, publish, shelved
from workbench_hall import Hall, make_hall
from xiangtong.forms import versions
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import CITY, Database

PERSON = {"/by_agent": "false", "/applicant/name": "钱七", "/applicant/id_number": "321003194003051288"}
SIGNED = {"/consent": "true", "/promise": "true"}


@pytest.fixture
def hall(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Hall:
    """公道镇."""
    return make_hall(db, keys, tmp_path)


def fill(browser: Browser, draft: str, first: dict[str, str], *more: str) -> None:
    """Every step, as a browser without script posts it."""
    for step, fields in (("who", first), ("account", ACCOUNT)):
        browser.post(f"{draft}/{step}", **fields)
    photos = {
        f"/materials/{name}": (io.BytesIO(jpeg(shade)), f"{name}.jpg") for shade, name in enumerate([*PHOTOS, *more])
    }
    browser.post(f"{draft}/papers", **photos)
    browser.post(f"{draft}/confirm", **SIGNED, **{"/signature": (io.BytesIO(jpeg(90)), "签名.jpg")})


def handed(hall: Hall) -> str:
    """A draft its owner handed to the village; its address in the console."""
    theirs = hall.desk.begin()
    answer = hall.desk.client.post(f"{theirs}/help", data={"village": VILLAGE, "consent": "yes"})
    assert answer.status_code == 303, answer.text
    return f"/agent/{theirs.rpartition('/')[2]}"


def test_the_village_fills_what_was_handed_over_and_files_it_with_consent(hall: Hall) -> None:
    draft = handed(hall)
    keeper = hall.village_keeper()
    assert draft in keeper.get("/agent/")
    assert "这是村民请您帮着填的" in keeper.get(f"{draft}/who")
    assert "有 " in keeper.post(f"{draft}/account", 422, on=f"{draft}/account").text
    fill(keeper, draft, WHO)
    assert "替他提交" in keeper.get(f"{draft}/review")
    assert "先念给本人听" in keeper.post(f"{draft}/review", 422, on=f"{draft}/review").text
    filed = keeper.post(f"{draft}/review", 200, on=f"{draft}/review", agreed="yes").text
    case_no = re.search(r"[0-9]{22}", filed)
    assert keeper.open(f"{draft}/print").mimetype == "application/pdf"
    assert hall.staff(CLERK).open(f"{draft}/print").status_code == 404, "another filed it"
    assert case_no
    assert hall.rows("select channel, state from case_record") == [("agent", "submitted")]
    assert case_no.group() in hall.desk.client.get("/mine").text
    assert draft not in keeper.get("/agent/")


def test_given_back_it_is_the_villager_s_again_and_taken_back_it_is_gone(hall: Hall) -> None:
    draft = handed(hall)
    keeper = hall.village_keeper()
    keeper.post(f"{draft}/give-back", on=f"{draft}/review")
    keeper.get(f"{draft}/who", 404)
    assert hall.rows("select state from draft") == [("open",)]
    assert [row[0] for row in hall.rows("select action from audit_entry where starts_with(action, 'draft.')")] == [
        "draft.given_back"
    ]


def test_a_filing_is_begun_at_the_window_with_consent_and_carries_its_agent(hall: Hall) -> None:
    clerk = hall.staff(CLERK)
    unsaid = clerk.post("/agent/", 422, form=FORM, village=VILLAGE, who="agent").text
    assert "没有本人同意不能代办" in unsaid
    began = clerk.post("/agent/", form=FORM, village=VILLAGE, who="agent", consent="by_phone")
    draft = began.location.removeprefix("/console")
    page = clerk.get(f"{draft}/who")
    assert "孙二" in page
    agent = {"/agent/name": "孙二", "/agent/id_number": "321003198801010016", "/agent/phone": "13800000003"}
    fill(
        clerk,
        draft,
        PERSON | agent | {"/by_agent": "true", "/agent/relation": "village"} | WHO,
        "agent_id_card",
        "authority_letter",
    )
    clerk.post(f"{draft}/review", 200, on=f"{draft}/review", agreed="yes")
    assert hall.rows("select channel, applicant_name, citizen_id from case_record") == [("agent", "钱七", None)]
    (noted,) = hall.rows("select detail from audit_entry where action = 'draft.agency'")
    assert noted == ({"consent": "by_phone", "village": VILLAGE, "form": FORM},)


def test_what_is_typed_saves_itself_and_photos_are_taken_at_once(hall: Hall) -> None:
    clerk = hall.staff(CLERK)
    began = clerk.post("/agent/", form=FORM, village=VILLAGE, who="self", consent="in_person")
    draft = began.location.removeprefix("/console")
    token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.get(f"{draft}/who"))
    assert token
    headers = {"X-CSRFToken": token.group(1), "Accept": "application/json"}
    sent = [{"pointer": "/applicant/name", "value": "钱七", "revision": 0}, {"pointer": "/nothing", "value": "x"}]
    saved = clerk.client.post(f"/console{draft}/save", json=sent, headers=headers)
    assert (saved.status_code, saved.json["problems"]) == (200, {})
    assert 'value="钱七"' in clerk.get(f"{draft}/who")
    picture = {"pointer": "/materials/portrait", "file": (io.BytesIO(jpeg(1)), "a.jpg")}
    taken = clerk.client.post(f"/console{draft}/files", data=picture, headers=headers)
    assert taken.status_code == 201
    assert clerk.client.get(taken.json["url"]).mimetype == "image/jpeg"


def test_nobody_fills_a_draft_of_another_clerk_or_an_unhanded_one(hall: Hall) -> None:
    theirs = hall.desk.begin()
    keeper = hall.village_keeper()
    keeper.get(f"/agent/{theirs.rpartition('/')[2]}/who", 404)
    began = hall.staff(CLERK).post("/agent/", form=FORM, village=VILLAGE, who="self", consent="in_person")
    keeper.get(f"{began.location.removeprefix('/console')}/who", 404)


def test_a_clerk_s_own_filing_moves_to_the_new_version_by_the_same_page(hall: Hall, tmp_path: Path) -> None:
    db, keys = hall.services.db, hall.services.keys
    versioned = Hall(shelved(db, keys, tmp_path), hall.desk)
    clerk = versioned.staff(CLERK)
    draft = clerk.post("/agent/", form=FORM, village=VILLAGE, who="self", consent="in_person").location
    draft = draft.removeprefix("/console")
    page = clerk.get(f"{draft}/who")
    (form,) = re.findall(r'name="_form" value="([^"]+)"', page)
    publish(versioned.services, edited(new_question("more")))
    with db.scope(CITY) as session:
        versions.withdraw(session, code=FORM, number=1)
    versioned.services.library.forget()
    assert clerk.open(f"{draft}/who").location.endswith(f"{draft}/update")
    told = clerk.get(f"{draft}/update")
    assert "旧表已经停用" in told
    assert 'value="stay"' not in told
    assert clerk.post(f"{draft}/review", on=f"{draft}/update", agreed="yes").location.endswith(f"{draft}/update")
    clerk.post(f"{draft}/update", on=f"{draft}/update", choice="move", version="2")
    late = clerk.post(f"{draft}/who", on=f"{draft}/who", _form=form, **PERSON)
    assert late.location.endswith("who?moved=1")
    assert 'value="钱七"' in clerk.get(f"{draft}/who")


def test_two_pages_of_one_draft_see_each_other_s_changes_on_the_console(hall: Hall) -> None:
    clerk = hall.staff(CLERK)
    began = clerk.post("/agent/", form=FORM, village=VILLAGE, who="self", consent="in_person")
    draft = began.location.removeprefix("/console")
    token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.get(f"{draft}/who"))
    assert token
    headers = {"X-CSRFToken": token.group(1), "Accept": "application/json"}
    place = "/applicant/registered_address"
    conflicts = [
        clerk.client.post(
            f"/console{draft}/save", json=[{"pointer": place, "value": words, "revision": 0}], headers=headers
        ).json["conflicts"]
        for words in ("太平村一组1号", "太平村二组2号")
    ]
    assert conflicts == [[], [{"pointer": place, "other": "太平村一组1号"}]]
    page = clerk.get(f"{draft}/who")
    assert "在另一台手机上改过" in page
    clerk.post(f"{draft}/who", on=f"{draft}/who", _action=f"take:{place}")
    assert "太平村一组1号" in clerk.get(f"{draft}/who")


def _begun_on_a_phone(hall: Hall) -> str:
    """What a guest began and left a phone number for; its short code."""
    client = hall.desk.app.test_client()
    draft = client.post(f"{START}/guest", data={"who": "self", "village": VILLAGE}).location
    client.post(f"{draft}/save", json=[{"pointer": "/applicant/name", "value": "李四"}])
    client.post(f"{draft}/elsewhere", data={"phone": "13800138004"})
    found = re.search(r'code-words">([0-9A-Z ]{9})<', client.get(f"{draft}/elsewhere").text)
    assert found
    return found[1]


def test_at_the_counter_a_short_code_and_four_digits_go_on_with_what_was_begun_on_a_phone(hall: Hall) -> None:
    short, clerk = _begun_on_a_phone(hall), hall.staff(CLERK)
    unsaid = clerk.post("/agent/fetch", 422, on="/agent/", code=short, tail="8004").text
    assert "没有本人同意不能看" in unsaid
    told = {"code": short, "seen": "in_person"}
    assert "后四位不对" in clerk.post("/agent/fetch", 422, on="/agent/", tail="8005", **told).text
    began = clerk.post("/agent/fetch", on="/agent/", tail="8004", **told)
    draft = began.location.removeprefix("/console")
    assert 'value="李四"' in clerk.get(f"{draft}/who")
    assert hall.rows("select state, agent_mode from draft") == [("handed", "clerk")]
    noted = hall.rows("select action from audit_entry where starts_with(action, 'draft.fetch') order by id")
    assert noted == [("draft.fetch_refused",), ("draft.fetched",)]


def test_at_the_counter_five_tries_are_all(hall: Hall) -> None:
    short, clerk = _begun_on_a_phone(hall), hall.staff(CLERK)
    told = {"code": short, "seen": "in_person"}
    for _ in range(5):
        assert "后四位不对" in clerk.post("/agent/fetch", 422, on="/agent/", tail="0000", **told).text
    assert "分钟" in clerk.post("/agent/fetch", 422, on="/agent/", tail="8004", **told).text
    assert hall.rows("select state from draft") == [("open",)]
