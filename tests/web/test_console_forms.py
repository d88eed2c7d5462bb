"""Forms on the console: the city's operator uploads, looks at the sheet, publishes, withdraws; others look."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from citizen_desk import FORM
from door_services import library
from form_versions import edited, new_question, publish, reworded
from world import QIAN_QI, WANG_WU, World, a_world, begin, file_case
from xiangtong.audit.models import AuditEntry
from xiangtong.drafts.opening import FormRef, Holder, start
from xiangtong.drafts.survey import survey
from xiangtong.forms import versions
from xiangtong.identity.models import Staff
from xiangtong.kernel.embedded import Cluster
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY, Scope

AT = f"/console/forms/{FORM}"


@pytest.fixture(scope="module")
def world(cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with a_world(cluster, keys, tmp_path_factory.mktemp("world"), shelved=FORM) as made:
        yield made


def _upload(world: World, data: bytes, actor: str = "city_operator") -> Any:
    sent = {"file": (io.BytesIO(data), "form.json")}
    return world.client(actor).post("/console/forms/", data=sent)


def _text(schema: Any) -> bytes:
    return json.dumps(schema, ensure_ascii=False).encode()


def test_from_the_file_to_the_public(world: World) -> None:
    operator, draft = world.client("city_operator"), begin(world.client("citizen"), world.here)
    _begun_far_away(world)
    answer = _upload(world, _text(edited(new_question("more"), reworded)))
    assert answer.location == f"{AT}/?done=saved", answer.text[-2000:]
    page = operator.get(f"{AT}/").text
    assert "检查过了，没有问题" in page
    assert "新问题 more" in operator.get(f"{AT}/preview/draft").text
    assert "您是不是替老人来办的" in operator.get(f"{AT}/difference/draft").text
    assert "开始数" in operator.get(f"{AT}/sheet").text
    with world.services.db.scope(NOBODY) as session:
        waiting = versions.draft_of(session, code=FORM)
        assert waiting is not None
    assert operator.post(f"{AT}/publish", data={"draft": str(waiting.id)}).status_code == 409, "not yet counted"
    assert operator.post(f"{AT}/sheet").location == f"{AT}/sheet"
    assert "正在数" in operator.get(f"{AT}/sheet").text
    survey(world.services, version_id=str(waiting.id))
    sheet = operator.get(f"{AT}/sheet").text
    assert "都数到了" in sheet
    assert "<b>2</b>" in sheet, "one in each township of this city will be asked"
    assert "全市 2 个乡镇" in sheet
    assert "别的城市也用这张表，那边还有 1 份" in sheet
    assert operator.post(f"{AT}/publish", data={"draft": "x"}).status_code == 404
    answer = operator.post(f"{AT}/publish", data={"draft": str(waiting.id), "note": "加一个问题"})
    assert answer.location == f"{AT}/?done=published", answer.text[-2000:]
    shown = operator.get(f"{AT}/").text
    assert "第 2 版" in shown
    assert "加一个问题" in shown
    assert world.client("citizen").get(draft).location == f"{draft}/update"
    assert operator.post(f"{AT}/withdraw", data={"number": "1"}).location == f"{AT}/?done=withdrawn"
    assert operator.post(f"{AT}/withdraw", data={"number": "1"}).status_code == 409
    assert "旧表已经停用" in world.client("citizen").get(f"{draft}/update").text
    assert _acts(world) >= {"form.draft_saved", "form.sheet_asked", "form.published", "form.withdrawn"}


def _begun_far_away(world: World) -> None:
    """Somebody of another city fills in the same form."""
    services, form = world.services, library().form(FORM)
    with services.db.scope(Scope(tenant_id=3)) as session:
        services.keys.found_tenant(session, tenant_id=3)
        ref = FormRef("0" * 31, form.code, form.version, form.hash, form.title)
        start(session, keys=services.keys, tenant_id=3, form=ref, holder=Holder(staff_id=new_id()), channel="window")


def _acts(world: World) -> set[str]:
    """What the log of the operator's body says."""
    from xiangtong.tenancy.models import Tenant

    with world.services.db.scope(NOBODY) as session:
        city = session.scalars(select(Tenant.id).where(Tenant.kind == "city", Tenant.city_code == "3210")).one()
    with world.services.db.scope(Scope(tenant_id=city)) as session:
        return set(session.scalars(select(AuditEntry.action)))


def test_what_is_wrong_is_said_with_its_place(world: World) -> None:
    def nowhere(schema: dict[str, Any]) -> None:
        new_question("lost")(schema)
        schema["properties"]["lost"]["x-kind"] = "telepathy"

    assert _upload(world, _text(edited(nowhere))).status_code == 303
    page = world.client("city_operator").get(f"{AT}/").text
    assert "/properties/lost/x-kind" in page
    assert world.client("city_operator").get(f"{AT}/preview/draft").status_code == 404
    assert "不能发布" in world.client("city_operator").get(f"{AT}/sheet").text
    assert world.client("city_operator").post(f"{AT}/sheet").status_code == 404
    assert world.client("city_operator").post(f"{AT}/drop").status_code == 303


@pytest.mark.parametrize(
    "data",
    [b"", b"not json", b"[]", b"{}", b'{"x-form": 3}', b'{"x-form": {"code": "a b"}, "title": "t"}', b"[" * 100_000,
     b'{"a":' * 400 + b"1" + b"}" * 400,
     b'{"x-form":{"code":"a"},"title":"\\ud800"}', b'{"x-form":{"code":"a"},"title":"\\u0000"}',
     b'{"x-form":{"code":"a"},"title":"t","n":NaN}', b"\xff\xfe", b"x" * 600_000],
    ids=["empty", "no json", "a list", "nothing", "no form", "bad code", "deep list", "deep", "surrogate", "nul", "nan",
         "bytes", "large"],
)  # fmt: skip
def test_no_file_breaks_anything(world: World, data: bytes) -> None:
    answer = _upload(world, data)
    assert answer.status_code in (409, 422), answer.status_code
    assert "form.json" in answer.text


@pytest.mark.parametrize(
    "schema", [{"properties": 3}, {"properties": {"a": []}}, {"allOf": {}}, {"x-steps": 4}, {"$ref": 9}]
)
def test_no_document_breaks_the_page_that_checks_it(world: World, schema: dict[str, Any]) -> None:
    whole = {"$schema": "urn:xiangtong:form-dialect:1", "title": "坏的", "x-form": {"code": "broken"}, "type": "object"}
    assert _upload(world, _text(whole | schema)).status_code == 303
    page = world.client("city_operator").get("/console/forms/broken/")
    assert page.status_code == 200
    assert "处要改" in page.text


def test_others_look_and_do_nothing(world: World) -> None:
    admin = world.client("township_admin")
    for path in ("/console/forms/", f"{AT}/", f"{AT}/preview/1", f"{AT}/difference/1"):
        page = admin.get(path)
        assert page.status_code == 200, path
        assert "停用这一版" not in page.text
        assert "存成草稿" not in page.text
    for path in ("/console/forms/", f"{AT}/sheet", f"{AT}/publish", f"{AT}/withdraw", f"{AT}/drop"):
        assert admin.post(path).status_code == 404, path
    assert admin.get(f"{AT}/sheet").status_code == 404
    for actor in ("window_clerk", "reviewer", "nobody"):
        assert world.client(actor).get("/console/forms/").status_code in (302, 303, 404)
    for version in ("0", "99", "x", "１", "draft/x", "9" * 30):
        assert world.client("city_operator").get(f"{AT}/preview/{version}").status_code == 404


def test_the_export_has_all_versions_in_one_table_and_no_full_numbers(world: World) -> None:
    publish(world.services, edited(new_question("later")))
    file_case(world.client("neighbour"), world.here, WANG_WU)
    admin = world.client("township_admin")
    answer = admin.get(f"{AT}/export")
    assert answer.status_code == 200, answer.text[-1500:]
    lines = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    heads = list(lines[0])
    assert heads[:4] == ["办件编号", "状态", "提交时间", "表的版本"]
    versions_filed = {line[3] for line in lines[1:]}
    assert len(versions_filed) == 2, versions_filed
    text = admin.get(f"{AT}/export?as=csv").data.decode("utf-8-sig")
    assert text.count("\r\n") == len(lines)
    assert QIAN_QI.id_number not in text
    assert QIAN_QI.name in text
    with world.services.db.scope(Scope(tenant_id=1)) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "cases.exported")).all()
        assert [one.detail["cases"] for one in noted] == [len(lines) - 1] * 2
    with world.services.db.scope(Scope(tenant_id=1)) as session:
        one = next(staff for staff in session.scalars(select(Staff)) if "township_admin" in staff.roles)
        whole, one.reach = one.reach, ["321003100999"]
    narrow = admin.get(f"{AT}/export?as=csv").data.decode("utf-8-sig")
    assert narrow.count("\r\n") == 1, "of other villages nothing is exported"
    with world.services.db.scope(Scope(tenant_id=1)) as session:
        session.get_one(Staff, (one.tenant_id, one.id)).reach = whole
    assert world.client("city_operator").get(f"{AT}/export").status_code == 404
    assert world.client("window_clerk").get(f"{AT}/export").status_code == 404
