"""One step of the specimen form behind a real address, with memory for a server: for tests of the browser's side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template_string, request, send_from_directory
from werkzeug.serving import WSGIRequestHandler, make_server

from rendering_form import DIVISIONS, a_plan
from xiangtong import rendering
from xiangtong.dialect.browser import client_plan
from xiangtong.dialect.effective import effective
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.division import below
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.kinds import NORMAL_BY_KIND
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import problem_links, render_form
from xiangtong.rendering.tongue import spoken

_HOME = Path(rendering.__file__).parents[1]
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; form-action 'self'"
)
_PAGE = """{% extends "base_form.html" %}
{% from "components/steps.html" import steps %}{% from "components/hands.html" import hands %}
{% from "components/summary.html" import summary %}{% from "components/filing.html" import filing, onward %}
{% block title %}样表{% endblock %}
{% block main %}{{ steps("样表", "填一填", 1, 1) }}{{ hands("13800138000", "/help") }}{{ summary(links) }}
{% call filing(draft, "/step") %}{{ fields }}{{ onward(last=true) }}{% endcall %}{% endblock %}"""


@dataclass
class Desk:
    """What the server was told, and how it should misbehave."""

    plan: Plan = field(default_factory=a_plan)
    answers: dict[str, Any] = field(default_factory=dict)
    problems: list[Any] = field(default_factory=list)
    saved: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[tuple[str, str, int]] = field(default_factory=list)
    posts: list[list[tuple[str, str]]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # problems that autosave answers with
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    mode: str = "standard"


def make_app(desk: Desk) -> Flask:
    """The app: a page, its plan, its autosave and upload addresses."""
    app = Flask("form_page", template_folder=str(_HOME / "templates"), static_folder=None)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_same, _plural, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"lang": "zh-CN"})
    app.jinja_env.filters["spoken"] = lambda words: spoken(words, "zh-CN")
    app.jinja_env.globals.update(
        lang=lambda: "zh-CN", static_url=lambda path: f"/static/{path}", csrf_token=lambda: "token"
    )
    villages = {"321003100201": "太平村", "321003100202": "桑园村"}
    facts = Facts(today=date(2026, 11, 21), options={"villages": villages, "divisions": DIVISIONS})

    @app.get("/")
    def page() -> str:
        now = effective(desk.plan, desk.answers, facts)
        ctx = RenderContext(
            options=facts.options, visible=frozenset(now.visible), required=frozenset(now.required), derived=now.derived
        )
        draft = {
            "id": "d1", "revision": 3, "autosave_url": "/save", "upload_url": "/upload", "plan_url": "/plan.json",
            "facts": {"today": "2026-11-21", "params": {}}, "answers": desk.answers,
            "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        }  # fmt: skip
        fields = render_form(desk.plan, desk.answers, desk.problems, ctx)
        links = problem_links(desk.problems, ctx)
        site = {"name": "公道镇", "home_url": "/"}
        return render_template_string(
            _PAGE, site=site, mode=desk.mode, mode_url="/mode", draft=draft, fields=fields, links=links
        )

    @app.get("/plan.json")
    def plan() -> Response:
        return jsonify(client_plan(desk.plan, FORMATS, NORMAL_BY_KIND))

    @app.get("/api/v1/divisions")
    def divisions() -> Response:
        inside = below(DIVISIONS, request.args["parent"])
        return jsonify(divisions=[{"code": code, "name": name} for code, name in inside.items()])

    @app.post("/save")
    def save() -> Response:
        if desk.status != 200:
            abort(desk.status)
        assert request.headers["X-CSRFToken"] == "token"
        desk.saved += request.get_json()
        asked = {one["pointer"] for one in request.get_json()}
        told = {pointer: sentence for pointer, sentence in desk.told.items() if pointer in asked}
        return jsonify(revision=3 + len(desk.saved), saved_at="09:41", problems=told, conflicts=desk.conflicts)

    @app.post("/upload")
    def upload() -> tuple[Response, int]:
        if desk.status != 200:
            return jsonify(message=""), desk.status
        file = request.files["file"]
        size = len(file.read())
        desk.uploads.append((request.form["pointer"], file.filename or "", size))
        if file.filename == "bad.pdf":
            return jsonify(message="这个文件打不开，请换一个"), 400
        return jsonify(id=f"u{len(desk.uploads)}", name=file.filename, size=size), 201

    @app.post("/step")
    def step() -> str:
        desk.posts.append(list(request.form.items(multi=True)))
        return "<title>收到</title>"

    @app.get("/static/<path:path>")
    def static(path: str) -> Response:
        return send_from_directory(_HOME / "static", path)

    @app.get("/favicon.ico")
    def icon() -> str:
        return ""

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _CSP
        return response

    return app


def _same(text: str) -> str:
    return text


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: pytest shows what matters."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app at an address that was free, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
