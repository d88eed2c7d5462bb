"""The push screen over HTTP: what waits and why, for whom; and what an operator may do about it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from console_browser import ADMIN, CLERK, OPERATOR
from ledger_writer import Writer
from workbench_hall import Hall, make_hall
from xiangtong.kernel import clock
from xiangtong.push import replay
from xiangtong.push.differences import note_difference
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

_serials = count(1)


@pytest.fixture
def hall(db: Database, keys: KeyRing, staffed_township: tuple[int, int], tmp_path: Path) -> Iterator[Hall]:
    """Two townships and the city's staff."""
    yield make_hall(db, keys, tmp_path)


@pytest.fixture
def parked(hall: Hall) -> UUID:
    """A message of 公道镇 that somebody took out by hand; one of 杨寿镇 waits."""
    Writer(hall.services, tenant_id=2, township="321003108").case(next(_serials))  # type: ignore[arg-type]
    (fact,) = Writer(hall.services).case(next(_serials))  # type: ignore[arg-type]
    with hall.services.db.scope(Scope(tenant_id=1)) as session:
        replay.park(session, tenant_id=1, fact_id=fact, reason="省网在换证书")
    return fact


def test_the_city_sees_what_waits_why_and_whose_but_no_name(hall: Hall, parked: UUID) -> None:
    page = hall.staff(OPERATOR).get("/city/push/")
    for words in ("<b>2</b> 没送到的", "<b>1</b> 停下要人看的", "公道镇", "杨寿镇", "人工停下的", "省网在换证书"):
        assert words in page
    assert "张三" not in page


def test_a_township_sees_its_own_and_cannot_act(hall: Hall, parked: UUID) -> None:
    admin = hall.staff(ADMIN)
    page = admin.get("/city/push/")
    assert "杨寿镇" not in page
    assert "原样重发" not in page
    assert "开始对账" not in page
    one = admin.get(f"/city/push/{parked}")
    assert "原样重发" not in one
    admin.get(f"/city/push/{parked}/try", 404)
    hall.staff(CLERK).get("/city/push/", 404)


def test_replaying_one_and_all_of_a_cause_is_in_the_log(hall: Hall, parked: UUID) -> None:
    operator = hall.staff(OPERATOR)
    answer = operator.post(f"/city/push/{parked}/replay", on=f"/city/push/{parked}")
    assert "已经重新排上队" in operator.get(answer.location.removeprefix("/console"))
    assert hall.rows("select state from ledger_fact") == [("due",)]
    again = operator.post(f"/city/push/{parked}/replay", 409, on="/city/push/").text
    assert "没有停下" in again
    with hall.services.db.scope(Scope(tenant_id=1)) as session:
        replay.park(session, tenant_id=1, fact_id=parked, reason="再停一次")
    answer = operator.post("/city/push/replay", on="/city/push/?code=BY_HAND", code="BY_HAND")
    assert "（1 条）" in operator.get(answer.location.removeprefix("/console"))
    with hall.services.db.oversight("3210") as session:
        own = session.connection().exec_driver_sql("select id from tenant where kind = 'city'").scalar_one()
    noted = hall.rows("select action, subject from audit_entry where starts_with(action, 'push.')", own)
    assert noted == [("push.replayed", f"fact:{parked}")] * 2


def test_mending_needs_proof_and_a_dry_run_changes_nothing(hall: Hall, parked: UUID) -> None:
    operator = hall.staff(OPERATOR)
    tried = operator.get(f"/city/push/{parked}/try")
    assert "试过了，合规定" in tried
    assert hall.rows("select state from ledger_fact") == [("parked",)]
    refused = operator.post(f"/city/push/{parked}/remap", 409, on=f"/city/push/{parked}").text
    assert "现在联系不上" in refused
    assert hall.rows("select state from ledger_fact") == [("parked",)]


def test_pausing_and_going_on(hall: Hall, parked: UUID) -> None:
    operator = hall.staff(OPERATOR)
    operator.post("/city/push/pause", on="/city/push/", hours="4")
    page = operator.get("/city/push/")
    assert "的发送停着" in page
    destination = hall.rows("select destination from breaker")[0][0]
    operator.post("/city/push/resume", on="/city/push/", destination=destination)
    assert hall.rows("select state, paused_until from breaker") == [("ramp", None)]
    operator.post("/city/push/resume", 404, on="/city/push/", destination="elsewhere")


def test_a_difference_is_closed_with_a_reason_that_is_shown(hall: Hall, parked: UUID) -> None:
    case_id, case_no = hall.rows(f"select case_id, case_no from ledger_fact where id = '{parked}'")[0]
    with hall.services.db.scope(Scope(tenant_id=1)) as session:
        case = (case_id, case_no, 1)
        assert note_difference(session, tenant_id=1, case=case, kind="chain", ours="a", theirs="b")
    operator, admin, why = hall.staff(OPERATOR), hall.staff(ADMIN), "省平台已按我们的改正"
    (found,) = hall.rows("select id from difference")[0]
    address = f"/city/push/differences/{found}"
    looked_on = admin.get("/city/push/")
    assert case_no in looked_on
    assert address not in looked_on, "a township looks on"
    admin.post(address, 404, on="/account/", why=why)
    refused = operator.post(address, 422, on="/city/push/", why=" 好 ").text
    assert "请写清楚为什么可以关掉" in refused
    assert 'value=" 好 "' in refused, "what was typed is kept"
    answer = operator.post(address, on="/city/push/", why=why)
    page = operator.get(answer.location.removeprefix("/console").partition("#")[0])
    for words in ("已关掉", why, "工号 901"):
        assert words in page
    assert address not in page
    assert "已经关掉了" in operator.post(address, 409, on="/account/", why=why).text
    operator.post(f"/city/push/differences/{parked}", 404, on="/account/", why=why)
    with hall.services.db.oversight("3210") as session:
        own = session.connection().exec_driver_sql("select id from tenant where kind = 'city'").scalar_one()
    noted = hall.rows("select subject, detail->>'reason' from audit_entry where action = 'push.settled'", own)
    assert noted == [(f"case:{case_no}", why)]


def test_reconciling_says_what_stands_in_the_way(hall: Hall) -> None:
    operator = hall.staff(OPERATOR)
    page = operator.post("/city/push/reconcile", 422, on="/city/push/", day="not a day").text
    assert "请选一天" in page
    today = operator.post("/city/push/reconcile", 400, on="/city/push/", day=clock.today().isoformat()).text
    assert "还没有过完" in today
    assert "现在联系不上省网" in operator.post("/city/push/reconcile", 503, on="/city/push/", day="2026-11-01").text
