"""The main journey, end to end: filed on a phone, handled at the window, held by the province, killed in between."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select

import homestead_filing as filing
import window
from accessibility import violations
from awaiting import until
from demo_stack import Stack
from xiangtong import wiring
from xiangtong.ledger.models import Receipt
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Scope

#: Everything that happens to the case, in order, as the contract names it.
TOLD = ["apply", "supplement_notice", "supplement", "accept", "step", "step", "step", "decide", "deliver"]
STEPS = (("村里审查", "情况属实，已公示"), ("联审踏勘", "现场看过，符合村庄规划"), ("乡镇审核", "同意"))
_TOWN = "321003100"
_PAPER = b"%PDF-1.7\n" + b"made up for a journey\n" * 40

Opener = Callable[..., Page]


def walk(stack: Stack, open_page: Opener) -> str:
    """The whole way; the case number. Nothing is lost although every process is killed at least once."""
    with _violations_seen() as seen:
        number = _file(stack, open_page, seen)
        citizen, clerk = open_page("phone"), open_page("desk")
        _look_in(citizen, stack, number)
        window.sign_in(clerk, stack.url, window.CLERK)
        _ask_and_supply(stack, citizen, clerk, seen)
        _handle(stack, citizen, clerk, open_page("desk"))
        _prints(citizen, number)
    assert_province_holds(stack, number, TOLD)
    _assert_page_shows_all(stack, open_page("desk"), number)
    return number


def _file(stack: Stack, open_page: Opener, seen: Callable[[Page], None]) -> str:
    """Found, begun, left half-way, the server killed, gone on with on a new browser, filed while the province is dead."""
    page = open_page("phone")
    filing.find_the_guide(page, stack.url)
    seen(page)
    page.get_by_role("link", name="现在就办").click()
    filing.sign_in(page, "张三")
    filing.begin(page)
    filing.tell_who(page)
    filing.onward(page, "家里有哪些人")
    filing.tell_family(page)
    filing.saved(page)
    page.context.close()
    stack.kill("web", "worker")
    stack.start("web", "worker")
    page = open_page("phone")
    _resume(page, stack)
    expect(page.locator('[name="/household/1/name"]')).to_have_value(filing.FAMILY[1][0])
    seen(page)
    return _file_the_rest(stack, page, seen)


def _resume(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/mine")
    filing.sign_in(page, "张三")
    page.get_by_role("link", name="接着填").first.click()
    filing.heading(page, "家里有哪些人")


def _file_the_rest(stack: Stack, page: Page, seen: Callable[[Page], None]) -> str:
    filing.onward(page, "现在的宅基地")
    filing.tell_present(page)
    filing.onward(page, "想建的房子")
    filing.tell_plan(page)
    seen(page)
    filing.onward(page, "拍照上传材料")
    filing.hand_in_papers(page)
    seen(page)
    stack.kill("worker", "province")
    filing.onward(page, "看一遍，签名提交")
    filing.sign(page)
    filing.onward(page, "看一遍，没错就提交")
    seen(page)
    number = filing.submit(page)
    seen(page)
    page.context.close()
    stack.start("worker", "province")
    return number


def _look_in(page: Page, stack: Stack, number: str) -> None:
    """The citizen on a third browser: signed in, at the page of the case."""
    page.goto(f"{stack.url}/{_TOWN}/cases/{number}")
    filing.sign_in(page, "张三")
    expect(page.get_by_text("您提交了申请")).to_be_visible()


def _ask_and_supply(stack: Stack, citizen: Page, clerk: Page, seen: Callable[[Page], None]) -> None:
    window.open_case(clerk, "张三")
    seen(clerk)
    window.begin(clerk, "一次性告知补正")
    seen(clerk)
    clerk.locator('[name=pick][value="/materials/household_book"]').check()
    clerk.locator('[name="why:/materials/household_book"]').fill("户口本只拍了首页，请把家人那几页也拍上来")
    window.finish(clerk, "一次性告知补正", "已告知申请人补正")
    citizen.reload()
    expect(citizen.get_by_role("heading", name="请补充这些")).to_be_visible()
    expect(citizen.locator("main")).to_contain_text("请把家人那几页也拍上来")
    seen(citizen)
    citizen.get_by_role("button", name="现在补充").click()
    filing.heading(citizen, "拍照上传材料")
    filing.pick(citizen, "/materials/household_book", filing.photo("户口本内页", 200))
    seen(citizen)
    citizen.locator(".onward").get_by_role("button", name="继续").click()
    _send_supplement(citizen)
    expect(citizen.get_by_text("您补充了材料")).to_be_visible()


def _send_supplement(page: Page) -> None:
    """Through what is left of the pages to the one that sends."""
    filing.heading(page, "看一遍")
    if "签名提交" in page.get_by_role("heading", level=1).inner_text():
        page.locator(".onward").get_by_role("button", name="继续").click()
        filing.heading(page, "看一遍，没错就提交")
    page.get_by_role("button", name="提交补充的材料").click()


def _handle(stack: Stack, citizen: Page, clerk: Page, reviewer: Page) -> None:
    window.open_case(clerk, "张三")
    window.act(clerk, "受理", "已受理", window="3 号窗口")
    _sees(citizen, "已受理，开始办理")
    stack.kill("web", "worker", "province")
    stack.start("province", "worker", "web")
    for name, opinion in STEPS:
        window.act(clerk, "记录环节", "环节已记下", step_name=name, result="pass", opinion=opinion)
        _sees(citizen, opinion)
    window.sign_in(reviewer, stack.url, window.REVIEWER)
    window.open_case(reviewer, "张三")
    _decide_with_a_paper(citizen, reviewer)
    clerk.reload()
    window.act(clerk, "送达", "已记下送达", method="window")
    _sees(citizen, "结果已经送出")
    expect(citizen.locator("main")).not_to_contain_text("评价")  # Rating comes later; nothing is promised before.


def _decide_with_a_paper(citizen: Page, reviewer: Page) -> None:
    """The decision goes out with its paper, which waits while the form is not complete; the citizen saves it unchanged."""
    window.begin(reviewer, "办结")
    reviewer.locator("#results").set_input_files({"name": "批复.pdf", "mimeType": "application/pdf", "buffer": _PAPER})
    reviewer.locator("#side").get_by_role("button", name="先加上文件").click()
    expect(reviewer.locator("#side")).to_contain_text("批复.pdf")
    assert violations(reviewer) == []
    reviewer.locator("#side [name=result]").select_option("granted")
    window.finish(reviewer, "办结", "已办结")
    _sees(citizen, "办理有结果了")
    with citizen.expect_download() as saved:
        citizen.get_by_role("link", name="批复.pdf").click()
    assert Path(saved.value.path()).read_bytes() == _PAPER


def _prints(citizen: Page, number: str) -> None:
    """The citizen downloads the official sheet: whole, decided, and with a way to prove it."""
    address = citizen.get_by_role("link", name="打印申请表").get_attribute("href")
    answer = citizen.request.get(f"{citizen.url.partition('/32')[0]}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    words = "".join("".join(page.extract_text().split()) for page in pages)
    for part in (number, "张三", "办理结果", "准予", "核验码"):
        assert part in words, part


def _sees(citizen: Page, words: str) -> None:
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text(words)


def assert_province_holds(stack: Stack, number: str, types: list[str]) -> None:
    """Every event is there once, in order, and each digest and chain is the one we computed and kept."""
    address = f"{stack.province}/_state/cases/{number}"
    until(lambda: _held(address) == types, f"{number} at the province", 240)
    theirs = httpx.get(address, trust_env=False).json()
    until(lambda: len(receipts(stack, number)) == len(types), f"receipts of {number}", 240)
    assert [(one["digest"], one["chain"], one["receipt_no"]) for one in theirs] == receipts(stack, number)


def receipts(stack: Stack, number: str) -> list[tuple[str, str, str]]:
    """(digest, chain, receipt) of every event of the case, as our ledger keeps them."""
    services = wiring.build(stack.demo.settings)
    try:
        with services.db.scope(Scope(tenant_id=tenant_of(services, number[:9]))) as session:
            mine = select(Receipt.digest, Receipt.chain, Receipt.receipt_no).where(Receipt.case_no == number)
            return [tuple(row) for row in session.execute(mine.order_by(Receipt.seq))]
    finally:
        services.db.dispose()


def tenant_of(services: wiring.Services, code: str = _TOWN) -> int:
    """The number of a township in this demo; 公道镇 where none is named."""
    with services.db.scope(NOBODY) as session:
        return session.scalars(select(Tenant.id).where(Tenant.code == code)).one()


def _held(address: str) -> list[str]:
    answer = httpx.get(address, trust_env=False)
    return [one["body"]["type"] for one in answer.json()] if answer.status_code == 200 else []


def _assert_page_shows_all(stack: Stack, page: Page, number: str) -> None:
    page.goto(stack.province)
    page.get_by_role("link", name=number).click()
    expect(page.locator(".stream > li")).to_have_count(len(TOLD))
    assert violations(page) == []


@contextmanager
def _violations_seen() -> Iterator[Callable[[Page], None]]:
    """Collect the accessibility violations of every page that is looked at, and tell them all at the end."""
    found: list[str] = []
    yield lambda page: found.extend(f"{page.url}: {one}" for one in violations(page))
    assert found == []
