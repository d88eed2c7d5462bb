"""Forms on paper over HTTP: who gets which, what it says, what it keeps to itself."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from citizen_desk import FORM, Desk, sit_down
from console_browser import AUDITOR, CLERK
from workbench_hall import Hall, make_hall
from xiangtong.identity.ports import Claims
from xiangtong.printing import paper
from xiangtong.printing.codes import code_of
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

ELSEWHERE = Claims("test", "zhangsan", "张三", "id_card", "321003198801010016", "13800138000", assurance=3)


@pytest.fixture
def hall(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Hall:
    """公道镇."""
    return make_hall(db, keys, tmp_path)


def text_of(answer: TestResponse) -> str:
    """The words of a PDF without the white space that layout puts between them."""
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text[:500]
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages))


def test_my_filed_form_is_a_sheet_in_full_that_nobody_else_gets(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    case_no = hall.case()
    address = f"/321003100/cases/{case_no}/print"
    answer = hall.desk.client.get(address)
    words = text_of(answer)
    for part in ("高龄津贴", case_no, "钱七", "321003194003051288", "6222020000000000000", "portrait.jpg", "核验码"):
        assert part in words, part
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "X-Missing-Glyphs" not in answer.headers
    assert hall.desk.app.test_client().get(address).status_code == 303, "signed out: asked to sign in"
    other: Desk = sit_down(hall.services, hall.desk.app, ELSEWHERE)
    assert other.client.get(address).status_code == 404
    assert hall.desk.client.get(f"/321003108/cases/{case_no}/print").status_code == 404
    monkeypatch.setattr(paper, "can_make_pdf", lambda: False)
    page = hall.desk.client.get(address)
    assert page.mimetype == "text/html", "where the system lacks the parts, the browser prints"
    assert "321003194003051288" in page.text
    style = re.search(r'rel="stylesheet" href="([^"]+)"', page.text)
    assert style
    assert "@page" in hall.desk.client.get(style.group(1)).text


def test_the_window_prints_with_a_line_in_the_audit_log(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    assert "打印申请表" in clerk.get(f"/desk/{case_no}")
    assert "321003194003051288" in text_of(clerk.open(f"/desk/{case_no}/print"))
    (found,) = hall.rows("select actor_label, subject from audit_entry where action = 'case.printed'")
    assert found == ("003", f"case:{case_no}")
    assert hall.staff(AUDITOR).open(f"/desk/{case_no}/print").status_code in (403, 404)
    draft_id = hall.rows(f"select id from case_record where case_no = '{case_no}'")[0][0]
    clerk.get(f"/agent/{draft_id}/print", 404)


def test_the_blank_form_is_for_anybody_where_it_is_offered(hall: Hall) -> None:
    client = hall.desk.app.test_client()
    answer = client.get(f"/321003100/print/{FORM}")
    words = text_of(answer)
    assert "高龄津贴" in words
    assert "年月日" in words, "an opinion box waits for its date"
    assert "public" in answer.headers["Cache-Control"]
    assert client.get("/321003100/print/no-such-form").status_code == 404
    assert client.get(f"/321003999/print/{FORM}").status_code == 404


def test_anybody_may_check_a_printed_form_and_learns_nothing_of_a_person(hall: Hall) -> None:
    case_no = hall.case()
    words = text_of(hall.desk.client.get(f"/321003100/cases/{case_no}/print"))
    code = code_of(hall.services.keys, case_no)
    (digest,) = hall.rows("select digest from case_event where type = 'apply'")[0]
    assert str(digest)[:16] in words
    client = hall.desk.app.test_client()
    page = client.get(f"/verify/{code}").text
    for part in ("公道镇", "高龄津贴", str(digest)[:16], f"{case_no[:9]}********{case_no[-5:]}"):
        assert part in page, part
    for part in (case_no, "钱七", "321003194003051288", "13800138004"):
        assert part not in page, part
    assert client.get(f"/verify?code={code.lower()[:13]}-{code[13:]}").location.startswith("/verify/")
    assert client.get(f"/verify/{code[:-2]}AA").status_code == 404
    with hall.services.db.scope(Scope(tenant_id=1)) as session:
        session.connection().exec_driver_sql("update case_record set erased_at = now()")
    assert hall.desk.client.get(f"/321003100/cases/{case_no}/print").status_code == 410, "erased: prints no more"
    assert client.get(f"/verify/{code}").status_code == 200, "and still proves its paper"
    answers = {client.get(f"/verify/{'A' * 26}").status_code for _ in range(60)}
    assert answers == {404, 429}, "guessing is throttled"
