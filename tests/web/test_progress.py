"""What became of a filing: my list, one case, supply what was asked, withdraw; and asking without signing in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from citizen_desk import Desk, make_desk, problems, sit_down, statements
from door_services import make_services
from makers import CLERK
from xiangtong.cases.citizen import cases_of
from xiangtong.cases.jobs import expire_supplements
from xiangtong.cases.record import open_to_move
from xiangtong.cases.supplements import Asked, ask_supplement
from xiangtong.cases.window import accept
from xiangtong.identity.ports import Claims
from xiangtong.kernel import clock
from xiangtong.tenancy import known
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


@pytest.fixture
def filed(desk: Desk) -> str:
    """The address of a case of this citizen."""
    desk.file()
    with desk.services.db.scope(Scope(citizen_id=desk.citizen_id)) as session:
        (pointer,) = cases_of(session, citizen_id=desk.citizen_id)
    return f"/321003100/cases/{pointer.case_no}"


def _ask(desk: Desk, case_id: UUID) -> None:
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        case = open_to_move(session, keys=desk.services.keys, tenant_id=1, case_id=case_id)
        asked = Asked("户口本上的地址", "少写了门牌号", pointer="/applicant/registered_address")
        ask_supplement(session, case=case, actor=CLERK, asked=[asked])


def _case_id(desk: Desk) -> UUID:
    with desk.services.db.scope(Scope(citizen_id=desk.citizen_id)) as session:
        return cases_of(session, citizen_id=desk.citizen_id)[0].case_id


def test_my_list_leads_to_my_case(desk: Desk, filed: str) -> None:
    assert filed in desk.client.get("/mine").text
    page = desk.client.get(filed).text
    assert "已提交，等工作人员看" in page
    assert "您提交了申请" in page
    assert "太平村三组12号" not in page, "what is sensitive stays masked once it is filed"
    assert "321003194003051288" not in page


def test_the_clerk_accepts_and_the_applicant_sees_it(desk: Desk, filed: str) -> None:
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        case = open_to_move(session, keys=desk.services.keys, tenant_id=1, case_id=_case_id(desk))
        accept(session, case=case, actor=CLERK)
    page = desk.client.get(filed).text
    assert "正在办理" in page
    assert "前办完" in page


def test_what_was_asked_is_supplied_on_the_form(desk: Desk, filed: str) -> None:
    _ask(desk, _case_id(desk))
    page = desk.client.get(filed).text
    assert "少写了门牌号" in page
    at = desk.client.post(f"{filed}/supply").location
    assert at.endswith("/who#f-applicant-registered_address")
    draft = at.split("#")[0].rpartition("/")[0]
    assert desk.client.post(f"{draft}/supply").location.endswith("?wait=nothing")
    told = {"/applicant/registered_address": "江苏省扬州市邗江区公道镇太平村三组12号2室"}
    assert desk.client.post(f"{draft}/who", data=told).status_code == 303
    assert "提交补充的材料" in desk.client.get(f"{draft}/review").text
    for _ in range(2):
        assert desk.client.post(f"{draft}/supply").location == filed
    assert "您补充了材料" in desk.client.get(filed).text


def test_a_supplement_that_comes_too_late_finds_the_case_closed(desk: Desk, filed: str) -> None:
    """The last day and what happens after it are said beforehand; then the page says what became of it."""
    _ask(desk, _case_id(desk))
    assert "还有 10 个工作日" in desk.client.get(filed).text
    draft = desk.client.post(f"{filed}/supply").location.split("#")[0].rpartition("/")[0]
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert expire_supplements(desk.services) == 1
    page = desk.client.get(filed).text
    assert "没有按时补充材料，已经结束" in page
    assert "可以重新申请" in page
    assert "现在补充" not in page
    assert desk.client.post(f"{draft}/supply").location == filed
    number = filed.rpartition("/")[2]
    found = desk.app.test_client().post("/progress", data={"number": number, "digits": "1288"})
    assert "没有按时补充材料，已经结束" in found.text


def test_a_case_is_withdrawn_once(desk: Desk, filed: str) -> None:
    assert "真的要撤回吗" in desk.client.get(f"{filed}/withdraw").text
    for _ in range(2):
        assert desk.client.post(f"{filed}/withdraw").location == filed
    assert "您撤回了" in desk.client.get(filed).text
    assert desk.client.get(f"{filed}/withdraw").location == filed


def test_nobody_else_sees_my_case(desk: Desk, filed: str) -> None:
    other = sit_down(desk.services, desk.app, Claims("test", "lisi", "李四", assurance=3))
    assert other.client.get(filed).status_code == 404
    assert other.client.post(f"{filed}/supply").status_code == 404
    assert other.client.post(f"{filed}/withdraw").status_code == 404
    assert desk.client.get(filed.replace("/321003100/", "/321003108/")).status_code == 404
    assert "还没有申请" in other.client.get("/mine").text


def test_anybody_with_number_and_digits_sees_how_it_stands(desk: Desk, filed: str) -> None:
    number = filed.rpartition("/")[2]
    asker = desk.app.test_client()
    page = asker.post("/progress", data={"number": f" {number[:9]} {number[9:]}", "digits": "1288"})
    assert page.status_code == 200
    assert "您提交了申请" in page.text
    assert "钱七" not in page.text
    wrong = asker.post("/progress", data={"number": number, "digits": "0000"})
    nothing = asker.post("/progress", data={"number": number[:-2] + "00", "digits": "1288"})
    assert wrong.status_code == 404
    assert "没有查到" in problems(wrong)
    assert nothing.status_code in (404, 422)


def test_the_short_code_is_asked_where_it_was_given(desk: Desk, filed: str) -> None:
    with desk.services.db.scope(Scope(citizen_id=desk.citizen_id)) as session:
        cases_of(session, citizen_id=desk.citizen_id)
    from sqlalchemy import select

    from xiangtong.cases.models import CaseRecord

    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        code = session.scalars(select(CaseRecord.short_code)).one()
    asker = desk.app.test_client()
    told = {"number": code.lower(), "digits": "1288"}
    assert asker.post("/321003100/progress", data=told).status_code == 200
    assert "哪个乡镇" in problems(asker.post("/progress", data=told))
    assert asker.post("/progress", data=told | {"town": "公道镇"}).status_code == 200
    assert asker.post("/321003108/progress", data=told).status_code == 404


def test_guessing_digits_ends_soon(desk: Desk, filed: str) -> None:
    number = filed.rpartition("/")[2]
    asker = desk.app.test_client()
    answers = [asker.post("/progress", data={"number": number, "digits": f"{n:04d}"}).status_code for n in range(7)]
    assert answers == [404] * 5 + [429] * 2


def test_bad_words_are_answered_in_words(desk: Desk) -> None:
    asker = desk.app.test_client()
    assert "22 位数字" in problems(asker.post("/progress", data={}))
    for number in ("'; drop table", "\x00", "9" * 22, "啊" * 8, "A" * 9999):
        answer = asker.post("/progress", data={"number": number, "digits": "1234", "town": "x"})
        assert answer.status_code in (404, 422), number


def test_pages_of_a_case_cost_at_most_six_queries(desk: Desk, filed: str) -> None:
    for page in (filed, f"{filed}/withdraw"):
        known.forget()  # The township's own two queries are among them.
        with statements(desk.services) as sent:
            assert desk.client.get(page).status_code == 200
        assert len(sent) <= 6, (page, sent)
