"""The window over HTTP: what a clerk sees, does, and may not; what stays of it in events and in the audit log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console_browser import ADMIN, AUDITOR, CLERK, Browser
from workbench_hall import REVIEWER, Hall, make_hall
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

_SEQ = re.compile(r'name="seq" value="([0-9]+)"')


@pytest.fixture
def hall(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Hall:
    """公道镇."""
    return make_hall(db, keys, tmp_path)


def act(browser: Browser, case_no: str, move: str, status: int = 303, **form: object) -> str:
    """Open the form of an action and send it."""
    address = f"/desk/{case_no}/do/{move}"
    seq = _SEQ.search(browser.get(address))
    assert seq
    answer = browser.post(address, status, seq=seq.group(1), **form)
    return answer.text if status != 303 else browser.get(answer.location.removeprefix("/console"))


def test_the_list_shows_who_waits_and_the_record_masks_what_identifies(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    listed = clerk.get("/desk/")
    assert "钱七" in listed
    assert "<b>1</b> 待受理" in listed
    page = clerk.get(f"/desk/{case_no}")
    assert case_no in page
    assert "321003194003051288" not in page
    assert "未查毒" in page
    for words in ("受理", "一次性告知补正", "不予受理"):
        assert words in page
    assert "/do/decide" not in page
    assert "/do/pre_review" not in page


def test_looking_at_a_masked_answer_is_in_the_audit_log(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    page = clerk.post(
        f"/desk/{case_no}/reveal", 200, on=f"/desk/{case_no}", pointer="/applicant/id_number"
    ).text  # fmt: skip
    assert "321003194003051288" in page
    assert "13800138004" not in page
    (found,) = hall.rows("select actor_label, subject, detail from audit_entry where action = 'case.revealed'")
    assert found == ("003", f"case:{case_no}", {"pointer": "/applicant/id_number"})


def test_a_case_goes_the_whole_way_and_every_move_is_one_event(hall: Hall) -> None:
    case_no = hall.case()
    clerk, reviewer = hall.staff(CLERK), hall.staff(REVIEWER)
    assert "承诺办结" in clerk.get(f"/desk/{case_no}/do/accept")
    assert "已受理" in act(clerk, case_no, "accept", window="3 号窗口")
    clerk.get(f"/desk/{case_no}/do/accept", 404)
    clerk.get(f"/desk/{case_no}/do/decide", 404)
    assert "入户看过" in act(clerk, case_no, "step", step_name="入户核查", result="pass", opinion="入户看过")
    assert "请选一项" in act(reviewer, case_no, "decide", 422)
    assert "请写清楚" in act(reviewer, case_no, "decide", 422, result="refused")
    assert "已办结" in act(reviewer, case_no, "decide", result="granted")
    assert "<b>1</b> 今天办结" in clerk.get("/desk/?show=settled")
    assert "已记下送达" in act(clerk, case_no, "deliver", method="window")
    moves = [row[0] for row in hall.rows("select type from case_event order by seq")]
    assert moves == ["apply", "accept", "step", "decide", "deliver"]
    told = [row[0] for row in hall.rows("select type from ledger_fact order by seq")]
    assert told == moves
    noted = hall.rows("select action from audit_entry where starts_with(action, 'case.') order by at")
    assert [row[0] for row in noted] == [f"case.{move}" for move in moves[1:]]


def test_everything_missing_is_asked_for_at_once_and_the_citizen_sees_it(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    address = f"/desk/{case_no}/do/supplement_notice"
    page = clerk.get(address)
    picks = dict(re.findall(r'name="pick" value="([^"]+)"[^>]*><label [^>]*>([^<]+)', page))
    portrait = next(key for key in picks if key.endswith("/portrait"))
    assert "请写明要补正什么" in act(clerk, case_no, "supplement_notice", 422, answer_days="10")
    unsaid = act(clerk, case_no, "supplement_notice", 422, answer_days="10", pick=portrait)
    assert "请写清楚，申请人会看到这句话" in unsaid
    form = {
        "pick": portrait,
        f"why:{portrait}": "看不清，请重新拍照",
        "what-0": "低保证",
        "free-0": "请带原件",
        "answer_days": "7",
    }
    assert "已告知申请人补正" in act(clerk, case_no, "supplement_notice", **form)
    theirs = hall.desk.client.get(f"/321003100/cases/{case_no}").text
    assert "看不清，请重新拍照" in theirs
    assert "低保证" in theirs


def test_a_page_that_is_old_says_so_and_changes_nothing(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    address = f"/desk/{case_no}/do/accept"
    old = clerk.post(address, 409, seq="0")
    assert "刚刚有了新进展" in old.text
    assert hall.rows("select count(*) from case_event") == [(1,)]
    clerk.post(address, on=f"/desk/{case_no}/do/accept", seq="1")
    lost = clerk.post(f"/desk/{case_no}/do/reject", 409, seq="1", reason="不归本镇办，请到北湖街道").text
    assert "不归本镇办，请到北湖街道" in lost, "what was written is not lost when a colleague was faster"
    still = clerk.post(f"/desk/{case_no}/do/step", 409, seq="1", opinion="实地看过，属实").text
    assert re.search(r"<textarea[^>]*>实地看过，属实", still), (
        "where it may still be done, the form stands as it was written"
    )


def test_searching_finds_by_name_initials_number_and_id_and_leaves_nothing_in_the_address(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    for words in ("钱", "qq", case_no, "321003194003051288", "13800138004"):
        assert clerk.post("/desk/", q=words).location == f"/console/desk/{case_no}"
    assert "没有找到“王五”" in clerk.post("/desk/", 200, q="王五").text
    assert "没有找到" in clerk.post("/desk/", 200, q="%").text


def test_files_come_through_our_server_and_only_with_their_own_case(hall: Hall) -> None:
    case_no = hall.case()
    clerk = hall.staff(CLERK)
    addresses = re.findall(rf'href="/console(/desk/{case_no}/files/[^"]+)"', clerk.get(f"/desk/{case_no}"))
    assert len(addresses) == 5
    picture = clerk.open(addresses[0])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert hall.rows("select count(*) from audit_entry where action = 'case.file'") == [(1,)]
    clerk.get(f"/desk/{case_no}/files/00000000-0000-0000-0000-000000000001", 404)


def test_reach_and_permission_decide_who_sees_what(hall: Hall) -> None:
    case_no = hall.case()
    hall.village_keeper().get(f"/desk/{case_no}", 404)
    auditor = hall.staff("321003100-005")
    page = auditor.get(f"/desk/{case_no}")
    assert "/do/" not in page
    auditor.get(f"/desk/{case_no}/do/accept", 404)
    hall.staff(AUDITOR).get("/desk/", 404)
    elsewhere = f"321003108{case_no[9:]}"
    hall.staff(ADMIN).get(f"/desk/{elsewhere}", 404)
