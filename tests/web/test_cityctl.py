"""City operations on the screen: provision, suspend, rename, merge, hand over, and who never came."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from console_browser import ADMIN, OPERATOR, Browser
from xiangtong.audit.models import AuditEntry
from xiangtong.channels import cli as channels_cli
from xiangtong.channels import founding
from xiangtong.doors.cityctl import blueprint, importing
from xiangtong.doors.console.app import create_console
from xiangtong.items import sheet as item_sheet
from xiangtong.items.models import Item
from xiangtong.kernel import sheets
from xiangtong.tenancy.folder import MemoryFolder
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Database
from xiangtong.wiring import Services


@pytest.fixture
def console(staffed: Services) -> Flask:
    return create_console(staffed, blueprints=[blueprint])


@pytest.fixture
def operator(console: Flask) -> Browser:
    return Browser(console).sign_in(OPERATOR)


def _tenant(db: Database, code: str) -> Tenant | None:
    with db.scope(NOBODY) as session:
        return session.scalar(select(Tenant).where(Tenant.code == code))


def test_the_city_sees_its_townships_and_who_never_came(operator: Browser) -> None:
    page = operator.get("/city/")
    assert "公道镇" in page
    assert "邗江区" in page
    assert "还没有管理员" in page, "杨寿镇 has nobody"
    assert "杨寿镇" not in operator.get("/city/?q=公道")
    waiting = operator.get("/city/waiting")
    assert "刘四" in waiting
    assert "138" not in waiting


def test_only_operators_come_in(console: Flask) -> None:
    admin = Browser(console).sign_in(ADMIN)
    for path in ("/city/", "/city/waiting", "/city/provision", "/city/321003100/"):
        admin.get(path, 404)


def test_a_township_beyond_reach_is_not_there(operator: Browser) -> None:
    operator.get("/city/320102002/", 404)
    for code in ("x", "%00", "321003100%00", "%EF%BC%93"):
        operator.get(f"/city/{code}/", 404)


def test_suspend_reopen_rename_merge(operator: Browser, db: Database) -> None:
    page = "/city/321003108/"
    operator.post(f"{page}suspend", on=page)
    assert "已暂停" in operator.get(page)
    assert "不能这样做" in operator.post(f"{page}suspend", 409, on=page).text
    operator.post(f"{page}reopen", on=page)
    operator.post(f"{page}rename", on=page, name="新杨寿镇")
    assert _tenant(db, "321003108").name == "新杨寿镇"
    operator.post(f"{page}rename", on=page, name="杨\0寿\u202e镇")
    assert _tenant(db, "321003108").name == "杨寿镇"
    assert "请写新的名称" in operator.post(f"{page}rename", 409, on=page, name=" ").text
    refused = operator.post(f"{page}merge", 422, on=page, into="999999999").text
    assert "请选要并入的乡镇" in refused
    assert "请先核对" in refused, "nobody merges by one press"
    assert "另一个仍在使用的乡镇" in operator.post(f"{page}merge", 409, on=page, into="321003108", sure="yes").text
    operator.post(f"{page}merge", on=page, into="321003100", sure="yes")
    assert _tenant(db, "321003108").state == "closed"
    assert "公道镇" in operator.get(page)
    operator.post(f"{page}explode", 404, on="/city/321003100/")


def test_the_first_administrator_gets_a_slip_and_the_act_is_on_record(operator: Browser, staffed: Services) -> None:
    page = "/city/321003108/"
    form = {"staff_no": "001", "name": "李四", "phone": "138"}
    assert "手机号应是 11 位数字" in operator.post(f"{page}first-admin", 422, on=page, **form).text
    slip = operator.post(f"{page}first-admin", 200, on=page, **(form | {"phone": ""})).text
    assert "321003108-001" in slip
    assert re.search(r"<dd>[0-9A-Z]{5}-[0-9A-Z]{5}</dd>", slip)
    assert "还没登录过" in operator.get(page)
    with staffed.db.oversight("3210") as session:
        seen = session.execute(select(AuditEntry.action, AuditEntry.actor_label, AuditEntry.subject)).all()
    assert ("staff.handed_over", "901", "staff:001") in [tuple(row) for row in seen]


_CITY = """name = "扬州市"\nprefix = "3210"\n"""
_DIVISIONS = """code,name,level,parent_code
320000000000,江苏省,province,
321000000000,扬州市,city,320000000000
321003000000,邗江区,county,321000000000
321003100000,公道镇,township,321003000000
321003100200,太平村委会,village,321003100000
321003108000,杨寿镇,township,321003000000
321003108209,东兴村委会,village,321003108000
321003999000,新设镇,township,321003000000
"""
_UNITS = "area_code,area_name,full_name,short_name,credit_code\n"


def _files(**files: str) -> list[tuple[io.BytesIO, str]]:
    return [
        (io.BytesIO(text.encode()), f"{name}.{'toml' if name == 'city' else 'csv'}") for name, text in files.items()
    ]


def test_provisioning_shows_everything_wrong_then_what_would_change_then_does_it(
    operator: Browser, db: Database
) -> None:
    broken = _DIVISIONS.replace("321003999000,新设镇", "32100399900X,新设镇")
    page = operator.post("/city/provision", 422, files=_files(city=_CITY, divisions=broken)).text
    assert "32100399900X" in page
    assert "第 9 行" in page
    page = operator.post("/city/provision", 200, files=_files(city=_CITY, divisions=_DIVISIONS, units=_UNITS)).text
    assert "还没有改动任何东西" in page
    assert "新设镇" in page
    assert _tenant(db, "321003999") is None
    confirm = re.search(r'action="/console(/city/provision/[0-9a-f-]+)"', page).group(1)
    assert "已完成" in operator.post(confirm, 200, on="/city/provision").text
    assert _tenant(db, "321003999").kit == "standard"
    assert "新设镇" in operator.open("/city/provision/files/divisions.csv").data.decode("utf-8-sig")
    operator.get("/city/provision/files/passwords.txt", 404)
    later = operator.post("/city/provision", 200, files=_files(units=_UNITS)).text
    assert "没有要改的" in later, "what is not uploaded anew is as it was uploaded last"
    operator.post("/city/provision/00000000-0000-7000-8000-000000000000", 404, on="/city/provision")


def test_another_city_and_odd_files_are_refused(operator: Browser) -> None:
    other = _CITY.replace("3210", "3201")
    page = operator.post("/city/provision", 403, files=_files(city=other, divisions=_DIVISIONS)).text
    assert "不在您管理的范围里" in page
    page = operator.post("/city/provision", 422, files=[(io.BytesIO(b"x"), "../../etc/passwd")]).text
    assert "文件名要是" in page
    assert "请选择区划文件" in operator.post("/city/provision", 422, kit="standard").text


def _sheet(**changes: str) -> list[tuple[io.BytesIO, str]]:
    row = dict(zip(item_sheet.HEAD, item_sheet.EXAMPLE, strict=True)) | changes
    return [(io.BytesIO(sheets.write(item_sheet.HEAD, [list(row.values())])), "items.xlsx")]


def test_items_come_in_by_a_sheet_for_every_township(
    operator: Browser, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything wrong, then what would change, then it stands in the townships; the base catalogue is out of reach."""
    city = MemoryFolder({"city.toml": _CITY.encode(), "divisions.csv": _DIVISIONS.encode()})
    monkeypatch.setattr(importing, "standing", lambda reach: city)
    assert "下载模板" in operator.get("/city/items")
    assert operator.open("/city/items/template.xlsx").data[:2] == b"PK"
    founding.publish_library(db)
    page = operator.post("/city/items", 422, file=_sheet(事项代号="homestead", 申请表="no-such-form")).text
    assert "这件事在基础目录里" in page
    assert "没有这张申请表" in page
    page = operator.post("/city/items", 200, file=_sheet()).text
    assert "还没有改动任何东西" in page
    assert _offers(db, "tea-register") == 0
    confirm = re.search(r'action="/console(/city/items/[0-9a-f-]+)"', page).group(1)
    assert "导入好了" in operator.post(confirm, 200, on="/city/items").text
    assert _offers(db, "tea-register") == 3
    assert "和现在完全一样" in operator.post("/city/items", 200, file=_sheet()).text
    assert "更改 1" in operator.post("/city/items", 200, file=_sheet(名称="茶园登记（新）")).text


def _offers(db: Database, key: str) -> int:
    with db.oversight("3210") as eyes:
        return eyes.scalar(select(func.count()).select_from(Item).where(Item.key == key)) or 0


def test_the_command_takes_in_the_same_sheet(staffed: Services, tmp_path: Path) -> None:
    (tmp_path / "items.xlsx").write_bytes(item_sheet.template())
    for name, text in (("city.toml", _CITY), ("divisions.csv", _DIVISIONS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ["import", str(tmp_path / "items.xlsx"), "--city", str(tmp_path)]
    ran = CliRunner().invoke(channels_cli.items, [*words, "--dry-run"], obj=lambda: staffed)
    assert (ran.exit_code, "新增 1" in ran.output, "只是预演" in ran.output) == (0, True, True), ran.output
    ran = CliRunner().invoke(channels_cli.items, [*words[:2], "--dry-run"], obj=lambda: staffed)
    assert ran.exit_code == 0, "one city needs not be named"
