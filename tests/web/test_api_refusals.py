"""What the API is asked wrongly it refuses in words; what it has it describes, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from door_services import make_services
from xiangtong.doors.api.routes import blueprint
from xiangtong.doors.shared.frame import create_door
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


@pytest.fixture
def api(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Flask:
    app = create_door("api-refusals", make_services(db, keys, tmp_path), COMPRESS_MIMETYPES=[])
    app.register_blueprint(blueprint)
    return app


def test_every_route_is_described_and_nothing_else(api: Flask) -> None:
    described = set(json.loads(api.test_client().get("/api/v1/openapi.json").data)["paths"])
    routes = [rule.rule for rule in api.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    named = {"<form_code>": "{code}", "<string(length=9):code>": "{township}"}
    asked = set()
    for rule in routes:
        path = rule.removeprefix("/api/v1")
        for ours, theirs in named.items():
            path = path.replace(ours, theirs)
        asked.add(path)
    assert asked - {"/openapi.json"} == described - {"/openapi.json"}


def test_what_does_not_fit_is_refused_and_never_an_accident(api: Flask) -> None:
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api)
    few = settings(
        max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    for operation in (found.ok() for found in described.get_all_operations()):
        if not (operation.path_parameters or operation.query):
            continue  # What asks for nothing cannot be asked wrongly.

        @few
        @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate()

        ask()


@pytest.mark.parametrize(
    "path", ["/forms/none", "/nowhere", "/divisions?parent=1", "/divisions?parent=%00", "/forms/%00"]
)
def test_a_refusal_is_one_object_with_a_sentence(api: Flask, path: str) -> None:
    answer = api.test_client().get(f"/api/v1{path}")
    assert answer.status_code in (400, 404)
    assert set(answer.json) == {"code", "message"}
    assert re.search("[\u4e00-\u9fff]", answer.json["message"])


def test_a_wrong_method_names_the_right_ones(api: Flask) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = api.test_client().open("/api/v1/forms", method=method)
        assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)
