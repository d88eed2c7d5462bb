"""A phone in a village: no network, pages loaded again, a photo picked meanwhile. Everything is there, nothing is sent twice."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from attachment_flow import jpeg
from old_age_filing import ADDRESS, begin, sign_in

# What lies on the device in clear: the names in Cache Storage, and every text in IndexedDB and beside it.
_KEPT = """async () => {
  const names = [];
  for (const cache of await caches.keys())
    for (const request of await (await caches.open(cache)).keys()) names.push(new URL(request.url).pathname);
  const open = indexedDB.open("xiangtong");
  await new Promise((done) => { open.onsuccess = done; });
  const rows = Object.values(localStorage);
  for (const store of open.result.objectStoreNames) {
    const all = open.result.transaction(store).objectStore(store).getAll();
    await new Promise((done) => { all.onsuccess = done; });
    all.result.forEach((row) => rows.push(JSON.stringify(row, (name, value) =>
      value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value)));
  }
  open.result.close();
  return { names, rows };
}"""
# More than a browser sends for a page that is being left: it is saved all the same.
_VERY_LONG = "(box) => { box.value = '长'.repeat(30000); box.dispatchEvent(new Event('input', { bubbles: true })); }"
_WORKER_KEEPS = """async () => {
  const open = indexedDB.open("xiangtong");
  await new Promise((done) => { open.onsuccess = done; });
  const found = [];
  if (open.result.objectStoreNames.contains("pages")) {
    const keys = open.result.transaction("pages").objectStore("pages").getAllKeys();
    await new Promise((done) => { keys.onsuccess = done; });
    found.push(...keys.result);
  }
  open.result.close();
  return found.includes(location.pathname);
}"""


# The phone's clock was a year ahead (or behind) while this was typed, and has been put right since.
_A_YEAR_OFF = "(years) => { const now = Date.now; Date.now = () => now() + years * 31536000000; }"
# A page may be gone before what it seals in the background is written.
_NOTHING_WAS_WRITTEN = """async () => {
  const open = indexedDB.open("xiangtong");
  await new Promise((done) => { open.onsuccess = done; });
  const cleared = open.result.transaction("unsent", "readwrite").objectStore("unsent").clear();
  await new Promise((done) => { cleared.onsuccess = done; });
  open.result.close();
}"""


def _ready(page: Page) -> None:
    page.wait_for_selector("form[data-ready]")


def _no_network(page: Page, *, off: bool) -> BrowserContext:
    page.context.set_offline(off)
    return page.context


def test_without_network_everything_typed_is_there_and_goes_up_later(stack: Any, open_page: Any) -> None:
    page = open_page("phone")
    sign_in(page, stack.url)
    begin(page)
    _ready(page)
    page.wait_for_function(_WORKER_KEEPS)
    with page.expect_response("**/save"):
        page.get_by_label("户口本上的地址").evaluate(_VERY_LONG)
    with page.expect_response("**/save"):
        page.get_by_label("户口本上的地址").fill(ADDRESS)
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")
    here, context = page.url, _no_network(page, off=True)
    page.locator('[name="/applicant/lives_there"][value=false]').check()
    page.get_by_label("组和门牌号").fill("扬州市广陵区 1 号")
    page.reload()
    _ready(page)
    expect(page.get_by_label("户口本上的地址")).to_have_value(ADDRESS)  # Sent after the page that is kept was made.
    expect(page.get_by_label("组和门牌号")).to_have_value("扬州市广陵区 1 号")  # Never sent.
    page.evaluate(_NOTHING_WAS_WRITTEN)
    page.reload()
    _ready(page)
    expect(page.get_by_label("组和门牌号")).to_have_value("扬州市广陵区 1 号")  # Written at once as the page was left.
    page.locator(".onward").get_by_role("button", name="继续").click()  # Without network this loses nothing either.
    _ready(page)
    _what_no_key_opens_is_passed_over(page)
    page.close()
    page = context.new_page()  # Closed and opened again, as the phone does when memory is short.
    page.goto(here)
    _ready(page)
    expect(page.get_by_label("组和门牌号")).to_have_value("扬州市广陵区 1 号")
    expect(page.locator("[data-saved]")).to_contain_text("没有网络")
    _nothing_in_clear(page)
    with page.expect_response("**/save") as saved:
        _no_network(page, off=False)
    assert saved.value.ok
    page.reload()
    _ready(page)
    expect(page.locator("html[data-offline]")).to_have_count(0)
    expect(page.get_by_label("组和门牌号")).to_have_value("扬州市广陵区 1 号")
    for years in (1, -1):
        page = _clock_is_put_right(page, years)
    _photo_waits(page)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="您已经退出")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def _clock_is_put_right(page: Page, years: int) -> Page:
    """What waits is sent, however old the clock of the phone makes it."""
    here, context, house = page.url, _no_network(page, off=True), f"扬州市广陵区 {years + 3} 号"
    page.evaluate(_A_YEAR_OFF, years)
    page.get_by_label("组和门牌号").fill(house)
    expect(page.locator("[data-saved]")).to_contain_text("没有网络")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    with page.expect_response("**/save") as saved:
        page.goto(here)
    assert saved.value.ok
    page.reload()
    _ready(page)
    expect(page.get_by_label("组和门牌号")).to_have_value(house)
    return page


def _nothing_in_clear(page: Page) -> None:
    kept = page.evaluate(_KEPT)
    assert kept["names"], "nothing is kept"
    assert all(name.startswith(("/static/", "/forms/")) for name in kept["names"]), kept["names"]
    assert kept["rows"]
    assert not [
        row for row in kept["rows"] for secret in ("钱七", ADDRESS, "321003194003051288", "广陵") if secret in row
    ]


def _what_no_key_opens_is_passed_over(page: Page) -> None:
    page.evaluate("""() => {
      const place = "parting/" + document.querySelector("[data-draft]").dataset.draft;
      localStorage.setItem(place, JSON.stringify({ at: Date.now(), iv: "AAAAAAAAAAAAAAAA", sealed: "AAAA" }));
    }""")
    page.reload()
    _ready(page)


def _photo_waits(page: Page) -> None:
    """A photo picked without network is there after the page was loaded again, and arrives once."""
    page.goto(page.url.rpartition("/")[0] + "/papers")
    _ready(page)
    page.wait_for_function(_WORKER_KEEPS)
    _no_network(page, off=True)
    files = page.locator('[data-files="/materials/portrait"] li')
    picture = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg(7, (600, 800))}
    page.locator('input[type=file][name="/materials/portrait"]').set_input_files([picture])
    expect(files.get_by_role("button", name="再传一次")).to_be_visible()
    page.reload()
    _ready(page)
    expect(files.get_by_role("button", name="再传一次")).to_be_visible()
    _no_network(page, off=False)
    expect(files.and_(page.locator("[data-file]"))).to_have_count(1)
    page.reload()
    _ready(page)
    expect(files).to_have_count(1)


def test_two_phones_on_one_draft_show_each_other(stack: Any, open_page: Any) -> None:
    first, second = open_page("phone"), open_page("phone")
    sign_in(first, stack.url)
    begin(first)
    _ready(first)
    second.context.add_cookies(first.context.cookies())
    second.goto(first.url)
    _ready(second)
    with first.expect_response("**/save"):
        first.get_by_label("户口本上的地址").fill("公道镇太平村一组1号")
    with second.expect_response("**/save"):
        second.get_by_label("户口本上的地址").fill("公道镇太平村二组2号")
    told = second.locator('[data-field="/applicant/registered_address"] [data-other]')
    expect(told).to_contain_text("在另一台手机上改过：那边填的是“公道镇太平村一组1号”")
    second.reload()
    expect(second.get_by_text("在另一台手机上改过")).to_be_visible()
    second.get_by_role("button", name="用那边填的").click()
    expect(second.get_by_text("在另一台手机上改过")).to_have_count(0)
    expect(second.get_by_label("户口本上的地址")).to_have_value("公道镇太平村一组1号")
