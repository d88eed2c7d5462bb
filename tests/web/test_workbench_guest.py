"""A case handed to another body: seen and moved through its work item, and nothing else of its township."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from console_browser import Browser
from workbench_hall import Hall, make_hall
from xiangtong.cases import cli
from xiangtong.identity import sessions, staff
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Database, Scope


@pytest.fixture
def hall(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Hall:
    """公道镇, with 杨寿镇 beside it."""
    return make_hall(db, keys, tmp_path)


def neighbour(hall: Hall) -> Browser:
    """A clerk of 杨寿镇 who is signed in."""
    services, browser = hall.services, hall.browser()
    entry = staff.Entry("101", "吴一", "", ("window_clerk",), ("321003108",))
    with services.db.scope(Scope(tenant_id=2)) as session:
        member = staff.add(session, keys=services.keys, tenant=session.get_one(Tenant, 2), entry=entry, giver=None)
        member.must_change = False
        token = sessions.open_session(session, kind="staff", subject_id=member.id, tenant_id=2)
    browser.client.set_cookie("xiangtong_staff", token)
    return browser


def operate(hall: Hall, *words: str) -> None:
    """What an operator types after `xiangtong cases`."""
    done = CliRunner().invoke(cli.cases, words, obj=lambda: hall.services, catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_a_handed_case_is_handled_through_its_work_item_alone(hall: Hall) -> None:
    case_no = hall.case()
    clerk = neighbour(hall)
    clerk.get(f"/desk/{case_no}", 404)
    assert "高龄津贴" not in clerk.get("/desk/")
    for _ in range(2):  # Handed over twice is handed over once.
        operate(hall, "hand", case_no, "--to", "321003108")
    listed = clerk.get("/desk/")
    (item,) = re.findall("/desk/handed/([0-9a-f-]{36})", listed)
    assert "别处交办" in listed
    assert "钱七" not in listed
    page = clerk.get(f"/desk/handed/{item}")
    assert "钱七" in page
    assert case_no in page
    clerk.get(f"/desk/{case_no}", 404)
    clerk.post(f"/desk/handed/{item}/do/accept", on=f"/desk/handed/{item}/do/accept", seq="1", window="")
    assert hall.rows("select type from case_event order by seq") == [("apply",), ("accept",)]
    assert hall.rows("select actor_label, action from audit_entry where action = 'case.accept'") == [
        ("101", "case.accept")
    ]
    operate(hall, "recall", case_no, "--from", "321003108")
    clerk.get(f"/desk/handed/{item}", 404)
