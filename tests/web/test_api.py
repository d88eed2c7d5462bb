"""The public API keeps its own description, whatever it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings

from door_services import make_services
from xiangtong.doors.api.routes import blueprint
from xiangtong.doors.shared.frame import create_door
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

_ALL = list(HealthCheck)


@pytest.fixture
def api(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Flask:
    # Read without a network, answers are not unpacked by the client.
    app = create_door("api-test", make_services(db, keys, tmp_path), WTF_CSRF_ENABLED=False, COMPRESS_MIMETYPES=[])
    app.register_blueprint(blueprint)
    return app


def test_divisions_are_found_below_a_code_and_by_name(api: Flask) -> None:
    client = api.test_client()
    below = client.get("/api/v1/divisions?parent=321003000000")
    assert [one["name"] for one in below.json["divisions"]] == ["公道镇", "杨寿镇"]
    assert below.headers["Cache-Control"] == "public, max-age=86400"
    named = client.get("/api/v1/divisions?q=公道").json["divisions"]
    assert [(one["code"], one["prefix"]) for one in named] == [("321003100000", "321003100")]


@pytest.mark.parametrize("query", ["?parent=1", "?parent=３２１００３００００００", "?parent=x&q=y"])
def test_a_bad_question_is_refused_in_words(api: Flask, query: str) -> None:
    answer = api.test_client().get(f"/api/v1/divisions{query}")
    assert (answer.status_code, answer.json["code"]) == (400, "BAD_QUERY")


def test_a_form_comes_with_its_schema(api: Flask) -> None:
    client = api.test_client()
    codes = {one["code"] for one in client.get("/api/v1/forms").json["forms"]}
    assert {"old-age-allowance", "homestead", "temporary-relief"} <= codes
    assert client.get("/api/v1/forms/old-age-allowance").json["schema"]["type"] == "object"
    assert client.get("/api/v1/forms/none").status_code == 404


def test_nothing_asked_gives_the_provinces(api: Flask) -> None:
    for query in ("", "?q=", "?q=%20"):
        found = api.test_client().get(f"/api/v1/divisions{query}").json["divisions"]
        assert [one["level"] for one in found] == ["province"]


def test_whatever_is_asked_the_description_holds(api: Flask) -> None:
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api)
    few = settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=_ALL)
    for found in described.get_all_operations():

        @few
        @given(case=found.ok().as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate()

        ask()
