"""Terminals and departments file over the API: same checks as the page, one receipt for one key."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from attachment_flow import jpeg
from citizen_desk import ACCOUNT, FORM, QIAN_QI, VILLAGE, WHO, item_of
from door_services import make_services
from xiangtong.cases.models import CaseRecord
from xiangtong.doors.api.routes import blueprint
from xiangtong.doors.shared.frame import create_door
from xiangtong.identity import machines
from xiangtong.identity.machines import Credentials
from xiangtong.items.models import Item
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Database, Scope

_PHOTOS = ("portrait", "id_card", "household_book", "bank_card")


@pytest.fixture
def api(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Flask:
    app = create_door("api-filing", make_services(db, keys, tmp_path), COMPRESS_MIMETYPES=[])
    app.register_blueprint(blueprint)
    with db.scope(Scope(tenant_id=1)) as session:
        session.add(Item(**item_of(1)))
    return app


@pytest.fixture
def terminal(db: Database, township: tuple[int, int]) -> Credentials:
    with db.scope(Scope(tenant_id=1)) as session:
        tenant = session.get_one(Tenant, 1)
        return machines.provision(session, tenant=tenant, title="大厅一号机", kind="terminal", reach=[tenant.code])


@pytest.fixture
def client(api: Flask) -> FlaskClient:
    return api.test_client()


def _answers() -> dict[str, Any]:
    found: dict[str, Any] = {"by_agent": False, "applicant": {}, "bank": {}, "consent": True, "promise": True}
    for pointer, value in (WHO | ACCOUNT).items():
        _, group, name = pointer.split("/")
        found[group][name] = {"true": True}.get(value, value)
    found["applicant"] |= {"name": QIAN_QI.name, "id_number": "321003194003051288"}
    return found


def _send(client: FlaskClient, who: Credentials, key: str, answers: Any, code: str = "321003100") -> TestResponse:
    return client.post(
        f"/api/v1/{code}/cases", json={"form": FORM, "village": VILLAGE, "answers": answers},
        headers={"Idempotency-Key": key}, auth=(who.name, who.secret),
    )  # fmt: skip


def _hand_in(client: FlaskClient, who: Credentials, key: str, pointer: str, shade: int) -> TestResponse:
    return client.post(
        "/api/v1/321003100/files", headers={"Idempotency-Key": key}, auth=(who.name, who.secret),
        data={"form": FORM, "pointer": pointer, "file": (io.BytesIO(jpeg(shade)), "照片.jpg")},
    )  # fmt: skip


def _cases(db: Database) -> int:
    with db.scope(Scope(tenant_id=1)) as session:
        return session.scalar(select(func.count()).select_from(CaseRecord)) or 0


def test_one_key_makes_one_case_and_one_receipt(client: FlaskClient, terminal: Credentials, db: Database) -> None:
    answers = _answers()
    answers["materials"] = {}
    for shade, name in enumerate(_PHOTOS):
        staged = _hand_in(client, terminal, "a-1", f"/materials/{name}", shade)
        assert staged.status_code == 201, staged.text
        answers["materials"][name] = [{"id": staged.json["id"]}]
    assert _hand_in(client, terminal, "a-1", "/signature", 9).status_code == 201
    first = _send(client, terminal, "a-1", answers)
    assert first.status_code == 201, first.text
    again = _send(client, terminal, "a-1", answers)
    assert (again.status_code, again.json) == (200, first.json)
    other = _send(client, terminal, "a-1", answers | {"promise": False})
    assert (other.status_code, other.json["code"]) == (409, "KEY_REUSED")
    assert other.mimetype == "application/problem+json"
    assert _hand_in(client, terminal, "a-1", "/signature", 9).status_code == 409
    assert _cases(db) == 1
    with db.scope(Scope(tenant_id=1)) as session:
        assert session.scalars(select(CaseRecord.channel)).one() == "terminal"


def test_a_filing_that_says_two_things_is_refused(client: FlaskClient, terminal: Credentials, db: Database) -> None:
    answer = client.post(
        "/api/v1/321003100/cases", data=f'{{"form": "{FORM}", "answers": {{"promise": true, "promise": false}}}}',
        content_type="application/json", headers={"Idempotency-Key": "t-1"}, auth=(terminal.name, terminal.secret),
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"], answer.mimetype) == (
        400, "JSON_REPEATED", "application/problem+json",
    )  # fmt: skip
    assert _cases(db) == 0


def test_all_problems_come_together_as_on_the_page(client: FlaskClient, terminal: Credentials, db: Database) -> None:
    answers = _answers()
    answers["applicant"]["id_number"] = "321003194003051289"
    del answers["applicant"]["phone"]
    refused = _send(client, terminal, "b-1", answers)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    found = {one["pointer"] for one in refused.json["errors"]}
    assert {"/applicant/id_number", "/applicant/phone", "/materials/portrait"} <= found
    assert all(one["detail"] for one in refused.json["errors"])
    assert _cases(db) == 0


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"nothing": 1}, "/nothing"),
        ({"applicant": {"name": {"x": 1}}}, "/applicant/name"),
        (
            {"materials": {"portrait": [{"id": "00000000-0000-4000-8000-000000000001", "digest": "x"}]}},
            "/materials/portrait",
        ),
        ({"applicant": {"a": {"b": {"c": {}}}}}, "/applicant/a"),
    ],
)
def test_what_the_form_does_not_ask_is_refused_by_name(
    client: FlaskClient, terminal: Credentials, answers: Any, pointer: str
) -> None:
    refused = _send(client, terminal, "c-1", answers)
    assert refused.status_code == 422, refused.text
    assert pointer in {one["pointer"] for one in refused.json["errors"]}


def test_nobody_else_files(client: FlaskClient, terminal: Credentials, db: Database) -> None:
    for who in (Credentials("", ""), Credentials(terminal.name, "x"), Credentials("321003108." + "0" * 32, "x")):
        assert _send(client, who, "d-1", {}).status_code == 401
    assert client.post("/api/v1/321003100/cases", json={}).headers["WWW-Authenticate"].startswith("Basic")
    beyond = _send(client, terminal, "d-1", {}, code="321003108")
    assert beyond.status_code == 404
    assert _send(client, terminal, "", {}).json["code"] == "KEY_MISSING"
    with db.scope(Scope(tenant_id=1)) as session:
        machines.end(session, machine_id=machines.parse_name(terminal.name)[1])
    assert _send(client, terminal, "d-1", {}).status_code == 401


def test_a_township_lists_what_it_takes_and_a_form_its_versions(client: FlaskClient) -> None:
    listed = client.get("/api/v1/forms?township=321003100").json["forms"]
    assert [one["code"] for one in listed] == [FORM]
    assert client.get("/api/v1/forms?township=321003999").status_code == 404
    assert client.get("/api/v1/forms?township=1").status_code == 400
    assert client.get(f"/api/v1/forms/{FORM}/versions").json["versions"][0]["state"] == "live"


def test_whatever_a_machine_sends_is_answered_as_described(api: Flask, terminal: Credentials) -> None:
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api)
    few = settings(
        max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    for operation in (found.ok() for found in described.get_all_operations()):
        if operation.method.upper() != "POST":
            continue

        @few
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.path_parameters = {"township": "321003100"}
            if isinstance(case.body, dict) and "answers" in case.body:
                case.body["form"] = FORM
            # What the description cannot say of the answers, the form itself says: those are refused with 422.
            case.call_and_validate(auth=(terminal.name, terminal.secret), excluded_checks=[positive_data_acceptance])

        ask()
