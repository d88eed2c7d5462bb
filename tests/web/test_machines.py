"""Terminals and departments: issued and stopped on the console and by command; what they call a filing is forgotten."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from console_browser import ADMIN, CLERK, OPERATOR, Browser
from door_services import make_services
from xiangtong.audit.models import AuditEntry
from xiangtong.cases.jobs import forget_machine_keys
from xiangtong.cases.machine_filing import MachineFiling
from xiangtong.doors.console import machines as page
from xiangtong.doors.console.app import create_console
from xiangtong.identity import machines, machines_cli
from xiangtong.kernel import clock
from xiangtong.kernel.ids import new_id
from xiangtong.settings import Settings, SettingsError
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope
from xiangtong.wiring import Services

_NAME = re.compile(r"[0-9]{4,9}\.[0-9a-f]{32}")
_SECRET = re.compile(r'密钥</dt><dd><span class="code">([^<]+)')


@pytest.fixture
def browser(staffed: Services) -> Browser:
    return Browser(create_console(staffed, blueprints=[page.blueprint]))


def _noted(db: Database, tenant_id: int) -> list[tuple[str, str]]:
    with db.scope(Scope(tenant_id=tenant_id)) as session:
        rows = session.execute(
            select(AuditEntry.action, AuditEntry.subject)
            .where(AuditEntry.action.startswith("machine."))
            .order_by(AuditEntry.at)
        )
        return [(row.action, row.subject) for row in rows]


def test_a_township_issues_a_secret_once_and_stops_it(db: Database, browser: Browser) -> None:
    browser.sign_in(ADMIN)
    assert "还没有发出过" in browser.get("/machines/")
    refused = browser.post("/machines/", 422, title=" ", kind="robot").text
    assert "请写明是哪台终端或哪个部门" in refused
    assert "请选终端或部门" in refused
    assert "看不见的字符" in browser.post("/machines/", 400, title="大厅\0", kind="terminal").text
    beyond = browser.post("/machines/", 422, title="大厅一号机", kind="terminal", reach="321003108").text
    assert "这个范围不归您管" in beyond
    answer = browser.post("/machines/", 200, title="大厅一号机", kind="terminal")
    assert answer.headers["Cache-Control"] == "no-store"
    name, secret = _NAME.search(answer.text), _SECRET.search(answer.text)
    assert name
    assert secret
    caller = machines.recognise(db, name=name.group(), secret=secret.group(1))
    assert caller is not None
    assert (caller.kind, caller.reach) == ("terminal", ("321003100",))
    listed = browser.get("/machines/")
    assert "大厅一号机" in listed
    assert secret.group(1) not in listed

    address = f"/machines/{caller.id}/end"
    for _ in range(2):
        assert browser.post(address, on="/machines/").location.endswith("done=ended")
    assert "已经停用" in browser.get("/machines/?done=ended")
    assert machines.recognise(db, name=name.group(), secret=secret.group(1)) is None
    browser.post(f"/machines/{new_id()}/end", 404, on="/machines/")
    told = [action for action, _subject in _noted(db, 1)]
    assert told == ["machine.added", "machine.ended", "machine.ended"]
    assert secret.group(1) not in str(_noted(db, 1))


def test_a_city_issues_for_a_township_and_a_window_issues_nothing(db: Database, browser: Browser) -> None:
    browser.sign_in(OPERATOR)
    assert "公道镇" in browser.get("/machines/")
    issued = browser.post("/machines/", 200, title="市社保系统", kind="department", reach="321003100").text
    name, secret = _NAME.search(issued), _SECRET.search(issued)
    assert name
    assert secret
    caller = machines.recognise(db, name=name.group(), secret=secret.group(1))
    assert caller is not None
    assert caller.reaches("321003100000")
    assert not caller.reaches("321003108000")
    clerk = Browser(browser.app).sign_in(CLERK)
    clerk.get("/machines/", 404)
    assert "终端和部门" not in clerk.get("/")


def _run(services: object, *arguments: str) -> Result:
    return CliRunner().invoke(machines_cli.commands, arguments, obj=lambda: services)


def test_the_commands_add_list_and_end(db: Database, township: tuple[int, int]) -> None:
    services = SimpleNamespace(db=db)
    added = _run(services, "add", "--tenant", "321003100", "--title", "大厅一号机", "--kind", "terminal")
    name, secret = re.findall(r"^(?:名称|密钥) (\S+)$", added.output, re.MULTILINE)
    assert machines.recognise(db, name=name, secret=secret) is not None
    assert f"{name} terminal active 321003100 大厅一号机" in _run(services, "list", "--tenant", "321003100").output
    assert _run(services, "end", name).exit_code == 0
    assert machines.recognise(db, name=name, secret=secret) is None
    assert [action for action, _ in _noted(db, 1)] == ["machine.added", "machine.ended"]
    for wrong in (("list", "--tenant", "999999999"), ("end", "321003100.x"), ("end", f"321003100.{'0' * 32}")):
        assert _run(services, *wrong).exit_code != 0
    outside = _run(services, "add", "--tenant", "321003100", "--title", "x", "--kind", "terminal", "--reach", "32")
    assert "不在您管理的范围里" in str(getattr(outside.exception, "problems", ""))


def test_what_a_machine_called_its_filing_is_forgotten_after_its_days(
    db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path
) -> None:
    """One day before, the key still gives the same receipt; the day after, it names a new filing."""
    services = make_services(db, keys, tmp_path, machine_key_days="100")
    old, young = (MachineFiling(tenant_id=1, machine_id=new_id(), key_digest=name) for name in (b"old", b"young"))
    with db.scope(Scope(tenant_id=1)) as session:
        session.add_all([old, young])
        session.flush()
        ago = {"old": clock.now() - timedelta(days=101), "young": clock.now() - timedelta(days=99)}
        for name, at in ago.items():
            session.execute(
                text("update machine_filing set created_at = :at where key_digest = :name"),
                {"at": at, "name": name.encode()},
            )
    forget_machine_keys(services)
    with db.scope(Scope(tenant_id=1)) as session:
        assert session.scalars(select(MachineFiling.key_digest)).all() == [b"young"]


@pytest.mark.parametrize("days", ["89", "", "soon", "-1", "99999"])
def test_keys_are_remembered_ninety_days_at_least(days: str) -> None:
    if not days:
        assert Settings.from_environment({"XIANGTONG_MACHINE_KEY_DAYS": days}).machine_key_kept == 90
        return
    with pytest.raises(SettingsError, match="90 到 3650"):
        Settings.from_environment({"XIANGTONG_MACHINE_KEY_DAYS": days})
