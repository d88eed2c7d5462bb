"""A whole filing in English: no Chinese but names, places and official titles, which stand beside their English."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from citizen_desk import FORM, START, VILLAGE, WHO, Desk, item_of, make_desk
from door_services import library, make_services
from xiangtong.items.models import Item
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

_CHINESE = re.compile("[\u3007\u4e00-\u9fff，。；：、]+")
# What is said in Chinese on purpose is marked so, and what people or places are called stays what it is.
_MARKED = re.compile(r"<(\w+)[^>]*\b(?<!hre)lang=\"zh-CN\"[^>]*>.*?</\1>", re.S)
_UNSEEN = re.compile(r"<script\b.*?</script>|<head>.*?</head>|<option\b.*?</option>|<[^>]*>", re.S)
_SAID = re.compile(r"\b(?:aria-label|placeholder|alt)=\"([^\"]*)\"")
_PLACES = {"公道镇", "江苏省", "扬州市", "邗江区", "太平村", "钱七", "江苏农村商业银行公道支行", "签名.jpg"}


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    desk = make_desk(make_services(db, keys, tmp_path))
    desk.client.set_cookie("lang", "en")
    return desk


def _chinese(html: str) -> list[str]:
    """What stands in Chinese on a page, names of people and places left out."""
    body = _MARKED.sub(" ", html)
    seen = unescape(" ".join((_UNSEEN.sub(" ", body), *_SAID.findall(body))))
    for name in sorted(_PLACES | set(WHO.values()), key=len, reverse=True):
        seen = seen.replace(name, " ")
    return sorted(set(_CHINESE.findall(seen)))


def _pages_of(desk: Desk, draft: str) -> dict[str, list[str]]:
    """What is in Chinese on every page of an empty draft, as it comes and as it is refused."""
    found = {}
    form = desk.services.library.form(draft.split("/")[3])
    for step in form.plan.steps:
        found[step.id] = _chinese(desk.client.get(f"{draft}/{step.id}").text)
        found[f"{step.id} refused"] = _chinese(desk.client.post(f"{draft}/{step.id}", data={"_action": "next"}).text)
    for page in ("review", "help", "discard"):
        found[page] = _chinese(desk.client.get(f"{draft}/{page}").text)
    return found


def _left(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {page: words for page, words in found.items() if words}


@pytest.mark.parametrize("form", sorted(set(library().forms) - {FORM}))
def test_every_page_of_a_form_is_in_english(desk: Desk, form: str) -> None:
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        session.add(Item(**item_of(1) | {"key": form, "form_code": form, "item_code": f"11321003{form[:12]}"}))
    start = f"/321003100/apply/{form}"
    first = desk.client.get(start).text
    answer = desk.client.post(start, data={"who": "other", "village": VILLAGE})
    assert _left({"start": _chinese(first)} | _pages_of(desk, answer.location)) == {}


def test_the_channel_is_in_english_as_far_as_the_township_did_not_write_it_itself(desk: Desk) -> None:
    at = "/321003100"
    found = {page: _chinese(desk.client.get(f"{at}{page}").text) for page in ("/", "/items", "/contact", "/villages")}
    assert _left(found) == {}


def test_a_whole_filing_is_in_english(desk: Desk) -> None:
    get = desk.client.get
    found = {address: _chinese(get(address).text) for address in (START, "/mine", "/sign-in", "/progress")}
    draft = desk.begin()
    found |= _pages_of(desk, draft)
    found["mine with a draft"] = _chinese(get("/mine").text)
    desk.fill(draft)
    found["review filled"] = _chinese(get(f"{draft}/review").text)
    receipt = desk.client.post(f"{draft}/review", follow_redirects=True).text
    found["receipt"] = _chinese(receipt)
    case = re.search(r'href="(/321003100/cases/\d{22})"', receipt)
    assert case
    assert "Old-age allowance" in get(case[1]).text
    found |= {page: _chinese(get(page).text) for page in (case[1], f"{case[1]}/withdraw", "/mine")}
    asked = desk.client.post("/321003100/progress", data={"number": case[1][-22:], "digits": "1288"})
    found["progress"] = _chinese(asked.text)
    assert _left(found) == {}


def test_this_net_holds() -> None:
    assert _chinese('<p>Name 太平村</p><p lang="zh-CN">高龄津贴</p><i aria-label="好">请填</i>') == ["好", "请填"]
