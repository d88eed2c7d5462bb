"""宅基地申请 as a villager files it on a phone: step by step on a Playwright page, nothing but what a hand can do."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from browsing import draw_signature

CASE_NO = re.compile(r"\d{22}")
ADDRESS = "江苏省扬州市邗江区公道镇太平村三组12号"
FAMILY = (("李四", "321003198801010016", "20"), ("王五", "321002200002291230", "40"))
SITE = {
    "/site/area": "135", "/site/housing_area": "100", "/site/ancillary_area": "35",
    "/site/ancillary_house_area": "12", "/site/address": "公道镇太平村三组", "/site/east": "李家西墙",
    "/site/south": "村路", "/site/west": "水渠", "/site/north": "王家南墙", "/house/floor_area": "240",
    "/house/floors": "2", "/house/height": "9.8", "/reason": "三代人住在一起，老屋漏雨，想建一处新房。",
}  # fmt: skip
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def photo(words: str, shade: int) -> dict[str, Any]:
    """A photograph as a phone hands it over: a small real JPEG."""
    picture = Image.new("RGB", (900, 600), (shade, 120, 140))
    ImageDraw.Draw(picture).rectangle((60, 60, 840, 540), fill=(235, 235, shade), outline=(20, 20, 20), width=6)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def drawing(mark: str = "") -> dict[str, Any]:
    """The builder's drawing, as a PDF; another mark is another file."""
    return {"name": "建房图纸.pdf", "mimeType": "application/pdf", "buffer": _PDF + f"%{mark}\n".encode()}


def heading(page: Page, words: str) -> None:
    """Wait until the page with this title is there."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def find_the_guide(page: Page, url: str) -> None:
    """From the city's page to the guide of the item, by searching one's township."""
    page.goto(url)
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill("公道")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("^公道镇")).first.click()
    heading(page, "今天想办什么事")
    page.get_by_role("link", name=re.compile("宅基地")).first.click()
    expect(page.get_by_role("link", name="现在就办")).to_be_visible()


def sign_in(page: Page, person: str) -> None:
    """From the page that asks to sign in, through the province's, and back."""
    page.get_by_role("link", name="去登录").click()
    page.get_by_role("button", name=re.compile(f"^{person}")).first.click()


def begin(page: Page) -> None:
    """For oneself, in 太平村."""
    heading(page, "宅基地")
    page.get_by_label("给我自己办").check()
    page.get_by_label("要办事的人属于哪个村").select_option(label="太平村")
    page.get_by_role("button", name=re.compile("开始填表|重新填一份")).click()
    heading(page, "户主的情况")


def onward(page: Page, title: str) -> None:
    """Press 继续 and wait for the next page."""
    page.locator(".onward").get_by_role("button", name="继续").click()
    heading(page, title)


def tell_who(page: Page) -> None:
    """The head of the household; name and number came with the sign-in."""
    choose(page, "/by_agent", "false")
    page.locator('[name="/applicant/registered_address"]').fill(ADDRESS)
    choose(page, "/applicant/lives_there", "true")


def tell_family(page: Page) -> None:
    """Two more people: a household of three."""
    for index, (name, number, relation) in enumerate(FAMILY):
        row = f"/household/{index}"
        if not page.locator(f'[name="{row}/name"]').count():
            page.locator('button[value="add:/household"]').click()
        page.locator(f'[name="{row}/name"]').fill(name)
        page.locator(f'[name="{row}/id_number"]').fill(number)
        choose(page, f"{row}/relation", relation)
        choose(page, f"{row}/registered_here", "true")
    choose(page, "/other_homestead", "false")


def tell_present(page: Page) -> None:
    """There is no site yet."""
    choose(page, "/has_current", "false")


def tell_plan(page: Page) -> None:
    """Where, how large, how high."""
    choose(page, "/build_kind", "2")
    choose(page, "/land_class", "1")
    choose(page, "/neighbours_asked", "false")
    for name, words in SITE.items():
        page.locator(f'[name="{name}"]').fill(words)


def hand_in_papers(page: Page) -> None:
    """Two photographs and the drawing."""
    for name, paper in (("id_cards", photo("身份证", 80)), ("household_book", photo("户口本", 160))):
        pick(page, f"/materials/{name}", paper)
    pick(page, "/materials/drawing", drawing())


def sign(page: Page) -> None:
    """The three promises, and a signature drawn with a finger."""
    for name in ("/site_promise", "/consent", "/promise"):
        page.locator(f'[name="{name}"][type=checkbox]').check()
    draw_signature(page)
    expect(page.locator('[data-files="/signature"] [data-file]')).to_have_count(1)


def submit(page: Page) -> str:
    """File what was reviewed; the case number on the receipt."""
    heading(page, "看一遍，没错就提交")
    page.get_by_role("button", name="提交申请").click()
    heading(page, "提交成功")
    found = CASE_NO.search(page.locator("main").inner_text())
    assert found, "the receipt shows a number of 22 digits"
    return found.group()


def choose(page: Page, name: str, value: str) -> None:
    """Press one of several answers."""
    page.locator(f'[name="{name}"][value="{value}"]').check()


def pick(page: Page, name: str, paper: dict[str, Any]) -> None:
    """Choose a file; it is stored as soon as it is chosen."""
    already = page.locator(f'[data-files="{name}"] [data-file]').count()
    page.locator(f'input[type=file][name="{name}"]').set_input_files([paper])
    expect(page.locator(f'[data-files="{name}"] [data-file]')).to_have_count(already + 1)


def saved(page: Page) -> None:
    """Wait until the page says that everything is kept."""
    expect(page.locator("[data-saved]:not([data-pending])")).to_contain_text("已自动保存")


def go_to_papers(page: Page, url: str) -> None:
    """Sign in as 李四 and fill in everything up to the step at which papers are handed in."""
    page.goto(f"{url}/321003100/apply/homestead")
    sign_in(page, "李四")
    begin(page)
    tell_who(page)
    onward(page, "家里有哪些人")
    choose(page, "/other_homestead", "false")
    onward(page, "现在的宅基地")
    tell_present(page)
    onward(page, "想建的房子")
    tell_plan(page)
    onward(page, "拍照上传材料")
