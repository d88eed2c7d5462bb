"""办理结果: the office puts files to a decision, the applicant saves the same bytes, the province is sent them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from attachment_flow import jpeg
from console_browser import CLERK, Browser
from workbench_hall import REVIEWER, Hall, make_hall
from xiangtong import ledger
from xiangtong.attachments import Unfit, examine
from xiangtong.attachments.kinds import OFD
from xiangtong.cases import results
from xiangtong.cases.models import CaseRecord
from xiangtong.cases.record import open_case
from xiangtong.kernel import clock
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.ids import new_id
from xiangtong.ledger.models import LedgerFact
from xiangtong.notify.demo import DemoSms
from xiangtong.province import mapping
from xiangtong.province.contract import problems
from xiangtong.province.profile import Profile
from xiangtong.push.ports import Wire
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

_PDF = b"%PDF-1.7\n" + b"approval " * 50
_LINK = re.compile(r'href="(/321003100/cases/[0-9]+/files/[^"]+)" download')


_TAKEN = re.compile(r'href="(/progress/results/[^"]+)" download')
_PROOF = re.compile(r'name="proof" value="([^"]+)"')
_PHONE = "13800138004"


@pytest.fixture
def hall(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Hall:
    return make_hall(db, keys, tmp_path)


def _do(browser: Browser, case_no: str, move: str, status: int = 303, **form: object) -> str:
    """What `move` answers; `form` may hold files."""
    address = f"/desk/{case_no}/do/{move}"
    seq = re.search(r'name="seq" value="([0-9]+)"', browser.get(address))
    assert seq
    return browser.post(address, status, seq=seq.group(1), **form).text


def _file(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def _said(hall: Hall, case_no: str, seq: int) -> Wire:
    """The message of one event, which keeps the contract."""
    with hall.services.db.scope(Scope(tenant_id=1)) as session:
        case_id = session.scalars(select(CaseRecord.id).where(CaseRecord.case_no == case_no)).one()
        case = open_case(session, keys=hall.services.keys, tenant_id=1, case_id=case_id)
        fact = session.scalars(select(LedgerFact).where(LedgerFact.case_id == case_id, LedgerFact.seq == seq)).one()
        facts = ledger.read_facts(fact, key=case.key)
    wire = mapping.write(facts, message_id=new_id(), profile=Profile("default", "", "", ""))
    assert problems(wire.body) == ()
    return wire


def _taken_by_phone(hall: Hall, case_no: str, whole: list[bytes]) -> None:
    """Without signing in: number, four digits, and a message to the phone that the filing names."""
    client, sms = hall.desk.app.test_client(), hall.services.sms
    assert isinstance(sms, DemoSms)
    found = client.post("/progress", data={"number": case_no, "digits": "1288"}).text
    asked = {"proof": _PROOF.findall(found)[0]}
    sent = len(sms.latest())
    # A phone that the filing does not name is told the same, and gets nothing.
    assert "验证码已经发过去了" in client.post("/progress/results", data=asked | {"phone": "13800138999"}).text
    assert len(sms.latest()) == sent
    client.post("/progress/results", data=asked | {"phone": _PHONE})
    assert sms.latest()[0].template == "case_code"
    code = sms.latest()[0].values["code"]
    wrong = client.post("/progress/results", data=asked | {"phone": _PHONE, "code": "12"})
    assert (wrong.status_code, _TAKEN.findall(wrong.text)) == (422, [])
    assert client.post("/progress/results", data=asked | {"phone": "13800138999", "code": code}).status_code == 422
    links = _TAKEN.findall(client.post("/progress/results", data=asked | {"phone": _PHONE, "code": code}).text)
    assert sorted(client.get(one).data for one in links) == whole
    assert client.post("/progress/results", data=asked | {"phone": _PHONE, "code": code}).status_code == 422, "once"
    # What proves that somebody asked proves no more; and a link is dead after a quarter of an hour.
    assert client.get(f"/progress/results/{asked['proof']}").status_code == 404
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert client.get(links[0]).status_code == 404
        assert client.post("/progress/results", data=asked | {"phone": _PHONE}).location == "/progress"


def test_what_the_office_hands_out_is_saved_unchanged_and_told(hall: Hall) -> None:
    """Two files with the decision, one with the delivery, which tells the decision again."""
    case_no, photo, certificate = hall.case(), jpeg(40), _PDF + b"certificate"
    clerk, reviewer = hall.staff(CLERK), hall.staff(REVIEWER)
    _do(clerk, case_no, "accept")
    kept = _do(reviewer, case_no, "decide", 422, result="refused", results=_file(_PDF, "批复.pdf"))
    assert "批复.pdf" in kept, "a form that has to be mended keeps its files"
    added = _do(reviewer, case_no, "decide", 200, add="yes", results=_file(photo, "证照.jpg"))
    assert "批复.pdf" in added
    assert "证照.jpg" in added
    _do(reviewer, case_no, "decide", result="granted", document_no="示例〔2026〕1号")
    assert "办理结果文件 2 份" in hall.desk.client.get(f"/321003100/cases/{case_no}").text
    _do(clerk, case_no, "deliver", method="online", results=_file(certificate, "证书.pdf"))

    page = hall.desk.client.get(f"/321003100/cases/{case_no}").text
    assert "补上办理结果文件" in page
    saved = [hall.desk.client.get(address) for address in _LINK.findall(page)]
    assert sorted(one.data for one in saved) == sorted([_PDF, photo, certificate]), "byte for byte"
    assert all("no-store" in one.headers["Cache-Control"] for one in saved)
    _taken_by_phone(hall, case_no, sorted([_PDF, photo, certificate]))

    moves = [row[0] for row in hall.rows("select type from case_event order by seq")]
    assert moves == ["apply", "accept", "decide", "correct", "deliver"]
    decided, corrected = _said(hall, case_no, 3), _said(hall, case_no, 4)
    assert {one.digest for one in decided.enclosures} == {sm3_hex(_PDF), sm3_hex(photo)}
    assert [one.digest for one in corrected.enclosures] == [sm3_hex(certificate)], "the others lie there already"
    assert all(sm3_hex(data).encode() in corrected.body for data in (_PDF, photo, certificate)), "told again whole"
    assert hall.rows("select count(*) from audit_entry where action = 'case.result_added'") == [(3,)]


def test_wrong_files_are_named_and_chosen_ones_can_be_dropped(hall: Hall) -> None:
    case_no = hall.case()
    clerk, reviewer = hall.staff(CLERK), hall.staff(REVIEWER)
    _do(clerk, case_no, "accept")
    refused = _do(reviewer, case_no, "decide", 422, result="granted", results=_file(b"MZ\x90\x00", "程序.exe"))
    assert "程序.exe：这里只收" in refused
    assert hall.rows("select count(*) from case_event") == [(2,)]
    page = _do(reviewer, case_no, "decide", 200, add="yes", results=_file(_PDF, "错的.pdf"))
    file_id = re.search(r'name="drop" value="([^"]+)"', page)
    assert file_id
    # Who may not decide may not put files to a decision either.
    clerk.post(f"/desk/{case_no}/do/decide", 404, on=f"/desk/{case_no}", drop=file_id.group(1))
    clerk.post(f"/desk/{case_no}/do/decide", 404, on=f"/desk/{case_no}", results=_file(_PDF, "外人.pdf"))
    _do(reviewer, case_no, "decide", result="granted", drop=file_id.group(1))
    assert "办理结果文件" not in hall.desk.client.get(f"/321003100/cases/{case_no}").text
    assert hall.rows("select state from attachment where question = 'result'") == [("discarded",)]


def test_a_fixed_layout_file_of_an_office_is_known_by_its_content() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD/>")
    assert examine(packed.getvalue(), rules=results.RULES).media_type == OFD
    with pytest.raises(Unfit, match="PDF 文件、OFD 版式文件"):
        examine(b"PK\x03\x04other", rules=results.RULES)
